"""Importing this sets Django up, for the processes that benchmarks start: models can be imported from there on."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navette.config.settings")
django.setup()
