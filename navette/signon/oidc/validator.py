"""What oauthlib asks of us at each step: who the vendor is, which address, whether a code or token is good.

oauthlib holds the order of the checks and the words of the standard's errors; what is true is answered here, from the
tickets. Its `request` is any object: `client` is the VendorAccess, `holder` and `presence` who stands at the door,
`ticket` the code or token that was claimed.
"""

import datetime as dt
import re
from typing import Any

from oauthlib.oauth2 import InvalidGrantError, InvalidRequestError
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, UnsupportedCodeChallengeMethodError
from oauthlib.openid import RequestValidator

from navette.core import clock
from navette.readers.models import Reader
from navette.signon import errors, events
from navette.signon.checking import confirm
from navette.signon.decision import admit
from navette.signon.identifiers import pairwise_id
from navette.signon.models import AddressUse, EventKind, Ticket, TicketKind, VendorAccess
from navette.signon.oidc import clients, proofs
from navette.signon.oidc.discovery import SCOPES
from navette.signon.oidc.presence import sid_of, still_lives
from navette.signon.oidc.signing import issuer, read, sign
from navette.signon.oidc.userinfo import claims_of
from navette.signon.tickets import TicketRefused, claim, holder_of, look, revoke_family
from navette.subscriptions.models import Subscription

ID_TOKEN_FOR = dt.timedelta(minutes=5)
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # a SHA-256 in Base64 of addresses
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
ONCE = ("nonce", "prompt", "max_age", "code_challenge", "code_challenge_method", "response_mode", "id_token_hint")


class Validator(RequestValidator):
    """Our answers to oauthlib's questions."""

    # ---- the request of the browser
    def validate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Say whether a vendor has this identifier."""
        request.client = clients.client_of(client_id)
        return request.client is not None

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Say whether the vendor has registered this address, the whole string equal (SSO-04)."""
        return clients.is_registered(request.client, AddressUse.OIDC_REDIRECT, redirect_uri)

    def get_default_redirect_uri(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Return None: the address is to be given each time."""

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Say whether what is asked for is a code: nothing else leaves by the browser."""
        return response_type == "code"

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Keep the scopes that we know, and say whether OpenID Connect is among them."""
        request.scopes = [scope for scope in SCOPES if scope in scopes]
        return "openid" in request.scopes

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Return nothing: who does not ask for `openid` has come to the wrong door."""
        return []

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Say whether a code is asked for, or redeemed, without the PKCE that this vendor owes.

        All owe it but one that keeps a secret and sends a nonce instead. Which of the two a code has was settled when
        it was asked for.
        """
        if getattr(request, "ticket", None) is not None:
            return False
        return not (clients.is_confidential(request.client) and request.nonce)

    def validate_silent_login(self, request: Any) -> bool:
        """Return True: the door itself looks who is there before it asks for a code."""
        return True

    def validate_silent_authorization(self, request: Any) -> bool:
        """Return True: what a vendor is told is the resource's settings, shown on its page, and asked for nowhere."""
        return True

    def validate_user_match(self, id_token_hint: str | None, scopes: Any, claims: Any, request: Any) -> bool:
        """Say whether the person at the door is the one that the vendor's hint names."""
        subscription = getattr(request, "subscription", None)
        return subscription is None or hint_matches(id_token_hint, request.client, subscription)

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the code was kept when it was made (`give_code`)."""

    # ---- the vendor's server
    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Return True: `authenticate_client` knows public vendors too."""
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Say whether the call proves which vendor makes it."""
        try:
            access = clients.authenticate(request.headers, request.client_id, request.client_secret)
        except clients.BadCredentials as bad:
            resource = bad.access.resource if bad.access else None
            events.note(EventKind.FAILED, "oidc", resource=resource, reason="bad_secret")
            return False
        request.client, request.client_id = access, access.client_id
        return True

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Return False: never asked, see `client_authentication_required`."""
        return False

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Return True: only the two kinds that we answer come so far."""
        return True

    # ---- a code
    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Spend the code, and say whether it was this vendor's (SSO-02)."""
        if not self._claim(code, TicketKind.CODE, request):
            return False
        # A code asked for without PKCE and redeemed with it was not asked for by who redeems it.
        if request.code_verifier is not None:
            has_challenge = bool(request.ticket.facts[proofs.CHALLENGE])
            if not has_challenge or not VERIFIER.fullmatch(request.code_verifier):
                events.of_ticket(EventKind.FAILED, request.ticket, "bad_verifier")
                return False
        return True

    def get_code_challenge(self, code: str, request: Any) -> str | None:
        """Return the PKCE challenge of the code."""
        found: str | None = request.ticket.facts[proofs.CHALLENGE]
        return found

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        """Return S256: no other is let in."""
        return "S256"

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Say whether the code was sent to this very address."""
        if request.ticket.service == redirect_uri:
            return True
        events.of_ticket(EventKind.FAILED, request.ticket, "wrong_service", asked=redirect_uri)
        return False

    def get_authorization_code_nonce(self, client_id: str, code: str, redirect_uri: str, request: Any) -> str | None:
        """Return the vendor's nonce, which goes into the id_token as it came."""
        found: str | None = request.ticket.facts[proofs.NONCE]
        return found

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the code was spent before it was looked at."""

    # ---- a refresh token
    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Spend the token, and say whether it was this vendor's and the person's session here still lives."""
        if not self._claim(refresh_token, TicketKind.REFRESH, request):
            return False
        ticket: Ticket = request.ticket
        holder = holder_of(ticket)
        if isinstance(holder, Reader) and not still_lives(ticket.facts[proofs.SESSION], holder.user):
            revoke_family(ticket)
            events.of_ticket(EventKind.FAILED, ticket, "session_over")
            return False
        return True

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Return the scopes that the first code had."""
        found: list[str] = request.ticket.facts[proofs.SCOPES]
        return found

    def _claim(self, text: str, kind: TicketKind, request: Any) -> bool:
        """Spend a code or refresh token; one shown twice ends all that came of the same opening."""
        try:
            ticket = claim(text, kind)
        except TicketRefused as refused:
            if refused.ticket is not None:
                events.of_ticket(EventKind.FAILED, refused.ticket, refused.reason)
            else:
                events.of_access(EventKind.FAILED, request.client, None, refused.reason)
            if refused.reason == "ticket_used" and refused.ticket is not None:
                revoke_family(refused.ticket)
            return False
        if ticket.access_id != request.client.pk:
            events.of_ticket(EventKind.FAILED, ticket, "wrong_vendor", asked_by=request.client.client_id)
            return False
        request.ticket, request.scopes, request.user = ticket, ticket.facts[proofs.SCOPES], holder_of(ticket)
        return True

    # ---- what is given
    def save_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Do nothing: tokens are kept when they are made."""

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Do nothing: tokens are kept when they are made."""

    def finalize_id_token(self, id_token: dict[str, Any], token: Any, token_handler: Any, request: Any) -> str:
        """Return the id_token signed: who, for whom, since when, and nothing else of the person."""
        ticket, now = request.ticket, clock.now()
        sid = sid_of(ticket.session, ticket.access)
        return sign(
            {
                **id_token,
                "iss": issuer(),
                "sub": pairwise_id(request.subscription.reader, ticket.access.resource),
                "iat": int(now.timestamp()),
                "exp": int((now + ID_TOKEN_FOR).timestamp()),
                "auth_time": ticket.facts[proofs.SINCE],
                **({"sid": sid} if sid else {}),
            }
        )

    # ---- an access token
    def validate_bearer_token(self, token: str | None, scopes: Any, request: Any) -> bool:
        """Say whether an access token is good, and the person may still open the resource."""
        try:
            ticket = look(token or "", TicketKind.ACCESS)
            request.subscription = admit(holder_of(ticket), ticket.access.resource, clock.today())
        except TicketRefused:
            return False
        except errors.Stopped as reason:
            events.of_ticket(EventKind.FAILED, ticket, reason.code, step="userinfo")
            return False
        request.ticket = ticket
        return True

    def get_userinfo_claims(self, request: Any) -> dict[str, str]:
        """Return what the vendor is told of the person."""
        return claims_of(request.ticket.access, request.subscription)

    def revoke_token(self, token: str, token_type_hint: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """End a token of the vendor that asks; with a refresh token, all that came of the same opening."""
        for kind in (TicketKind.REFRESH, TicketKind.ACCESS):
            try:
                ticket = look(token, kind)
            except TicketRefused:
                continue
            if ticket.access_id == request.client.pk:
                revoke_family(ticket)


def hint_matches(hint: str | None, access: VendorAccess, subscription: Subscription) -> bool:
    """Say whether the id_token that a vendor gives as a hint, if any, was given to it for this very person."""
    if not hint:
        return True
    claims = read(hint)
    return claims is not None and claims["sub"] == pairwise_id(subscription.reader, access.resource)


# ---- what is checked beside, at the points that oauthlib leaves for it
def check_request(request: Any) -> dict[str, Any]:
    """Refuse what the standard leaves open and we do not do: plain PKCE, other response modes, requests by reference.

    Raises an error that goes back to the vendor, by an address that is by now known to be registered.
    """
    for name in ("request", "request_uri"):
        if getattr(request, name, None) is not None:
            raise CustomOAuth2Error(f"{name}_not_supported", request=request)
    if set(request.duplicate_params) & set(ONCE):
        raise InvalidRequestError("Duplicate parameter.", request=request)
    if request.response_mode not in {None, "query"}:
        request.response_mode = "query"
        raise InvalidRequestError("Only the response mode query is answered.", request=request)
    if request.nonce is not None and not request.nonce.isprintable():
        raise InvalidRequestError("Invalid nonce.", request=request)
    if request.max_age is not None and not re.fullmatch(r"[0-9]{1,9}", request.max_age):
        raise InvalidRequestError("Invalid max_age.", request=request)
    if request.code_challenge is not None:
        _check_challenge(request)
    return {}


def _check_challenge(request: Any) -> None:
    if request.code_challenge_method != "S256":
        raise UnsupportedCodeChallengeMethodError(request=request)
    if not CHALLENGE.fullmatch(request.code_challenge):
        raise InvalidRequestError("Invalid code_challenge.", request=request)


def check_call(request: Any) -> None:
    """Refuse a call of the vendor's server that gives something twice."""
    if request.duplicate_params:
        raise InvalidRequestError("Duplicate parameter.", request=request)


def decide_on_code(request: Any) -> None:
    """Ask the decision again and count the opening, the code being good (SSO-05, SSO-06)."""
    try:
        request.subscription = confirm(request.ticket)
    except errors.Stopped as reason:
        raise InvalidGrantError(f"The portal stops this reader: {reason.code}.", request=request) from reason


def decide_on_refresh(request: Any) -> None:
    """Ask the decision again: who may not open the resource any more is renewed no longer. No opening is counted."""
    ticket: Ticket = request.ticket
    try:
        request.subscription = _admitted(ticket)
    except errors.Stopped as reason:
        revoke_family(ticket)
        events.of_ticket(EventKind.FAILED, ticket, reason.code, step="refresh")
        raise InvalidGrantError(f"The portal stops this reader: {reason.code}.", request=request) from reason
    events.of_ticket(EventKind.CHECKED, ticket, step="refresh")


def _admitted(ticket: Ticket) -> Subscription:
    return admit(holder_of(ticket), ticket.access.resource, clock.today())


def give_code(grant: dict[str, str], token_handler: Any, request: Any) -> dict[str, str]:
    """Return oauthlib's answer to the browser with a code of ours, and our name in it (RFC 9207)."""
    code = proofs.issue_code(
        request.client,
        request.holder,
        request.redirect_uri,
        request.presence,
        nonce=request.nonce,
        challenge=request.code_challenge,
        scopes=request.scopes,
    )
    return grant | {"code": code, "iss": issuer()}
