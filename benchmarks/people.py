"""Many readers and subscriptions in little time, for benchmarks and for tests that need hundreds."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from navette.accounts.models import Kind, User
from navette.libraries.models import Library, Territory
from navette.readers.models import Reader
from navette.subscriptions.models import Subscription

CHUNK = 2_000
_numbers = itertools.count(1)
FIRST_NAMES = ("Camille", "Élodie", "Mehdi", "Françoise", "Noé", "Aïcha", "Loïc", "Maëlle")
LAST_NAMES = ("Durand", "Lefèvre", "N’Diaye", "Crèvecœur", "Petit-Jean", "Garcia", "Müller")


def make_libraries(count: int) -> list[Library]:
    """Create `count` libraries of one territory."""
    territory, _created = Territory.objects.get_or_create(name="Territoire mesuré")
    rows = []
    for number in itertools.islice(_numbers, count):
        name = f"Mesurée-{number}"
        code = f"33{number % 1000:03}"
        rows.append(
            Library(
                name=name,
                slug=name.lower(),
                commune=name,
                insee_code=code,
                territory=territory,
                email=f"bibliotheque{number}@example.org",
                postcode="33000",
            )
        )
    return Library.objects.bulk_create(rows)


def make_subscriptions(count: int, libraries: list[Library], columns: Callable[[int], dict[str, Any]]) -> None:
    """Create `count` readers, each with an account and a subscription, dealt to `libraries` in turn.

    `columns` gives the subscription's columns by the number of the reader, from 0.
    """
    for numbers in _chunks(count):
        readers = _readers(len(numbers))
        subscriptions = []
        for number, reader in zip(numbers, readers, strict=True):
            subscription = Subscription(reader=reader, library=libraries[number % len(libraries)], **columns(number))
            subscription.list_as(reader)
            subscriptions.append(subscription)
        Subscription.objects.bulk_create(subscriptions)


def _chunks(count: int) -> Iterator[range]:
    return (range(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK))


def _readers(count: int) -> list[Reader]:
    users, readers = [], []
    for number in itertools.islice(_numbers, count):
        first, last = FIRST_NAMES[number % len(FIRST_NAMES)], f"{LAST_NAMES[number % len(LAST_NAMES)]} {number}"
        email = f"lecteur{number}@example.org"
        user = User(identifier=email, email=email, kind=Kind.READER, name=f"{first} {last}", password="!")
        users.append(user)
        readers.append(Reader(user=user, first_name=first, last_name=last, birth_date=dt.date(1980, 1, 1)))
    User.objects.bulk_create(users)
    return Reader.objects.bulk_create(readers)
