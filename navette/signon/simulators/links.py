"""Vendors that are reached by a link, as their software was written long before the portal: one function a way.

Each looks at what arrives with what its technicians have typed in (`Known`), and says step by step what it makes of it.
Nothing here comes from the portal but what is sent: hashes are computed anew from the recipes' words.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext as _

from navette.core import clock
from navette.signon.calls import Call
from navette.signon.simulators.vendor import Arrival, Known, Step, Welcome

MINUTE = 60  # seconds
DIGITS = re.compile(r"[0-9]{1,12}")
VISITOR = "visiteur"  # who comes to a site that knows nobody
HASHES = "_sha256"  # how the hash of a field is named
OPAQUE_DOMAIN = "@lecteur.invalid"
# Whether a text has never been shown before at this vendor; it is remembered in the same step.
FirstUse = Callable[[str], bool]


class Refused(Exception):
    """The vendor lets nobody in: the step that failed is the last one."""


class Steps:
    """The steps of one arrival, as they are taken."""

    def __init__(self) -> None:
        self.taken: list[Step] = []

    def check(self, title: str, ok: bool, good: str, bad: str, **facts: str) -> None:  # noqa: FBT001 - reads as said
        """Note a step and what it means; Refused where it failed."""
        self.taken.append(Step(title, ok, good if ok else bad, facts))
        if not ok:
            raise Refused

    def note(self, title: str, meaning: str, **facts: str) -> None:
        """Note what is to be known, and refuses nobody."""
        self.taken.append(Step(title, ok=True, meaning=meaning, facts=facts))


# What one kind of vendor does with the parameters that arrived: it returns the identifier and what else it was told.
Look = Callable[[Steps, Known, dict[str, str]], tuple[str, Mapping[str, str]]]


def plain(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome whoever comes: the site is open to all."""
    steps = Steps()
    steps.note(_("Arrivée"), _("Le site est ouvert à tout le monde : il ne demande pas qui arrive."))
    return Welcome(tuple(steps.taken), VISITOR)


def referer(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome who comes from the portal's page, by the Referer that the browser sent."""
    return _looked(partial(_came_from, arrival.referer), known, arrival)


def hashed(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome who brings the hash of their identifier and the key, and the moment where it is in the hash."""
    return _looked(_hashed, known, arrival)


def fields(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome who brings a hash of each field, and of the day."""
    return _looked(_fields, known, arrival)


def callback(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome whom the portal confirms when it is asked about their token."""
    return _looked(partial(_callback, call), known, arrival)


def signed(known: Known, arrival: Arrival, call: Call, first_use: FirstUse = lambda nonce: True) -> Welcome:
    """Welcome who brings a link as docs/signed-links.md tells it."""
    return _looked(partial(_signed, first_use), known, arrival)


def posted(known: Known, arrival: Arrival, call: Call) -> Welcome:
    """Welcome who follows the address that `receive` answered to the portal's message."""
    return _looked(_entered, known, arrival)


def _looked(look: Look, known: Known, arrival: Arrival) -> Welcome:
    steps = Steps()
    try:
        identifier, told = look(steps, known, _arrived(steps, known, arrival))
    except Refused:
        return Welcome(tuple(steps.taken))
    return Welcome(tuple(steps.taken), identifier, told)


def _arrived(steps: Steps, known: Known, arrival: Arrival) -> dict[str, str]:
    """Return the parameters that arrived, each of which may stand there once, without those of the vendor's address."""
    own = parse_qsl(urlsplit(known.address).query, keep_blank_values=True)
    link = [pair for pair in parse_qsl(urlsplit(arrival.address).query, keep_blank_values=True) if pair not in own]
    names = [name for name, _value in link]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        bad = _("Un renseignement arrive deux fois : %(names)s. Le lien a été modifié.") % {"names": ", ".join(twice)}
        steps.check(_("Lien complet"), False, "", bad)  # noqa: FBT003 - it failed
    return dict(link)


def _same(shown: str, computed: str) -> bool:
    return hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), computed.encode("utf-8", "surrogatepass"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check_present(steps: Steps, link: Mapping[str, str], *names: str) -> None:
    missing = [name for name in names if not link.get(name)]
    steps.check(
        _("Lien complet"),
        not missing,
        _("Tout ce que le fournisseur attend est dans le lien."),
        _("Il manque dans le lien : %(names)s. Vérifiez la façon de se connecter choisie dans le portail.")
        % {"names": ", ".join(missing)},
    )


def _check_establishment(steps: Steps, known: Known, shown: str) -> None:
    steps.check(
        _("Identifiant du portail"),
        not known.establishment or _same(shown, known.establishment),
        _("Le portail se présente sous le nom que le fournisseur connaît."),
        _("Le portail ne se présente pas sous le nom que le fournisseur lui a donné. Corrigez-le d’un côté."),
        arrived=shown,
        expected=known.establishment,
    )


def _check_proof(steps: Steps, *, ok: bool) -> None:
    steps.check(
        _("Empreinte"),
        ok,
        _("L’empreinte est exacte : le lien vient de qui connaît la clé, et n’a pas été modifié."),
        _("L’empreinte n’est pas la bonne : la clé n’est pas la même des deux côtés, ou le lien a été modifié."),
    )


# ---- the page that one comes from
def _came_from(page: str, steps: Steps, known: Known, _link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    steps.check(
        _("Page de provenance"),
        _origin(page) == _origin(known.portal) != "",
        _("Le navigateur dit venir du portail : le fournisseur s’en contente, et ne sait pas qui arrive."),
        _("Le navigateur ne dit pas venir du portail. Passez par le portail, pas par un favori ni par un mail."),
        arrived=page,
        expected=_origin(known.portal) + "/",
    )
    return VISITOR, {}


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


# ---- one hash, or one for each field
def _hashed(steps: Steps, known: Known, link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    dated = known.clock != "none"
    _check_present(steps, link, "id", "id_encrypted", *(["date"] if dated else []))
    _check_establishment(steps, known, link.get("sso_id", ""))
    moment = link["date"] if dated else ""
    _check_proof(steps, ok=_same(link["id_encrypted"], _sha256(link["id"] + moment + known.key)))
    _check_moment(steps, known.clock, moment)
    ours = {"sso_id", "id", "id_encrypted", "date", "return_url"}
    return link["id"], {name: value for name, value in link.items() if name not in ours}


def _fields(steps: Steps, known: Known, link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    _check_present(steps, link, "id", "d")
    _check_establishment(steps, known, link.get("etab", ""))
    told = {name: value for name, value in link.items() if name != "d" and not name.endswith(HASHES)}
    wrong = [name for name, value in told.items() if not _same(link.get(name + HASHES, ""), _sha256(value + known.key))]
    steps.check(
        _("Empreinte de chaque champ"),
        not wrong,
        _("Chaque renseignement porte son empreinte, et toutes sont exactes."),
        _("Empreinte fausse ou absente pour : %(names)s. La clé n’est pas la même, ou le lien a été modifié.")
        % {"names": ", ".join(wrong)},
    )
    today = f"{clock.today():%d%m%Y}"
    steps.check(
        _("Empreinte du jour"),
        _same(link["d"], _sha256(today + known.key)),
        _("Le lien est d’aujourd’hui. Jusqu’à minuit, qui l’a vu peut le suivre."),
        _("Le lien n’est pas d’aujourd’hui, ou l’horloge du fournisseur est fausse."),
        today=today,
    )
    return link["id"], {name: value for name, value in told.items() if name not in {"etab", "id", "return_url"}}


def _check_moment(steps: Steps, written: str, moment: str) -> None:
    title, now = _("Date du lien"), clock.now()
    if written == "none":
        steps.note(title, _("Aucune date dans le lien : qui l’a vu peut le suivre pour toujours. Demandez-en une."))
        return
    if written == "day":
        ok, expected = moment == f"{now:%Y-%m-%d}", f"{now:%Y-%m-%d}"
    elif written == "minute":
        near = [f"{now + dt.timedelta(minutes=shift):%Y%m%d%H%M}" for shift in (0, -1, 1)]
        ok, expected = moment in near, near[0]
    else:
        ok, expected = _is_of_this_minute(moment), str(int(now.timestamp()))
    steps.check(
        title,
        ok,
        _("Le lien vient d’être fait."),
        _("Le lien est trop ancien, une horloge est fausse, ou les deux côtés n’écrivent pas la date pareil."),
        arrived=moment,
        expected=expected,
    )


def _is_of_this_minute(moment: str) -> bool:
    return bool(DIGITS.fullmatch(moment)) and abs(clock.now().timestamp() - int(moment)) <= MINUTE


# ---- a token, then a question
def _callback(call: Call, steps: Steps, known: Known, link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    dated = known.clock != "none"
    _check_present(steps, link, "uid", "token", *(["date"] if dated else []))
    _check_establishment(steps, known, link.get("bibid", ""))
    moment = link["date"] if dated else ""
    text = link["uid"] + moment + known.key + known.establishment
    token = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    _check_proof(steps, ok=_same(link["token"], token))
    return _asked(call, steps, known, link)


def _asked(call: Call, steps: Steps, known: Known, link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    query = urlencode({"uid": link["uid"], "token": link["token"]})
    address = f"{known.portal}/liens/{known.resource}/verification"
    answer = call("GET", f"{address}?{query}", None, {"Accept": "application/json"})
    told = _json(answer.text)
    steps.check(
        _("Question au portail"),
        answer.status == 200 and "valid" in told,
        _("Le portail répond à la question du fournisseur."),
        _("Le portail ne reconnaît pas ce jeton : il a déjà servi, a plus d’une minute, ou l’adresse est fausse."),
        address=address,
        status=str(answer.status),
    )
    steps.check(
        _("Abonnement"),
        told.get("valid") is True and told.get("uid") == link["uid"],
        _("Le portail confirme que l’abonnement est valable."),
        _("Le portail répond que cette personne n’a plus accès à la ressource."),
    )
    return link["uid"], {name: str(value) for name, value in told.items() if name not in {"valid", "uid"}}


def _json(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# ---- a signed link
def _signed(first_use: FirstUse, steps: Steps, known: Known, link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    _check_present(steps, link, "resource", "id", "time", "nonce", "signature")
    steps.check(
        _("Ressource"),
        _same(link["resource"], known.resource),
        _("Le lien est bien pour cette ressource."),
        _("Le lien est pour une autre ressource."),
        arrived=link["resource"],
    )
    text = "\n".join(["navette-link-1", *(link[name] for name in ("resource", "id", "time", "nonce"))])
    signature = hmac.new(known.key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    steps.check(
        _("Signature"),
        _same(link["signature"], signature),
        _("La signature est exacte : le lien vient bien du portail."),
        _("La signature ne correspond pas : la clé n’est pas la même des deux côtés, ou le lien a été modifié."),
    )
    _check_moment(steps, "unix", link["time"])
    steps.check(
        _("Première utilisation"),
        first_use(link["nonce"]),
        _("Ce lien n’a jamais servi : rechargée, la page serait refusée."),
        _("Ce lien a déjà servi : il n’ouvre qu’une fois. Cliquez de nouveau sur la ressource dans le portail."),
    )
    return link["id"], {}


# ---- a message from server to server
def receive(known: Known, body: str) -> tuple[int, str]:
    """Return the status and the JSON by which the vendor's server answers a signed message from the portal's.

    The address that it answers lets in who follows it within a minute.
    """
    message = {name: value for name, value in _json(body).items() if isinstance(value, str)}
    mail = message.get("email", "")
    signed_text = f"{mail} {clock.today():%Y-%m-%d}".encode("utf-8", "surrogatepass")
    proof = base64.b64encode(hmac.new(known.key.encode(), signed_text, hashlib.sha256).digest()).decode()
    if not mail or not message.get("id") or not _same(message.get("hmac", ""), proof):
        return 403, json.dumps({"error": "hmac"})
    told = {name: value for name, value in message.items() if name not in {"hmac", "return_url"}}
    entry = base64.urlsafe_b64encode(json.dumps(told | {"at": int(clock.now().timestamp())}).encode()).decode()
    joint = "&" if urlsplit(known.address).query else "?"
    query = urlencode({"entree": entry, "sceau": _seal(known, entry)})
    return 200, json.dumps({"url": f"{known.address}{joint}{query}"})


def _seal(known: Known, entry: str) -> str:
    return hmac.new(known.key.encode(), b"entree:" + entry.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _entered(steps: Steps, known: Known, link: dict[str, str]) -> tuple[str, Mapping[str, str]]:
    _check_present(steps, link, "entree", "sceau")
    steps.check(
        _("Message du portail"),
        _same(link["sceau"], _seal(known, link["entree"])),
        _("Le portail avait prévenu, par un message signé avec la clé partagée, que cette personne arriverait."),
        _("Le portail n’a pas annoncé cette personne."),
    )
    told = _json(base64.urlsafe_b64decode(link["entree"]).decode())
    _check_moment(steps, "unix", str(told.pop("at", "")))
    identifier = str(told.pop("id", ""))
    return identifier, {name: str(value) for name, value in told.items() if not str(value).endswith(OPAQUE_DOMAIN)}


SIMULATORS: Mapping[str, Callable[[Known, Arrival, Call], Welcome]] = {
    "plain": plain,
    "signed": signed,
    "hashed": hashed,
    "fields": fields,
    "callback": callback,
    "posted": posted,
    "referer": referer,
}
