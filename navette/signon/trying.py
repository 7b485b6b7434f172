"""Trying a resource as the staff do: a reader made up goes the whole way to a simulated vendor, step by step.

The portal's part is played by the very functions that its doors call, with a `Trial` in the reader's place; the vendor
is a simulator, which knows what its technicians say they have typed, and asks the portal by its public addresses.
Nothing is counted as an opening.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from navette.core import clock
from navette.signon import errors, events
from navette.signon.calls import Answer, Call
from navette.signon.cas import door as cas_door
from navette.signon.cas import services
from navette.signon.decision import admit
from navette.signon.links.posted import PostedLink
from navette.signon.models import AddressUse, EventKind, VendorAccess, WayName
from navette.signon.oidc import authorize as oidc_door
from navette.signon.oidc.errors import NowhereToGo, TurnedBack
from navette.signon.oidc.presence import Presence
from navette.signon.opening import depart, visit_of
from navette.signon.saml import doors as saml_door
from navette.signon.saml.refusals import SamlRefused
from navette.signon.simulators import cas, links, oidc, saml
from navette.signon.simulators.vendor import Arrival, Known, Step, Welcome
from navette.signon.trials import Trial
from navette.signon.ways import Departure

OK = 200


class Verdict(StrEnum):
    """How a trial ended: let in by the vendor, stopped by the portal as it must be, or failed."""

    WELCOMED = "welcomed"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Said:
    """What the vendor says that its software uses; empty where it says nothing, and what is registered stands."""

    key: str = ""
    service: str = ""


@dataclass(frozen=True)
class Outcome:
    """The steps of a trial and how it ended; `identifier` and `told` are what the vendor knows of the reader."""

    verdict: Verdict
    steps: tuple[Step, ...]
    identifier: str = ""
    told: dict[str, str] = field(default_factory=dict)


class _Halted(Exception):
    """The trial ends at a step of the portal's."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


@dataclass
class _Course:
    """One trial on its way: what is tried, and the steps taken so far."""

    access: VendorAccess
    trial: Trial
    known: Known
    call: Call
    steps: list[Step] = field(default_factory=list)

    def note(self, title: str, meaning: str, **facts: str) -> None:
        self.steps.append(Step(title, ok=True, meaning=meaning, facts=facts))

    def halt(self, title: str, meaning: str, verdict: Verdict = Verdict.FAILED, **facts: str) -> _Halted:
        """Note the last step, and return what ends the trial."""
        self.steps.append(Step(title, ok=False, meaning=meaning, facts=facts))
        return _Halted(verdict)


def run(access: VendorAccess, trial: Trial, said: Said, call: Call) -> Outcome:
    """Return how the reader of `trial` fares on the way to a simulated vendor of `access`, which does as it `said`.

    `call` is how the vendor's server reaches the portal. What happens is recorded, as of a trial.
    """
    course = _Course(access, trial, known_by(access, said), call)
    try:
        welcome = DRIVES[WayName(access.way)](course)
    except _Halted as halted:
        return Outcome(halted.verdict, tuple(course.steps))
    except errors.Stopped as reason:
        course.halt(
            _("Décision du portail"),
            _("Le portail arrête ce lecteur ; le fournisseur ne reçoit rien de lui. Le lecteur lit : « %(message)s »")
            % {"message": reason.message},
            code=reason.code,
        )
        verdict = Verdict.FAILED if isinstance(reason, errors.VendorFailed) else Verdict.STOPPED
        return Outcome(verdict, tuple(course.steps))
    verdict = Verdict.WELCOMED if welcome.identifier else Verdict.FAILED
    return Outcome(verdict, (*course.steps, *welcome.steps), welcome.identifier, dict(welcome.told))


def known_by(access: VendorAccess, said: Said) -> Known:
    """Return what the vendor's technicians have typed: what the portal has registered, but for what they `said`."""
    return Known(
        portal=settings.SITE_URL,
        address=said.service or expected_address(access),
        key=said.key or access.key,
        establishment=access.establishment,
        clock=access.clock,
        client_id=access.client_id,
        entity_id=access.entity_id,
        attributes={row.name: row.attribute for row in access.released.all()},
        resource=access.resource.slug,
    )


def expected_address(access: VendorAccess) -> str:
    """Return where readers arrive at the vendor: the first address registered for it, or that of the platform."""
    use = ARRIVES.get(access.way)
    rows = [row.url for row in access.addresses.all() if row.use == use]
    return rows[0] if rows else access.address


ARRIVES: dict[str, AddressUse] = {
    WayName.CAS: AddressUse.CAS_SERVICE,
    WayName.SAML: AddressUse.SAML_ACS,
    WayName.OIDC: AddressUse.OIDC_REDIRECT,
}
Drive = Callable[[_Course], Welcome]


# ---- links: the portal begins
def _by_link(course: _Course) -> Welcome:
    departure = _departure(course)
    events.of_access(EventKind.SENT, course.access, None, trial=True)
    course.note(
        _("Départ du portail"),
        _("Le portail laisse passer ce lecteur et l’envoie chez le fournisseur."),
        address=departure.address,
    )
    _compare(course)
    referer = settings.SITE_URL + "/" if departure.show_origin else ""
    arrival = Arrival(departure.address, departure.fields, referer)
    return links.SIMULATORS[course.access.way](
        replace(course.known, address=course.access.address), arrival, course.call
    )


def _departure(course: _Course) -> Departure:
    access, trial = course.access, course.trial
    try:
        subscription = admit(trial, access.resource, clock.today())
    except errors.Stopped as reason:
        events.of_access(EventKind.STOPPED, access, None, reason.code, trial=True)
        raise
    if access.way != WayName.POSTED:
        return depart(access, trial, subscription)
    server = PostedLink(lambda _method, _url, body, _headers: _received(course, body))
    return server.open(access, visit_of(access, trial, subscription))


def _received(course: _Course, body: str) -> Answer:
    """Return what the simulated vendor's server answers to the portal's signed message."""
    status, text = links.receive(replace(course.known, address=course.access.address), body)
    if status != OK:
        raise course.halt(
            _("Message signé du portail"),
            _("Le fournisseur refuse le message : la clé n’est pas la même des deux côtés, ou son horloge est fausse."),
            status=str(status),
        )
    course.note(_("Message signé du portail"), _("Le fournisseur reçoit le message, et sa signature est exacte."))
    return Answer(status, text)


def _compare(course: _Course) -> None:
    """Halt where the vendor awaits readers elsewhere than the portal sends them."""
    ours, theirs = _place(course.access.address), _place(course.known.address)
    if ours != theirs:
        raise course.halt(
            _("Adresse d’arrivée"),
            _("Le portail n’envoie pas les lecteurs là où le fournisseur les attend : corrigez l’un des deux."),
            portal=ours,
            vendor=theirs,
        )


def _place(address: str) -> str:
    return address.partition("?")[0].rstrip("/")


# ---- CAS, SAML, OpenID Connect: the vendor sends the reader to the portal's door
def _by_cas(course: _Course) -> Welcome:
    address, service = cas.login_address(course.known), course.known.address
    _goes_to_door(course, address)
    found = services.find(service)
    if found is None or found.pk != course.access.pk:
        events.of_access(EventKind.STOPPED, course.access, None, "service_unknown", trial=True, service=service)
        raise _unknown_address(course, service)
    departure = cas_door.enter(course.access, course.trial, cas_door.Asked(service))
    _goes_back(course, departure)
    return cas.cas(course.known, Arrival(departure.address, departure.fields), course.call)


def _by_saml(course: _Course) -> Welcome:
    request = saml.ask(course.known)
    _goes_to_door(course, request.address)
    try:
        asked = saml_door.receive_query(urlsplit(request.address).query)
        departure = saml_door.answer(asked, course.trial)
    except SamlRefused as refused:
        raise _refused(course, refused.reason, refused.detail) from refused
    _goes_back(course, departure)
    arrival = Arrival(departure.address, departure.fields)
    return saml.saml(course.known, arrival, course.call, asked=request.id)


def _by_oidc(course: _Course) -> Welcome:
    begun = oidc.begin(course.known, course.call)
    course.steps += begun.steps
    if not begun.address:
        raise _Halted(Verdict.FAILED)
    _goes_to_door(course, begun.address)
    try:
        asked = oidc_door.read(parse_qsl(urlsplit(begun.address).query))
        departure = oidc_door.authorize(asked, course.trial, Presence("", clock.now()))
    except NowhereToGo as refusal:
        raise _unknown_address(course, course.known.address, client_id=course.known.client_id) from refusal
    except TurnedBack as back:
        departure = Departure(back.address)
    _goes_back(course, departure)
    return oidc.oidc(course.known, Arrival(departure.address), course.call, begun.memory)


def _goes_to_door(course: _Course, address: str) -> None:
    course.note(
        _("Demande du fournisseur"),
        _("Le fournisseur ne connaît pas encore ce lecteur : il l’envoie au portail, qui décide."),
        address=address,
    )


def _goes_back(course: _Course, departure: Departure) -> None:
    facts = {"address": departure.address, **{f"{name} (…)": value[:60] for name, value in departure.fields.items()}}
    course.note(
        _("Décision du portail"),
        _("Le portail laisse passer ce lecteur et le renvoie chez le fournisseur avec une preuve à usage unique."),
        **facts,
    )


def _unknown_address(course: _Course, address: str, client_id: str = "") -> _Halted:
    registered = _listed(row.url for row in course.access.addresses.all())
    return course.halt(
        _("Adresse du fournisseur"),
        _(
            "Cette adresse n’est pas enregistrée pour ce fournisseur : le portail n’y envoie personne. Enregistrez-la "
            "sur la page de connexion si le fournisseur la confirme, ou faites-la corriger chez lui."
        ),
        vendor=address,
        registered=registered,
        client_id=client_id,
    )


def _refused(course: _Course, reason: str, detail: str) -> _Halted:
    if reason == "service_unknown":
        return _unknown_address(course, course.known.address)
    return course.halt(_("Demande du fournisseur"), str(events.REASONS[reason]), code=reason, detail=detail)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts) or _("aucune")


LED_BY_VENDOR: dict[WayName, Drive] = {WayName.CAS: _by_cas, WayName.SAML: _by_saml, WayName.OIDC: _by_oidc}
DRIVES: dict[WayName, Drive] = {way: LED_BY_VENDOR.get(way, _by_link) for way in WayName}
