"""The vendor's way in: a request comes, somebody logs in if need be, and one answer leaves.

`receive_*` reads the request; `carried` and `restored` keep it while the reader logs in, signed by the portal, so that
nothing is written for strangers and no cookie is needed; `answer` and `decline` answer it, once.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from django.core import signing
from django.db import IntegrityError, transaction

from navette.core import clock
from navette.readers.models import Reader
from navette.signon import errors, events, tickets
from navette.signon.decision import admit
from navette.signon.models import AddressUse, EventKind, Ticket, TicketKind, VendorAccess, WayName
from navette.signon.opening import record, visit_of
from navette.signon.saml import names
from navette.signon.saml.bindings import from_form, from_query
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.requests import Asked, read_request
from navette.signon.saml.responses import Answer, new_id, with_status
from navette.signon.saml.way import assert_to
from navette.signon.trials import Trial
from navette.signon.ways import Departure

SALT = "navette.signon.saml.asked"
KEPT_FOR = dt.timedelta(minutes=30)  # to log in, to accept terms
REMEMBERED_FOR = dt.timedelta(hours=2)  # longer than a request can still arrive and wait
# Statuses whose fault lies with what was asked, and not with who asks.
OF_REQUESTER = {names.BAD_NAME_ID}
REASONS = {
    names.NO_PASSIVE: "saml_passive",
    names.BAD_NAME_ID: "saml_name_id",
    names.NO_CONTEXT: "saml_context",
    names.UNKNOWN_PRINCIPAL: "saml_subject",
    names.REQUEST_DENIED: errors.NotAReader.code,
}


def receive_query(query: str) -> Asked:
    """Return what a redirect asks, its `query` as it stands in the address; a refusal is recorded and raised."""
    return _received(lambda: read_request(from_query(query)))


def receive_form(fields: Mapping[str, Sequence[str]]) -> Asked:
    """Return what a posted form asks, every value of each name given; a refusal is recorded and raised."""
    return _received(lambda: read_request(from_form(fields)))


def _received(read: Callable[[], Asked]) -> Asked:
    try:
        return read()
    except SamlRefused as refused:
        note_refused(refused)
        raise


def note_refused(refused: SamlRefused) -> None:
    """Record that a message was refused, about its vendor where that is known."""
    resource = refused.access.resource if refused.access else None
    detail = "".join(char for char in refused.detail if char.isprintable())
    events.note(EventKind.VENDOR_ERROR, WayName.SAML, resource=resource, reason=refused.reason, error=detail)


# ---- while the reader logs in
def carried(asked: Asked) -> str:
    """Return `asked` as a text that an address may carry and nobody can change."""
    facts = [
        *(asked.access.pk, asked.request_id, asked.acs, asked.relay, asked.at.timestamp()),
        *(asked.force, asked.passive, asked.subject, asked.context, asked.fault),
    ]
    return signing.dumps(facts, salt=SALT, compress=True)


def restored(text: str) -> Asked:
    """Return what `carried` was given; SamlRefused where it is not ours, too old, or its address not registered now."""
    try:
        facts = signing.loads(text, salt=SALT, max_age=KEPT_FOR)
    except signing.SignatureExpired as error:
        raise SamlRefused("saml_waited") from error
    except (signing.BadSignature, ValueError) as error:
        raise SamlRefused("bad_request", "not carried by the portal") from error
    pk, request_id, acs, relay, at, force, passive, subject, context, fault = facts
    access = VendorAccess.objects.select_related("resource").filter(pk=pk, way=WayName.SAML).first()
    if access is None or not access.addresses.filter(use=AddressUse.SAML_ACS, url=acs).exists():
        raise SamlRefused("service_unknown", acs, access)
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    return Asked(access, request_id, acs, relay, moment, force, passive, subject, context, fault)


# ---- the answer
def answer(asked: Asked, holder: Reader | Trial, *, session: str = "", came_in: dt.datetime | None = None) -> Departure:
    """Return the form that answers `asked` about `holder`: an assertion, or the status that says why not.

    `session` is the mark of their session here, `came_in` when they gave their password. Raises the `Stopped` that
    says why they may not (a passive request gets it as a status), SamlRefused where it has been answered before.
    """
    access = asked.access
    if asked.fault:
        return decline(asked, asked.fault, holder)
    try:
        subscription = admit(holder, access.resource, clock.today())
    except errors.Stopped as reason:
        events.stopped(access.resource, access.way, _reader(holder), reason)
        if asked.passive:
            return _declined(asked, names.REQUEST_DENIED, holder)
        raise
    visit = visit_of(access, holder, subscription, session=session)
    if asked.subject not in {"", visit.reader_id}:
        return decline(asked, names.UNKNOWN_PRINCIPAL, holder)
    told = Answer(asked.acs, asked.request_id, asked.relay, asked.context, came_in, new_id())
    with transaction.atomic():
        _claim(asked, holder, session)
        departure = assert_to(access, visit, told)
        if isinstance(holder, Reader):
            record(holder, subscription, access.resource)
        _note(EventKind.SENT, asked, holder)
    return departure


def decline(asked: Asked, status: str, holder: Reader | Trial | None = None) -> Departure:
    """Return the form that answers `asked` with `status` and nothing of anybody; what it was is recorded."""
    _note(EventKind.STOPPED, asked, holder, REASONS[status])
    return _declined(asked, status, holder)


def _declined(asked: Asked, status: str, holder: Reader | Trial | None) -> Departure:
    if holder is not None:
        _claim(asked, holder, "")
    top = names.REQUESTER if status in OF_REQUESTER else names.RESPONDER
    told = Answer(asked.acs, asked.request_id, asked.relay)
    return with_status(told, status, top)


def _claim(asked: Asked, holder: Reader | Trial, session: str) -> None:
    """Note that `asked` is answered now: of many that try at the same moment, in any process, one goes on."""
    now = clock.now()
    try:
        with transaction.atomic():
            Ticket.objects.create(
                digest=tickets.digest_of(f"saml:{asked.access.pk}:{asked.request_id}"),
                kind=TicketKind.SAML,
                access=asked.access,
                reader=_reader(holder),
                trial=holder.value if isinstance(holder, Trial) else "",
                service=asked.acs,
                session=session,
                issued_at=now,
                expires_at=now + REMEMBERED_FOR,
                used_at=now,
            )
    except IntegrityError as error:
        raise SamlRefused("saml_answered", asked.request_id, asked.access) from error


def _note(kind: EventKind, asked: Asked, holder: Reader | Trial | None, reason: str = "") -> None:
    trial = isinstance(holder, Trial)
    events.of_access(kind, asked.access, _reader(holder), reason, trial=trial, acs=asked.acs, request=asked.request_id)


def _reader(holder: Reader | Trial | None) -> Reader | None:
    return holder if isinstance(holder, Reader) else None
