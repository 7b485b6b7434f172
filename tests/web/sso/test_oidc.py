"""OpenID Connect's doors, as a browser and a vendor's server find them."""

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from navette.readers.models import Reader
from navette.signon.models import SignonEvent, Ticket
from navette.signon.oidc.signing import sign
from navette.web.gate import CAME_IN
from tests import factories
from tests.signon.oidc.relying import BACK, OUT, Vendor, answer_of, claims_in, reader_of, told, vendor

pytestmark = pytest.mark.django_db
DOOR = "/oidc/authorize"
OUT_DOOR = "/oidc/logout"
HOUR = 3_600


@pytest.fixture
def site(portal: object) -> Vendor:
    return vendor()


@pytest.fixture
def reader(site: Vendor) -> Reader:
    return reader_of(site.access.resource)


def browser(reader: Reader, *, since: float = 0) -> Client:
    """Return a browser in which `reader` has logged in, `since` so many seconds."""
    client = Client()
    client.force_login(reader.user)
    session = client.session
    session[CAME_IN] = int(time.time() - since)
    session.save()
    return client


def log_in(client: Client, reader: Reader, page: str) -> str:
    """Have the person type their password on the page they were sent to, and return where they go then."""
    query = parse_qs(urlsplit(page).query)
    fields = {name: values[0] for name, values in query.items()}
    fields |= {"bloc": "abonne", "abonne-identifier": reader.user.email, "abonne-password": factories.PASSWORD}
    answer = client.post(page, fields)
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def led_on(page: str) -> dict[str, str]:
    """Return what the vendor is given by the page that leads on to it."""
    found = re.search(r'href="(https://vendor[^"]+)"\s+data-departure', page)
    assert found is not None, page
    return answer_of(found[1].replace("&amp;", "&"))


# ---- nowhere to go
@pytest.mark.parametrize("logged_in", [True, False])
def test_sso_04_an_address_that_is_not_registered_gets_a_page_and_nothing_of_what_was_sent(
    site: Vendor, reader: Reader, logged_in: bool
) -> None:
    client = browser(reader) if logged_in else Client()
    mark = "<script>alert(1)</script>"
    for changes in ({"redirect_uri": BACK + "/" + mark}, {"client_id": mark, "state": mark}):
        answer = client.get(DOOR, site.asks(**changes))
        assert answer.status_code == 400
        assert "Location" not in answer
        assert "Votre abonnement n’est pas en cause" in answer.text
        assert "alert(1)" not in answer.text


def test_the_address_of_the_portal_is_never_taken_from_the_request(site: Vendor, reader: Reader) -> None:
    """A forged Host would have a vendor believe another issuer, or send its codes elsewhere."""
    forged: Any = {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_HOST": "evil.org"}
    told = Client().get("/.well-known/openid-configuration", **forged).json()
    assert told["issuer"] == "https://navette.test"
    assert all(value.startswith("https://navette.test/oidc/") for name, value in told.items() if name.endswith("_uri"))
    back = answer_of(browser(reader).get(DOOR, site.asks(), **forged)["Location"])
    assert back["iss"] == "https://navette.test"
    _status, tokens = site.redeem(back["code"])
    assert claims_in(tokens["id_token"])["iss"] == "https://navette.test"


# ---- who stands at the door
def test_a_stranger_logs_in_and_lands_back_by_a_page_that_leads_on(site: Vendor, reader: Reader) -> None:
    client = Client()
    sent = client.get(DOOR, site.asks())
    assert urlsplit(sent["Location"]).path == reverse("site:login")
    door = log_in(client, reader, sent["Location"])
    answer = client.get(door)
    assert answer.status_code == 200  # no redirect: a browser stops one that follows a form of ours
    assert site.redeem(led_on(answer.text)["code"])[0] == 200


def test_a_reader_who_is_logged_in_goes_straight_back(site: Vendor, reader: Reader) -> None:
    answer = browser(reader).get(DOOR, site.asks())
    assert answer.status_code == 302
    assert answer_of(answer["Location"])["state"] == "a state"
    assert "no-store" in answer["Cache-Control"]


def test_what_is_posted_comes_again_by_get(site: Vendor, reader: Reader) -> None:
    """The session's cookie comes with no form of another site (SameSite)."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(reader).cookies
    answer = client.post(DOOR, site.asks(login_hint="a"))
    assert answer.status_code == 303
    assert answer["Location"].startswith(DOOR + "?")
    assert "code" in answer_of(client.get(answer["Location"])["Location"])


def test_sub_10_the_terms_are_read_first(site: Vendor, reader: Reader) -> None:
    factories.SiteTermsFactory()
    answer = browser(reader).get(DOOR, site.asks())
    assert urlsplit(answer["Location"]).path == reverse("site:terms")
    assert parse_qs(urlsplit(answer["Location"]).query)["suite"][0].startswith(DOOR)
    assert not Ticket.objects.exists()


def test_sso_05_whoever_is_stopped_reads_why(site: Vendor) -> None:
    client = browser(factories.SubscriptionFactory().reader)
    answer = client.get(DOOR, site.asks())
    assert answer.status_code == 403
    assert "attend la réponse de votre bibliothèque" in answer.text
    assert SignonEvent.objects.get().reason == "waiting"


def test_a_librarian_is_told_that_theirs_is_no_readers_account(site: Vendor) -> None:
    client = Client()
    client.force_login(factories.MembershipFactory().user)
    answer = client.get(DOOR, site.asks())
    assert answer.status_code == 403
    assert "compte professionnel" in answer.text


def test_a_request_too_long_to_come_back_to_is_told_to_the_vendor(site: Vendor) -> None:
    answer = Client().get(DOOR, site.asks(state="s" * 1_900))
    assert answer_of(answer["Location"])["error"] == "invalid_request"


# ---- without a page (prompt=none)
def silent(client: Client, site: Vendor, **changes: str) -> dict[str, str]:
    """Return what a vendor is told that wants no page."""
    answer = client.get(DOOR, site.asks(prompt="none", **changes))
    assert answer.status_code == 302
    assert answer["Location"].startswith(BACK + "?")
    return answer_of(answer["Location"])


def test_without_a_page_each_reason_is_told_to_the_vendor(site: Vendor, reader: Reader) -> None:
    assert silent(Client(), site)["error"] == "login_required"
    assert silent(browser(reader, since=HOUR), site, max_age="60")["error"] == "login_required"
    assert silent(browser(factories.SubscriptionFactory().reader), site)["error"] == "access_denied"
    librarian = Client()
    librarian.force_login(factories.MembershipFactory().user)
    assert silent(librarian, site)["error"] == "access_denied"
    assert "code" in silent(browser(reader), site)
    factories.SiteTermsFactory()
    assert silent(browser(reader), site)["error"] == "interaction_required"


def test_without_a_page_the_person_is_the_one_of_the_hint(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader))
    other = reader_of(site.access.resource)
    hint = tokens["id_token"]
    assert "code" in silent(browser(reader), site, id_token_hint=hint)
    assert silent(browser(other), site, id_token_hint=hint)["error"] == "login_required"


# ---- the password typed again (prompt=login, max_age)
@pytest.mark.parametrize(
    "wants", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "60"}, {"prompt": "select_account"}]
)
def test_the_password_is_asked_for_again_where_the_vendor_wants_it(
    site: Vendor, reader: Reader, wants: dict[str, str]
) -> None:
    client = browser(reader, since=HOUR)
    sent = client.get(DOOR, site.asks(**wants))
    assert urlsplit(sent["Location"]).path == reverse("site:login")
    door = parse_qs(urlsplit(sent["Location"]).query)["suite"][0]
    assert urlsplit(client.get(door)["Location"]).path == reverse("site:login")  # going round the form is no use
    assert not Ticket.objects.exists()
    back = log_in(client, reader, sent["Location"])
    page = client.get(back)
    assert page.status_code == 200
    _status, tokens = site.redeem(led_on(page.text)["code"])
    assert claims_in(tokens["id_token"])["auth_time"] > time.time() - 60


def test_the_mark_of_one_request_is_of_no_use_to_another(site: Vendor, reader: Reader) -> None:
    client = browser(reader, since=HOUR)
    sent = client.get(DOOR, site.asks(prompt="login"))
    back = log_in(client, reader, sent["Location"])
    mark = parse_qs(urlsplit(back).query)["depuis"][0]
    for asked in (site.asks(prompt="login", state="another"), site.asks(prompt="login", depuis="forged")):
        answer = client.get(DOOR, {"depuis": mark} | asked)
        assert urlsplit(answer["Location"]).path == reverse("site:login")


def test_a_login_recent_enough_is_good(site: Vendor, reader: Reader) -> None:
    assert "code" in answer_of(browser(reader, since=30).get(DOOR, site.asks(max_age="60"))["Location"])


# ---- the session behind the tokens
def test_logging_out_ends_the_tokens(site: Vendor, reader: Reader) -> None:
    client = browser(reader)
    _status, tokens = site.redeem(answer_of(client.get(DOOR, site.asks())["Location"])["code"])
    status, tokens = site.renew(tokens["refresh_token"])
    assert status == 200
    client.post(reverse("site:logout"))
    assert told(tokens["access_token"])[0] == 401
    assert site.renew(tokens["refresh_token"])[0] == 400


def test_auth_03_a_session_that_is_idle_too_long_renews_nothing(site: Vendor, reader: Reader) -> None:
    client = browser(reader)
    _status, tokens = site.redeem(answer_of(client.get(DOOR, site.asks())["Location"])["code"])
    with time_machine.travel(time.time() + 20 * 60, tick=False):
        status, tokens = site.renew(tokens["refresh_token"])
        assert status == 200
    with time_machine.travel(time.time() + 32 * 60, tick=False):
        assert site.renew(tokens["refresh_token"])[0] == 400


def test_auth_03_a_new_password_renews_nothing(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(answer_of(browser(reader).get(DOOR, site.asks())["Location"])["code"])
    reader.user.set_password("Autre-ombrelle-43!")
    reader.user.save()
    assert site.renew(tokens["refresh_token"])[0] == 400


# ---- the vendor's server
def test_tokens_are_given_by_post_and_kept_by_no_cache(site: Vendor, reader: Reader) -> None:
    client = Client(enforce_csrf_checks=True)
    form = site.form(site.code(reader))
    assert client.get("/oidc/token", form).status_code == 405
    assert client.post(f"/oidc/token?{urlencode(form)}").status_code in {400, 401}  # a secret in an address is no good
    assert client.post("/oidc/token", form, content_type="application/json").status_code in {400, 401}
    answer = client.post("/oidc/token", form)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer


def test_userinfo_takes_the_token_by_header_or_form_and_never_by_address(site: Vendor, reader: Reader) -> None:
    client = Client(enforce_csrf_checks=True)
    token = site.redeem(site.code(reader))[1]["access_token"]
    assert client.get("/oidc/userinfo", {"access_token": token}).status_code == 401
    header: Any = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    for answer in (
        client.get("/oidc/userinfo", **header),
        client.post("/oidc/userinfo", **header),
        client.post("/oidc/userinfo", {"access_token": token}),
    ):
        assert answer.json()["email"] == reader.user.email
        assert "no-store" in answer["Cache-Control"]


def test_any_site_may_read_what_is_public_and_nothing_else(site: Vendor) -> None:
    origin: Any = {"HTTP_ORIGIN": "https://vendor.example.org"}
    client = Client()
    for path in ("/.well-known/openid-configuration", "/oidc/jwks"):
        assert client.get(path, **origin)["Access-Control-Allow-Origin"] == "*"
    for path in ("/oidc/token", "/oidc/userinfo", "/oidc/revoke", DOOR):
        assert "Access-Control-Allow-Origin" not in client.post(path, **origin)


def test_the_keys_shown_are_public_ones(site: Vendor) -> None:
    (key,) = Client().get("/oidc/jwks").json()["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}


# ---- logging out by the vendor
def test_whoever_comes_with_no_proof_is_asked_first(site: Vendor, reader: Reader) -> None:
    client = browser(reader)
    foreign = sign({"iss": "https://evil.org", "aud": "the-vendor", "sub": "a", "sid": "b"})
    for sent in ({}, {"client_id": "the-vendor"}, {"id_token_hint": "nonsense"}, {"id_token_hint": foreign}):
        answer = client.get(OUT_DOOR, sent)
        assert answer.status_code == 200
        assert "_auth_user_id" in client.session


def test_the_proof_of_another_session_does_not_log_this_one_out(site: Vendor, reader: Reader) -> None:
    other = browser(reader_of(site.access.resource))
    _status, tokens = site.redeem(answer_of(other.get(DOOR, site.asks())["Location"])["code"])
    client = browser(reader)
    answer = client.get(OUT_DOOR, {"id_token_hint": tokens["id_token"]})
    assert answer.status_code == 200
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "address", [OUT + "/", OUT + "?a=b", BACK, "https://evil.org/", "javascript:alert(1)", "//evil.org"]
)
def test_sso_04_nobody_is_led_to_an_address_that_is_not_registered_for_it(
    site: Vendor, reader: Reader, address: str
) -> None:
    client = browser(reader)
    _status, tokens = site.redeem(answer_of(client.get(DOOR, site.asks())["Location"])["code"])
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": address, "state": "s"}
    answer = client.get(OUT_DOOR, sent)
    assert answer["Location"] == reverse("site:home")
    assert client.get(OUT_DOOR, sent)["Location"] == reverse("site:home")


def test_the_vendors_proof_of_this_session_logs_out_and_leads_back(site: Vendor, reader: Reader) -> None:
    client = browser(reader)
    _status, tokens = site.redeem(answer_of(client.get(DOOR, site.asks())["Location"])["code"])
    sent = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": OUT, "state": "s & t"}
    posted = client.post(OUT_DOOR, sent)
    assert posted.status_code == 303
    answer = client.get(posted["Location"])
    assert answer["Location"] == OUT + "?state=s+%26+t"
    assert "_auth_user_id" not in client.session
    assert told(tokens["access_token"])[0] == 401


def test_a_proof_out_of_time_still_says_who_leaves(site: Vendor, reader: Reader) -> None:
    client = browser(reader)
    _status, tokens = site.redeem(answer_of(client.get(DOOR, site.asks())["Location"])["code"])
    with time_machine.travel(time.time() + 20 * 60):
        answer = client.get(OUT_DOOR, {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": OUT})
    assert answer["Location"] == OUT


def test_who_says_yes_is_logged_out_and_led_back(site: Vendor, reader: Reader) -> None:
    client = browser(reader)
    asked = client.get(OUT_DOOR, {"client_id": "the-vendor", "post_logout_redirect_uri": OUT, "state": "s"})
    assert "form-action 'self' https://vendor.example.org" in asked["Content-Security-Policy"]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    del fields["csrfmiddlewaretoken"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/oidc/logout/oui", fields).status_code == 403
    answer = client.post("/oidc/logout/oui", fields)
    assert answer["Location"] == OUT + "?state=s"
    assert "_auth_user_id" not in client.session
