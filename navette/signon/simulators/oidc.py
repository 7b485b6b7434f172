"""A vendor that speaks OpenID Connect, written from the standard: code flow with PKCE, the id_token checked by hand.

A browser that arrives without a code is sent to the address of `begin`, whose memory the vendor keeps in its own
session until the browser is back. `Known.client_id` and `Known.key` are what the portal's staff gave; without a key it
is a public vendor. `Known.attributes` names the claims that its software waits for.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.core import clock
from navette.signon.calls import Answer, Call
from navette.signon.simulators import id_tokens
from navette.signon.simulators.links import Refused, Steps
from navette.signon.simulators.vendor import Arrival, Known, Step, Welcome

DISCOVERY = "/.well-known/openid-configuration"
RANDOM_BYTES = 32
OK = 200
OF_PROTOCOL = frozenset({"sub"})
# What the standard's errors mean to whoever connects the vendor.
ERRORS: Mapping[str, str | Promise] = {
    "invalid_client": gettext_lazy(
        "Le portail ne reconnaît pas le fournisseur : l’identifiant (client_id) ou le secret est faux. Recopiez-les, "
        "ou demandez un nouveau secret."
    ),
    "invalid_grant": gettext_lazy(
        "Le portail refuse le code : il a déjà servi, a plus d’une minute, a été donné à un autre, ou l’abonné(e) ne "
        "peut plus ouvrir la ressource. La page « Pourquoi ? » de la console le dit."
    ),
    "invalid_scope": gettext_lazy("Le fournisseur doit demander « openid » dans scope."),
    "invalid_request": gettext_lazy("La demande du fournisseur est incomplète ou mal formée, ou sans PKCE (S256)."),
    "unsupported_response_type": gettext_lazy("Le fournisseur doit demander un code (response_type=code)."),
    "login_required": gettext_lazy("Personne n’est connecté au portail, et le fournisseur ne voulait rien montrer."),
    "interaction_required": gettext_lazy("Le portail devait montrer une page, et le fournisseur n’en voulait pas."),
    "access_denied": gettext_lazy("Cette personne ne peut pas ouvrir la ressource."),
    "invalid_token": gettext_lazy("Le jeton d’accès n’est plus bon : il dure dix minutes."),
}


@dataclass(frozen=True)
class Begun:
    """A sign-on begun: where the browser goes, empty where the portal can't be read, and what the vendor remembers."""

    address: str
    memory: Mapping[str, str]
    steps: tuple[Step, ...]


def begin(known: Known, call: Call) -> Begun:
    """Return where a browser goes that the vendor does not know; state, nonce and verifier are drawn anew."""
    steps = Steps()
    memory = {name: secrets.token_urlsafe(RANDOM_BYTES) for name in ("state", "nonce", "verifier")}
    try:
        portal = _discover(steps, known, call)
    except Refused:
        return Begun("", {}, tuple(steps.taken))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(memory["verifier"].encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": known.client_id,
        "redirect_uri": known.address,
        "scope": "openid profile email",
        "state": memory["state"],
        "nonce": memory["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return Begun(f"{portal['authorization_endpoint']}?{urlencode(asked)}", memory, tuple(steps.taken))


def oidc(known: Known, arrival: Arrival, call: Call, memory: Mapping[str, str]) -> Welcome:
    """Welcome whom the portal's id_token names, for the code that the browser brings back."""
    steps = Steps()
    try:
        portal = _discover(steps, known, call)
        code = _code(steps, known, arrival, memory)
        tokens = _redeem(steps, known, portal, code, memory, call)
        claims = _check_id_token(steps, known, portal, tokens, memory, call)
        told = _ask_who(steps, portal, tokens, claims, call)
        _check_told(steps, known, told)
    except Refused:
        return Welcome(tuple(steps.taken))
    others = {name: str(value) for name, value in told.items() if name not in OF_PROTOCOL}
    return Welcome(tuple(steps.taken), str(claims["sub"]), others)


# ---- what the portal says of itself
def _discover(steps: Steps, known: Known, call: Call) -> dict[str, Any]:
    address = known.portal + DISCOVERY
    answer = call("GET", address, None, {})
    found = _json(answer)
    needed = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    steps.check(
        _("Découverte du portail"),
        all(isinstance(found.get(name), str) for name in needed),
        _("Le fournisseur a lu les adresses du portail."),
        _("Le fournisseur ne peut pas lire les adresses du portail. Vérifiez l’adresse qui lui a été donnée."),
        address=address,
        status=str(answer.status),
    )
    steps.check(
        _("Émetteur"),
        found["issuer"] == known.portal,
        _("Le portail se nomme comme le fournisseur le connaît."),
        _("Le portail se nomme autrement que dans le logiciel du fournisseur : corrigez-y l’émetteur (issuer)."),
        issuer=found["issuer"],
        expected=known.portal,
    )
    return found


# ---- the browser is back
def _code(steps: Steps, known: Known, arrival: Arrival, memory: Mapping[str, str]) -> str:
    pairs = parse_qsl(urlsplit(arrival.address).query, keep_blank_values=True)
    came = dict(pairs)
    steps.check(
        _("Retour du lecteur"),
        len(pairs) == len(came) and arrival.address.partition("?")[0] == known.address.partition("?")[0],
        _("Le lecteur revient à l’adresse enregistrée."),
        _("Le lecteur revient à une autre adresse que celle du fournisseur, ou avec un renseignement en double."),
        address=arrival.address.partition("?")[0],
    )
    error = came.get("error", "")
    steps.check(_("Réponse du portail"), not error, _("Le portail a donné un code."), _meaning(error), error=error)
    _check_own(steps, came, memory)
    steps.check(
        _("Portail qui répond"),
        came.get("iss", known.portal) == known.portal,
        _("La réponse vient du portail interrogé."),
        _("La réponse porte le nom d’un autre portail : le fournisseur ne doit pas l’utiliser."),
        iss=came.get("iss", ""),
    )
    steps.check(_("Code"), bool(came.get("code")), _("Un code est là."), _("Il n’y a pas de code dans le retour."))
    return came["code"]


def _check_own(steps: Steps, came: Mapping[str, str], memory: Mapping[str, str]) -> None:
    steps.check(
        _("Demande reconnue (state)"),
        bool(memory.get("state")) and _same(came.get("state", ""), memory["state"]),
        _("Le retour répond à la demande faite par ce navigateur."),
        _("Le retour ne répond pas à une demande de ce navigateur : lien recopié, page rechargée, ou session perdue."),
    )


# ---- the code
def _redeem(
    steps: Steps, known: Known, portal: Mapping[str, Any], code: str, memory: Mapping[str, str], call: Call
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": known.address,
        "code_verifier": memory.get("verifier", ""),
    }
    headers = {}
    if known.key:
        proof = f"{quote(known.client_id, safe='')}:{quote(known.key, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(proof.encode()).decode()
    else:
        form["client_id"] = known.client_id
    answer = call("POST", portal["token_endpoint"], form, headers)
    tokens = _json(answer)
    error = str(tokens.get("error", "")) or ("" if answer.status == OK else str(answer.status))
    has_all = all(isinstance(tokens.get(name), str) for name in ("access_token", "id_token"))
    steps.check(
        _("Échange du code"),
        answer.status == OK and has_all and str(tokens.get("token_type", "")).lower() == "bearer",
        _("Le portail a donné les jetons."),
        _meaning(error),
        status=str(answer.status),
        error=error,
    )
    return tokens


# ---- who it is
def _check_id_token(
    steps: Steps,
    known: Known,
    portal: Mapping[str, Any],
    tokens: Mapping[str, Any],
    memory: Mapping[str, str],
    call: Call,
) -> dict[str, Any]:
    found = _json(call("GET", portal["jwks_uri"], None, {})).get("keys")
    keys = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    try:
        claims = id_tokens.verified(tokens["id_token"], keys)
    except id_tokens.BadToken as bad:
        steps.check(_("Signature du jeton d’identité"), False, "", str(bad.meaning))  # noqa: FBT003 - it failed
        raise Refused from bad  # pragma: no cover  # `check` has raised
    steps.note(_("Signature du jeton d’identité"), _("Le portail a bien signé le jeton d’identité."))
    wanted = id_tokens.Wanted(known.portal, known.client_id, memory.get("nonce", ""), tokens["access_token"])
    for title, good, meaning in id_tokens.judged(claims, wanted, clock.now().timestamp()):
        steps.check(str(title), good, _("C’est ce que le fournisseur attend."), str(meaning))
    return claims


def _ask_who(
    steps: Steps, portal: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any], call: Call
) -> dict[str, Any]:
    answer = call("GET", portal["userinfo_endpoint"], None, {"Authorization": f"Bearer {tokens['access_token']}"})
    told = _json(answer)
    steps.check(
        _("Renseignements demandés (userinfo)"),
        answer.status == OK and told.get("sub") == claims["sub"],
        _("Le portail répond pour la même personne."),
        _("Le portail ne répond pas, ou pour une autre personne que celle du jeton d’identité : n’en utilisez rien."),
        status=str(answer.status),
    )
    return told


def _check_told(steps: Steps, known: Known, told: Mapping[str, Any]) -> None:
    missing = sorted(name for name in known.attributes if not told.get(name))
    steps.check(
        _("Renseignements attendus"),
        not missing,
        _("Tout ce que le fournisseur attend est là."),
        _("Il manque : %(names)s. Cochez-les dans « Ce qui est transmis », sous ces noms.")
        % {"names": ", ".join(missing)},
    )


def _meaning(error: str) -> str:
    told = ERRORS.get(error)
    return str(told) if told else _("Le portail a répondu par une erreur (%(error)s).") % {"error": error}


def _json(answer: Answer) -> dict[str, Any]:
    """Return the object that an answer holds; an empty one where it holds none."""
    try:
        found = json.loads(answer.text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
