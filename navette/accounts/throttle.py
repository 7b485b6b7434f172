"""Slowing down those who guess (AUTH-02), in the database so that it holds over all web processes.

An attempt is *reserved* before the password is looked at: its rows are locked, the waits checked, the attempt
counted as failed and the next wait set, all in one short transaction. A hundred guesses at the same moment thus queue
up, and those past the allowance are refused. A success gives its reservation back.

Three counts are kept. A count halves every four hours, so that a day clears it.
- the pair of identifier and address: what one person, or one attacker, does;
- the address: measured, since a library or a school shares one;
- the identifier over all addresses, to which each address adds five at most: nobody alone can slow an account, and an
  address from which that account came in lately is never held up by what others do.
"""

import datetime as dt
import ipaddress
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from navette.accounts.models import FailedLogins
from navette.core import clock
from navette.core.errors import Refusal

HALF_LIFE = dt.timedelta(hours=4)
KNOWN_FOR = dt.timedelta(days=30)  # an address from which the account came in is known to it this long


class TooManyAttempts(Refusal):
    """Too many attempts of late; `seconds` is how long to wait, and the message says it."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = max(1, seconds)
        super().__init__(_("Trop de tentatives. Réessayez dans %(delay)s.") % {"delay": _in_words(self.seconds)})


@dataclass(frozen=True)
class Pace:
    """From the `after`-th failure on, the next attempt waits `first` seconds, then `factor` times more each time."""

    after: int
    first: float
    factor: float
    longest: int

    def wait(self, failures: float) -> float:
        """Return the seconds to wait after so many failures."""
        over = round(failures) - self.after
        if over < 0:
            return 0
        # The exponent is bounded: the longest wait is reached long before a power gets too large for a float.
        return min(self.longest, self.first * self.factor ** min(over, 100))


PAIR = Pace(after=5, first=15, factor=2, longest=15 * 60)
ADDRESS = Pace(after=30, first=1, factor=1.15, longest=60)
IDENTIFIER = Pace(after=20, first=2, factor=1.1, longest=60)
SHARE = PAIR.after  # what one address adds at most to an identifier's count


@dataclass(frozen=True)
class Attempt:
    """A reserved attempt: the keys of its three rows."""

    pair: str
    address: str
    identifier: str


def address_of(request: HttpRequest | None) -> str:
    """Return the network address to count by: an IPv4 address, or the /64 of an IPv6 one; empty if unknown.

    With TRUSTED_PROXIES = n it is the n-th from the right of X-Forwarded-For: what stands further left is the
    visitor's own invention.
    """
    if request is None:
        return ""
    text = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        text = forwarded[-settings.TRUSTED_PROXIES]
    return _network(text.strip())


def _network(text: str) -> str:
    if text.count(":") == 1:  # some proxies write an IPv4 address with its port
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address.packed, 64), strict=False))
    return str(address)


def reserve(identifier: str, address: str) -> Attempt:
    """Count an attempt on the folded `identifier` from `address` as failed, before its password is looked at.

    Raises TooManyAttempts if one of the three counts asks to wait; then nothing is counted. Durable: the count
    stands whatever becomes of the request.
    """
    keys = [_key("pair", identifier, address), _key("address", address), _key("identifier", identifier)]
    with transaction.atomic(durable=True):
        pair, place, name = _locked(keys)
        moment = clock.now()
        is_known = pair.succeeded_at is not None and pair.succeeded_at > moment - KNOWN_FOR
        _refuse_while_waiting([pair, place] if is_known else [pair, place, name], moment)
        shared = min(1.0, max(0.0, SHARE - round(_faded(pair, moment))))
        _count(pair, 1, PAIR, moment)
        _count(place, 1, ADDRESS, moment)
        _count(name, shared, IDENTIFIER, moment)
    return Attempt(*keys)


def succeeded(attempt: Attempt) -> None:
    """Clear the pair after a right password, and give back to the other counts what this pair had added to them."""
    with transaction.atomic(durable=True):
        pair, place, name = _locked([attempt.pair, attempt.address, attempt.identifier])
        moment = clock.now()
        failures = _faded(pair, moment)
        _give_back(place, failures, moment)
        _give_back(name, min(failures, SHARE), moment)
        pair.failures, pair.wait_until, pair.last_at, pair.succeeded_at = 0, None, moment, moment
        pair.save(force_update=True)


def allow(purpose: str, key: str, limit: int, per: dt.timedelta) -> bool:
    """Say whether `key` may do `purpose` once more: at most `limit` times in each span of `per`. Counts it if so.

    The row's `last_at` is when the span began.
    """
    with transaction.atomic():
        (row,) = _locked([_key("brake:" + purpose, key)])
        moment = clock.now()
        if row.wait_until is None or row.wait_until <= moment:
            row.failures, row.last_at, row.wait_until = 0, moment, moment + per
        if row.failures >= limit:
            return False
        row.failures += 1
        row.save(force_update=True)
    return True


def brake(purpose: str, key: str, limit: int, per: dt.timedelta) -> None:
    """Raise TooManyAttempts, saying how long to wait, where `allow` would say no."""
    if not allow(purpose, key, limit, per):
        row = FailedLogins.objects.get(key=_key("brake:" + purpose, key))
        raise TooManyAttempts(math.ceil(((row.wait_until or clock.now()) - clock.now()).total_seconds()))


def forget_old_failures(before: dt.datetime) -> int:
    """Delete what no longer counts: rows untouched since `before`, save those that make an address known.

    Returns how many rows went. Meant for the nightly command; `before` is a day ago or earlier.
    """
    known = Q(succeeded_at__gt=clock.now() - KNOWN_FOR)
    waiting = Q(wait_until__gt=clock.now())
    count, _rows = FailedLogins.objects.filter(last_at__lt=before).exclude(known).exclude(waiting).delete()
    return count


def _key(purpose: str, *values: str) -> str:
    """Return a keyed hash, so that the table names nobody."""
    text = "\0".join((purpose, *values)).encode("utf-8", "surrogatepass")
    return salted_hmac("navette.throttle", text, algorithm="sha256").hexdigest()


def _locked(keys: list[str]) -> list[FailedLogins]:
    """Return the rows of `keys`, made where missing, locked until the transaction ends.

    Always taken in the order of their keys: two attempts that share rows can't wait for each other.
    """
    rows = [FailedLogins(key=key) for key in sorted(keys)]
    FailedLogins.objects.bulk_create(rows, ignore_conflicts=True)
    found = FailedLogins.objects.select_for_update().filter(key__in=keys).order_by("key")
    by_key = {row.key: row for row in found}
    return [by_key[key] for key in keys]


def _faded(row: FailedLogins, moment: dt.datetime) -> float:
    """Return the row's count as it weighs at `moment`."""
    age = max(0.0, (moment - row.last_at) / HALF_LIFE)
    return float(row.failures * 0.5 ** min(age, 1000))


def _refuse_while_waiting(rows: Iterable[FailedLogins], moment: dt.datetime) -> None:
    waits = [row.wait_until - moment for row in rows if row.wait_until and row.wait_until > moment]
    if waits:
        raise TooManyAttempts(math.ceil(max(waits).total_seconds()))


def _count(row: FailedLogins, added: float, pace: Pace, moment: dt.datetime) -> None:
    """Add to the row's count and set when the next attempt may come."""
    row.failures = _faded(row, moment) + added
    seconds = pace.wait(row.failures)
    row.wait_until = moment + dt.timedelta(seconds=seconds) if seconds else None
    row.last_at = moment
    row.save(force_update=True)


def _give_back(row: FailedLogins, added: float, moment: dt.datetime) -> None:
    row.failures = max(0.0, _faded(row, moment) - added)
    row.wait_until, row.last_at = None, moment
    row.save(force_update=True)


def _in_words(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(count)d seconde", "%(count)d secondes", seconds) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(count)d heure", "%(count)d heures", hours) % {"count": hours}
