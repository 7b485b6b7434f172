"""A vendor that speaks CAS 3.0.3, written from the protocol: it asks the portal about the ticket that a browser brings.

A browser that arrives without a ticket is sent to `login_address`. The names in `Known.attributes` are those that the
vendor's software waits for in the portal's answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.signon.calls import Call
from navette.signon.simulators.links import Refused, Steps
from navette.signon.simulators.vendor import Arrival, Known, Welcome

NAMESPACE = "{http://www.yale.edu/tp/cas}"
TICKET = re.compile(r"ST-[A-Za-z0-9-]+")
SHORTEST, LONGEST = 32, 256  # characters of a ticket (3.1.1)
OF_LOGIN = frozenset({"authenticationDate", "longTermAuthenticationRequestTokenUsed", "isFromNewLogin"})
# What the portal's codes mean to whoever connects the vendor (2.5.3).
CODES: Mapping[str, str | Promise] = {
    "INVALID_SERVICE": gettext_lazy(
        "Le logiciel du fournisseur vérifie le ticket avec une autre adresse de service que celle où le lecteur est "
        "arrivé. Il faut la même, à la lettre près : http ou https, www, barre finale, paramètres."
    ),
    "INVALID_TICKET": gettext_lazy(
        "Le portail ne reconnaît plus ce ticket : il a déjà été vérifié une fois, a plus d’une minute, ou n’a jamais "
        "été donné."
    ),
    "INVALID_REQUEST": gettext_lazy("La question du fournisseur est incomplète : il y faut service et ticket."),
    "INVALID_TICKET_SPEC": gettext_lazy("Le fournisseur présente un ticket de délégation : le portail n’en donne pas."),
}
# What the portal's door answers a browser that nobody knows, by its status.
DOORS: Mapping[int, str | Promise] = {
    302: gettext_lazy(
        "Le lecteur arrive sans ticket : le fournisseur doit d’abord l’envoyer à l’adresse de connexion du portail."
    ),
    403: gettext_lazy(
        "Le portail ne connaît pas l’adresse de service du fournisseur : enregistrez-la dans le portail, ou "
        "corrigez-la chez le fournisseur."
    ),
}
NO_ACCESS = "may not open"  # in the portal's words when the reader, and not the ticket, is the matter
NOT_FRESH = "renew"


@dataclass(frozen=True)
class Read:
    """What the portal's answer says: who, and what else; or the code and words of its refusal."""

    user: str = ""
    told: dict[str, str] = field(default_factory=dict)
    code: str = ""
    words: str = ""


def login_address(known: Known) -> str:
    """Return where the vendor sends a browser that it does not know."""
    return f"{known.portal}/cas/login?{urlencode({'service': known.address})}"


def cas(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome whom the portal confirms when it is asked about their ticket."""
    steps = Steps()
    try:
        ticket = _ticket(steps, known, arrival, call)
        _compare_service(steps, known, arrival)
        read = _ask(steps, known, ticket, call)
        _check_told(steps, known, read)
    except Refused:
        return Welcome(tuple(steps.taken))
    return Welcome(tuple(steps.taken), read.user, {name: read.told[name] for name in read.told.keys() - OF_LOGIN})


def _ticket(steps: Steps, known: Known, arrival: Arrival, call: Call) -> str:
    """Return the ticket that the browser brings, in the address or in a form; Refused if it is none."""
    found = parse_qs(urlsplit(arrival.address).query).get("ticket", [])
    tickets = [*found, *([arrival.fields["ticket"]] if "ticket" in arrival.fields else [])]
    if not tickets:
        _ask_for_the_door(steps, known, call)
    steps.check(
        _("Ticket"),
        len(tickets) == 1,
        _("Le lecteur revient du portail avec un ticket."),
        _("Deux tickets arrivent ensemble : l’adresse a été modifiée."),
    )
    steps.check(
        _("Forme du ticket"),
        bool(TICKET.fullmatch(tickets[0])) and SHORTEST <= len(tickets[0]) <= LONGEST,
        _("Il a la forme que CAS demande : ST-, puis des lettres, des chiffres et des tirets."),
        _("Ce n’est pas un ticket CAS : l’adresse a été modifiée en chemin, ou coupée."),
        length=str(len(tickets[0])),
    )
    return tickets[0]


def _ask_for_the_door(steps: Steps, known: Known, call: Call) -> None:
    """Refuse a browser without ticket, and say whether the portal's door would open for this service."""
    address = login_address(known)
    answer = call("GET", address, None, {})
    meaning = DOORS.get(answer.status, _("Le portail ne répond pas comme un serveur CAS : vérifiez son adresse."))
    steps.check(_("Ticket"), False, "", str(meaning), address=address, status=str(answer.status))  # noqa: FBT003 - it failed


def _compare_service(steps: Steps, known: Known, arrival: Arrival) -> None:
    """Note where the reader arrived, beside the address that the vendor's software gives as its own."""
    arrived = _without_ticket(arrival.address)
    if arrived == known.address:
        steps.note(_("Adresse de service"), _("Le lecteur arrive là où le fournisseur l’attend."), service=arrived)
    else:
        steps.note(
            _("Adresse de service"),
            _("Le lecteur arrive à une autre adresse que celle que le fournisseur donne pour la sienne."),
            arrived=arrived,
            service=known.address,
        )


def _without_ticket(address: str) -> str:
    parts = urlsplit(address)
    pairs = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != "ticket"]
    return urlunsplit(parts._replace(query="&".join(pairs)))


def _ask(steps: Steps, known: Known, ticket: str, call: Call) -> Read:
    """Ask the portal whose ticket it is, from server to server; Refused unless it says."""
    address = f"{known.portal}/cas/p3/serviceValidate"
    query = urlencode({"service": known.address, "ticket": ticket})
    answer = call("GET", f"{address}?{query}", None, {"Accept": "application/xml"})
    read = _read(answer.text) if answer.status == 200 else None
    steps.check(
        _("Question au portail"),
        read is not None,
        _("Le portail répond à la question du fournisseur."),
        _("Le portail ne répond pas comme un serveur CAS : vérifiez son adresse chez le fournisseur (…/cas)."),
        address=address,
        status=str(answer.status),
    )
    found = read or Read()
    steps.check(
        _("Réponse du portail"),
        bool(found.user),
        _("Le portail confirme qui arrive."),
        _meaning(found),
        code=found.code,
        words=found.words,
    )
    return found


def _meaning(read: Read) -> str:
    if NO_ACCESS in read.words:
        return _(
            "Ce lecteur n’a plus accès à la ressource : son abonnement a pris fin ou a changé depuis qu’il a cliqué."
        )
    if read.words.startswith(NOT_FRESH):
        return _("Le fournisseur exige que le mot de passe vienne d’être saisi, et il ne l’a pas été.")
    unknown = _("Le portail refuse, avec un code que le fournisseur ne connaît pas.")
    return str(CODES.get(read.code, unknown))


def _read(text: str) -> Read | None:
    """Return what an answer says; None where it is no answer of CAS."""
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    if root.tag != f"{NAMESPACE}serviceResponse" or len(root) != 1:
        return None
    first: Element = root[0]
    if first.tag == f"{NAMESPACE}authenticationFailure":
        return Read(code=first.get("code", ""), words=(first.text or "").strip())
    users = first.findall(f"{NAMESPACE}user")
    if first.tag != f"{NAMESPACE}authenticationSuccess" or len(users) != 1 or not users[0].text:
        return None
    told = first.findall(f"{NAMESPACE}attributes/*")
    return Read(user=users[0].text, told={row.tag.removeprefix(NAMESPACE): row.text or "" for row in told})


def _check_told(steps: Steps, known: Known, read: Read) -> None:
    missing = sorted(known.attributes.keys() - read.told.keys())
    steps.check(
        _("Renseignements"),
        not missing,
        _("Le fournisseur reçoit ce qu’il attend, et seulement ce que le portail dit lui transmettre."),
        _("Le fournisseur attend aussi : %(names)s. Ajoutez-les à ce que le portail lui transmet, sous ces noms.")
        % {"names": ", ".join(missing)},
        told=", ".join(sorted(read.told.keys() - OF_LOGIN)),
    )
