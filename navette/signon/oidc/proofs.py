"""Codes and tokens: tickets of one family, each made of the one before."""

import datetime as dt
from typing import Any

from navette.core import clock
from navette.readers.models import Reader
from navette.signon.models import Ticket, TicketKind, VendorAccess
from navette.signon.oidc.presence import Presence
from navette.signon.tickets import holder_of, issue
from navette.signon.trials import Trial

CODE_FOR = dt.timedelta(seconds=60)
ACCESS_FOR = dt.timedelta(minutes=10)
FAMILY_FOR = dt.timedelta(hours=12)  # whatever is renewed ends by then
NONCE, CHALLENGE, SCOPES = "nonce", "challenge", "scopes"
SINCE, UNTIL, SESSION = "since", "until", "session"  # when they logged in and when all ends (seconds), the session


def issue_code(
    access: VendorAccess, holder: Reader | Trial, redirect_uri: str, presence: Presence, **facts: str | list[str] | None
) -> str:
    """Return a code for the vendor of `access`; `facts` are those of the request: nonce, challenge, scopes."""
    kept = {
        **facts,
        SINCE: int(presence.since.timestamp()),
        UNTIL: int((clock.now() + FAMILY_FOR).timestamp()),
        SESSION: presence.sealed,
    }
    return issue(TicketKind.CODE, access, holder, redirect_uri, good_for=CODE_FOR, session=presence.mark, facts=kept)


def issue_access(parent: Ticket) -> str:
    """Return an access token that comes of `parent`, a code or a refresh token."""
    return _issue(TicketKind.ACCESS, parent, min(ACCESS_FOR, _left(parent)))


def issue_refresh(parent: Ticket) -> str:
    """Return a refresh token that comes of `parent`; it ends when the family does."""
    return _issue(TicketKind.REFRESH, parent, _left(parent))


def _left(parent: Ticket) -> dt.timedelta:
    return dt.datetime.fromtimestamp(parent.facts[UNTIL], dt.UTC) - clock.now()


def _issue(kind: TicketKind, parent: Ticket, good_for: dt.timedelta) -> str:
    kept: dict[str, Any] = {name: parent.facts[name] for name in (SCOPES, SINCE, UNTIL, SESSION)}
    return issue(
        kind,
        parent.access,
        holder_of(parent),
        parent.service,
        good_for=good_for,
        session=parent.session,
        facts=kept,
        family=parent.family,
    )
