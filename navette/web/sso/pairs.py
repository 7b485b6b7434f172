"""What a vendor sends by query or form, as pairs of texts: a name may stand there twice, which some checks look at."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict

Pairs = list[tuple[str, str]]


def pairs_of(sent: QueryDict) -> Pairs:
    """Return what was sent, in the order of names."""
    return [(name, str(value)) for name, values in sent.lists() for value in values]


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Return `pairs` as a query."""
    return urlencode(list(pairs))
