"""The simulated vendor welcomes what is right, and says in French what is wrong."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from django.test import Client

from navette.core import clock
from navette.signon.calls import Answer
from navette.signon.identifiers import pairwise_id
from navette.signon.oidc.signing import _public_key, sign
from navette.signon.simulators.id_tokens import BadToken, verified
from navette.signon.simulators.oidc import Begun, begin, oidc
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from navette.subscriptions.models import ResourceGrant
from tests.signon.oidc.relying import BACK, SECRET, Vendor, reader_of, ready_key, vendor
from tests.web.browsing import client_of

pytestmark = pytest.mark.django_db
PORTAL = "https://navette.test"


def call(method: str, url: str, data: Mapping[str, str] | str | None, headers: Mapping[str, str]) -> Answer:
    """Call the portal as a vendor's server does, by its public addresses."""
    given: Any = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    path = url.removeprefix(PORTAL)
    answer = Client().post(path, data, **given) if method == "POST" else Client().get(path, **given)
    return Answer(answer.status_code, answer.text, {})


def changed(part: str, change: Callable[[dict[str, Any]], Any]) -> Any:
    """Return a call whose JSON answer from addresses ending with `part` is changed on the way."""

    def changing(method: str, url: str, data: Any, headers: Mapping[str, str]) -> Answer:
        answer = call(method, url, data, headers)
        if not url.endswith(part):
            return answer
        body = json.loads(answer.text)
        return replace(answer, text=json.dumps(change(body) or body))

    return changing


@pytest.fixture
def site(portal: object) -> Vendor:
    return vendor()


@pytest.fixture
def known(site: Vendor) -> Known:
    return Known(PORTAL, BACK, key=SECRET, client_id="the-vendor")


def arrive(site: Vendor, begun: Begun) -> Arrival:
    """Have a reader who may open the resource go where the vendor sends them, and come back."""
    reader = reader_of(site.access.resource)
    return Arrival(client_of(reader.user).get(begun.address.removeprefix(PORTAL))["Location"])


def wrong(welcome: Welcome) -> str:
    """Return the title of the step that failed: the last one."""
    assert welcome.identifier == ""
    assert not welcome.steps[-1].ok
    assert welcome.steps[-1].meaning
    assert all(step.ok for step in welcome.steps[:-1])
    return welcome.steps[-1].title


# ---- right
@pytest.mark.parametrize("public", [False, True])
def test_the_vendor_welcomes_the_reader_under_its_own_identifier(portal: object, public: bool) -> None:
    site = vendor(public=public)
    known = Known(PORTAL, BACK, key=site.secret, client_id="the-vendor", attributes={"email": "mail"})
    begun = begin(known, call)
    reader = reader_of(site.access.resource)
    back = client_of(reader.user).get(begun.address.removeprefix(PORTAL))["Location"]
    welcome = oidc(known, Arrival(back), call, begun.memory)
    assert all(step.ok for step in welcome.steps), welcome.steps[-1]
    assert welcome.identifier == pairwise_id(reader, site.access.resource)
    assert welcome.told["email"] == reader.user.email


def test_each_sign_on_draws_its_own_state_nonce_and_verifier(known: Known) -> None:
    first, second = begin(known, call), begin(known, call)
    assert all(first.memory[name] != second.memory[name] for name in ("state", "nonce", "verifier"))
    assert first.memory["verifier"] not in first.address


# ---- typed wrong by the vendor's technicians
def test_a_portal_that_can_not_be_read_is_told(known: Known) -> None:
    for answer in (Answer(0, "timeout"), Answer(200, "<html>"), Answer(200, "[]"), Answer(200, "{}")):
        begun = begin(known, lambda *args, answer=answer: answer)
        assert begun.address == ""
        assert not begun.steps[-1].ok


@pytest.mark.parametrize(
    ("mistake", "title"),
    [
        ({"key": "a wrong secret"}, "Échange du code"),
        ({"key": ""}, "Échange du code"),
        ({"client_id": "another"}, "Échange du code"),
        ({"address": BACK + "/other"}, "Retour du lecteur"),
        ({"attributes": {"ville": "commune"}}, "Renseignements attendus"),
    ],
)
def test_what_the_vendor_has_wrong_is_told(site: Vendor, known: Known, mistake: dict[str, Any], title: str) -> None:
    begun = begin(known, call)
    arrival = arrive(site, begun)
    assert wrong(oidc(replace(known, **mistake), arrival, call, begun.memory)) == title


def test_a_portal_that_names_itself_otherwise_is_told(known: Known) -> None:
    renamed = changed("/openid-configuration", lambda told: told | {"issuer": PORTAL + "/"})
    assert begin(known, renamed).steps[-1].title == "Émetteur"
    assert wrong(oidc(known, Arrival(BACK), renamed, {})) == "Émetteur"


def test_a_portal_that_answers_by_an_error_is_told(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    silent = Client().get(begun.address.removeprefix(PORTAL) + "&prompt=none")["Location"]
    welcome = oidc(known, Arrival(silent), call, begun.memory)
    assert wrong(welcome) == "Réponse du portail"
    assert "Personne n’est connecté" in welcome.steps[-1].meaning


# ---- changed on the way
def test_a_return_to_another_request_is_refused(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    arrival = arrive(site, begun)
    for memory in ({}, begin(known, call).memory):
        assert wrong(oidc(known, arrival, call, memory)) == "Demande reconnue (state)"


def test_a_return_from_another_portal_is_refused(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    pairs = dict(parse_qsl(urlsplit(arrive(site, begun).address).query))
    evil = f"{BACK}?state={pairs['state']}&code={pairs['code']}&iss=https://evil.org"
    assert wrong(oidc(known, Arrival(evil), call, begun.memory)) == "Portail qui répond"
    twice = f"{BACK}?state={pairs['state']}&code={pairs['code']}&code=another"
    assert wrong(oidc(known, Arrival(twice), call, begun.memory)) == "Retour du lecteur"
    assert wrong(oidc(known, Arrival(f"{BACK}?state={pairs['state']}"), call, begun.memory)) == "Code"


def test_a_code_used_twice_or_too_late_is_told(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    arrival = arrive(site, begun)
    assert oidc(known, arrival, call, begun.memory).identifier
    assert wrong(oidc(known, arrival, call, begun.memory)) == "Échange du code"
    later = begin(known, call)
    late = arrive(site, later)
    with time_machine.travel(clock.now().timestamp() + 61):
        assert wrong(oidc(known, late, call, later.memory)) == "Échange du code"


def test_who_may_not_any_more_is_told(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    arrival = arrive(site, begun)
    ResourceGrant.objects.all().delete()
    welcome = oidc(known, arrival, call, begun.memory)
    assert wrong(welcome) == "Échange du code"
    assert "ne peut plus ouvrir" in welcome.steps[-1].meaning


def resigned(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """Return what signs the id_token anew, by the portal's key, with claims changed."""

    def change(tokens: dict[str, Any]) -> None:
        claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
        kept = {name: value for name, value in (claims | changes).items() if value is not None}
        tokens["id_token"] = sign(kept)

    return change


@pytest.mark.parametrize(
    ("claims", "title"),
    [
        ({"iss": "https://evil.org"}, "Émetteur du jeton"),
        ({"aud": "another"}, "Destinataire du jeton"),
        ({"aud": ["the-vendor", "another"]}, "Destinataire du jeton"),
        ({"exp": 1}, "Durée du jeton"),
        ({"exp": None}, "Durée du jeton"),
        ({"iat": 4_000_000_000}, "Durée du jeton"),
        ({"nonce": "another"}, "Demande à laquelle le jeton répond (nonce)"),
        ({"nonce": None}, "Demande à laquelle le jeton répond (nonce)"),
        ({"at_hash": "another"}, "Jeton d’accès qui va avec (at_hash)"),
        ({"sub": None}, "Personne"),
        ({"sub": "somebody else"}, "Renseignements demandés (userinfo)"),
    ],
)
def test_a_token_that_is_not_what_was_asked_for_is_refused(
    site: Vendor, known: Known, claims: dict[str, Any], title: str
) -> None:
    begun = begin(known, call)
    welcome = oidc(known, arrive(site, begun), changed("/oidc/token", resigned(**claims)), begun.memory)
    assert wrong(welcome) == title


def test_an_access_token_put_in_the_place_of_another_is_refused(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    swapped = changed("/oidc/token", lambda tokens: tokens | {"access_token": "another"})
    assert wrong(oidc(known, arrive(site, begun), swapped, begun.memory)) == "Jeton d’accès qui va avec (at_hash)"


# ---- forged
def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forgeries() -> dict[str, str]:
    """Return tokens that the portal did not sign."""
    key = ready_key()
    good = sign({"sub": "a"})
    header, claims, signature = good.split(".")
    public = _public_key(key).public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "none": f"{_part({'alg': 'none', 'kid': key.kid})}.{claims}.",
        "no signature": f"{header}.{claims}.",
        "other claims": f"{header}.{_part({'sub': 'b'})}.{signature}",
        "other header": f"{_part({'alg': 'RS256', 'kid': key.kid, 'typ': 'x'})}.{claims}.{signature}",
        "hmac with the public key": jwt.api_jws.encode(b'{"sub": "b"}', b"x" * 40, "HS256", {"kid": key.kid}),
        "unknown key": jwt.encode({"sub": "b"}, key.private_key, "RS256", {"kid": "another"}),
        "no key": jwt.encode({"sub": "b"}, key.private_key, "RS256"),
        "two parts": f"{header}.{claims}",
        "not base64": f"{header}.{claims}.é",
        "not json": f"{header}.AAAA.{signature}",
        "not an object": f"{header}.{_part([1])}.{signature}",
        "deep": f"{header}.{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.{signature}",
        "empty": "",
        "public": public.decode(),
    }


@pytest.mark.parametrize(
    "name", sorted({"none", "no signature", "other claims", "other header", "unknown key", "no key"})
)
def test_a_forged_token_is_refused_by_the_whole_vendor(site: Vendor, known: Known, name: str) -> None:
    begun = begin(known, call)
    forged = changed("/oidc/token", lambda tokens: tokens | {"id_token": forgeries()[name]})
    assert wrong(oidc(known, arrive(site, begun), forged, begun.memory)) == "Signature du jeton d’identité"


def test_every_forgery_is_seen(site: Vendor) -> None:
    keys = Client().get("/oidc/jwks").json()["keys"]
    assert verified(sign({"sub": "a"}), keys) == {"sub": "a"}
    for token in forgeries().values():
        with pytest.raises(BadToken):
            verified(token, keys)
    wrong_keys: list[list[dict[str, str]]] = [
        [],
        [{}],
        [{**keys[0], "n": "é"}],
        [{**keys[0], "n": ""}],
        [{**keys[0], "kty": "EC"}],
    ]
    for bad in wrong_keys:
        with pytest.raises(BadToken):
            verified(sign({"sub": "a"}), bad)


def test_a_portal_that_shows_no_keys_is_told(site: Vendor, known: Known) -> None:
    begun = begin(known, call)
    welcome = oidc(known, arrive(site, begun), changed("/oidc/jwks", lambda _body: {"keys": "none"}), begun.memory)
    assert wrong(welcome) == "Signature du jeton d’identité"
