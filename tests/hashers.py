"""Argon2id as the site uses it, at a cost that lets a suite hash thousands of times."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """The same algorithm and format with the least work."""

    time_cost = 1
    memory_cost = 64  # KiB
    parallelism = 1
