"""The door of OpenID Connect: what a vendor asks for through the browser, and the code that it gets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import FatalClientError, OAuth2Error

from navette.core import clock
from navette.readers.models import Reader
from navette.signon import errors, events
from navette.signon.decision import admit
from navette.signon.models import EventKind, VendorAccess
from navette.signon.oidc import server
from navette.signon.oidc.clients import client_of
from navette.signon.oidc.errors import NowhereToGo, TurnedBack
from navette.signon.oidc.presence import Presence
from navette.signon.oidc.signing import issuer
from navette.signon.oidc.validator import hint_matches
from navette.signon.trials import Trial
from navette.signon.ways import Departure

# What we read; the rest (login_hint, claims, ui_locales, acr_values, display...) asks for what we do not do.
KNOWN = frozenset(
    {
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce"),
        *("prompt", "max_age", "id_token_hint", "code_challenge", "code_challenge_method", "request", "request_uri"),
    }
)
LONGEST = 2_000  # characters of one parameter
LOG_IN_AGAIN = frozenset({"login", "select_account"})

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request that is in order: its vendor, and an address of the vendor's where the answer goes."""

    access: VendorAccess
    pairs: tuple[tuple[str, str], ...]
    redirect_uri: str
    state: str | None
    prompt: frozenset[str]
    max_age: int | None
    hint: str | None

    @property
    def is_silent(self) -> bool:
        """Say whether the vendor wants an answer without a page shown to the person."""
        return "none" in self.prompt

    def wants_login(self, presence: Presence) -> bool:
        """Say whether the person is to log in again, though they are in."""
        if self.prompt & LOG_IN_AGAIN or self.max_age == 0:
            return True
        return self.max_age is not None and presence.is_older_than(self.max_age)

    def turned_back(self, error: str) -> TurnedBack:
        """Return the refusal that tells the vendor `error`, a word of the standard."""
        answer = [("error", error), ("iss", issuer()), *([("state", self.state)] if self.state else [])]
        return TurnedBack(error, self.access, add_params_to_uri(self.redirect_uri, answer))


def read(pairs: Pairs) -> Asked:
    """Return the request of a vendor's, checked but for who stands at the door.

    Raises NowhereToGo where the answer could not go to a registered address (SSO-04), TurnedBack where it can.
    """
    kept = tuple(pair for pair in pairs if pair[0] in KNOWN)
    if any(len(value) > LONGEST for _name, value in kept):
        events.note(EventKind.VENDOR_ERROR, "oidc", reason="bad_request")
        raise NowhereToGo
    try:
        _scopes, found = server.authorization.validate_authorization_request(_uri(kept))
    except FatalClientError as error:
        _note_fatal(error)
        raise NowhereToGo from error
    except OAuth2Error as error:
        raise _turned_back(error) from error
    request = found["request"]
    return Asked(
        access=request.client,
        pairs=kept,
        redirect_uri=request.redirect_uri,
        state=request.state,
        prompt=frozenset(found["prompt"]),
        max_age=None if request.max_age is None else int(request.max_age),
        hint=request.id_token_hint,
    )


def authorize(asked: Asked, holder: Reader | Trial, presence: Presence) -> Departure:
    """Return how `holder`, who stands at the door, goes back to the vendor, with a code good for a minute.

    Raises the `Stopped` that says why not (SSO-05), or TurnedBack where it is not the person that the vendor means.
    """
    reader, trial = (None, True) if isinstance(holder, Trial) else (holder, False)
    try:
        subscription = admit(holder, asked.access.resource, clock.today())
    except errors.Stopped as reason:
        events.of_access(EventKind.STOPPED, asked.access, reader, reason.code, trial=trial)
        raise
    if not hint_matches(asked.hint, asked.access, subscription):
        raise asked.turned_back("login_required")
    given = {"holder": holder, "presence": presence, "subscription": subscription}
    headers, _body, _status = server.authorization.create_authorization_response(_uri(asked.pairs), credentials=given)
    events.of_access(EventKind.SENT, asked.access, reader, trial=trial)
    return Departure(headers["Location"])


def _uri(pairs: Pairs) -> str:
    """Return the request as oauthlib reads it; the address itself is of no import there."""
    return "https://portal.invalid/?" + urlencode(list(pairs))


def _turned_back(error: Any) -> TurnedBack:
    access = client_of(error.client_id)
    if access is None:  # pragma: no cover  # an error that is not fatal comes after the vendor is known
        raise NowhereToGo from error
    if error.error != "login_required":
        events.of_access(EventKind.VENDOR_ERROR, access, None, "bad_request", error=error.error, told=error.description)
    return TurnedBack(error.error, access, add_params_to_uri(error.redirect_uri, [*error.twotuples, ("iss", issuer())]))


def _note_fatal(error: Any) -> None:
    access = client_of(error.client_id)
    if access is None:
        named = (error.client_id or "") if len(error.client_id or "") <= LONGEST else ""
        events.note(EventKind.VENDOR_ERROR, "oidc", reason="vendor_unknown", asked_by=named)
    else:
        asked = error.redirect_uri or ""
        events.of_access(EventKind.VENDOR_ERROR, access, None, "service_unknown", asked=asked, told=error.description)
