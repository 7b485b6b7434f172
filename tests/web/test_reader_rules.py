"""The pages of the readers' own rules: a parent's agreement, new terms, seats, the household. Refusals first."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.readers.tokens import parental_token
from navette.resources.models import DigitalResource, ResourceTerms
from navette.signon.models import VendorAccess
from navette.subscriptions.actions.grants import grant
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from navette.web.pro.access import Workspace
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.django_db
STRONG = "Quatre;lanternes,7vertes"
ACCOUNT, HOUSEHOLD, TERMS = reverse("site:account"), reverse("site:household"), reverse("site:terms")
REGISTER, ASK_PARENT = reverse("site:register"), reverse("site:ask_parent")


@pytest.fixture
def library(portal: Portal) -> Library:
    """Return an open library, with the site's terms beside it."""
    factories.SiteTermsFactory(version=1, text="# Premières conditions\n\nEn *français*.")
    made: Library = factories.LibraryFactory(name="Sauveterre-de-Guyenne")
    return made


def filled(at: Library, **changed: Any) -> dict[str, Any]:
    """Return the form of Malo, ten years old, as a browser sends it, with what a test changes."""
    return {
        "last_name": "Moreau",
        "first_name": "Malo",
        "birth_date": (clock.today() - dt.timedelta(days=3_700)).strftime("%d/%m/%Y"),
        "parent_name": "Inès Moreau",
        "parent_email": "ines@example.org",
        "password": STRONG,
        "password_again": STRONG,
        "library": at.pk,
        "resources": [factories.ResourceFactory().pk],
        "terms": "accepted",
    } | changed


def wrong(answer: Any) -> set[str]:
    return set(answer.context["form"].errors)


# ---- SUB-12, at registration
def test_sub_12_without_script_the_parent_is_asked_for_in_a_second_round(client: Client, library: Library) -> None:
    mails = {"email": "malo@example.org", "email_again": "malo@example.org"}
    first = client.post(REGISTER, filled(library, parent_name="", parent_email="", **mails))
    assert wrong(first) == {"parent_name", "parent_email"}
    page = first.content.decode()
    assert "2 erreurs ont été trouvées" in page
    assert page.count('data-birth-date="id_birth_date"  hidden') == 0
    done = client.post(REGISTER, filled(library, **mails), follow=True)
    assert "attend l’accord d’un parent" in done.content.decode()
    assert Subscription.objects.get().status == Status.UNCONFIRMED


def test_sub_12_grown_ups_are_not_asked(client: Client, library: Library) -> None:
    assert "hidden" in client.get(REGISTER).content.decode().split('data-under-age="15"')[1].split(">")[0]
    mails = {"email": "malo@example.org", "email_again": "malo@example.org", "birth_date": "13/03/1990"}
    client.post(REGISTER, filled(library, parent_name="", parent_email="", **mails))
    assert Subscription.objects.get().status == Status.PENDING


# ---- SUB-12, the parent's page
def parents_page(subscription: Subscription) -> str:
    return reverse("site:parental_agreement", args=[parental_token(subscription.reader.parental_agreement)])


def test_sub_12_the_parents_page_says_what_is_asked_and_get_changes_nothing(client: Client, library: Library) -> None:
    young = factories.young_subscription(library=library)
    page = client.get(parents_page(young)).content.decode()
    for text in ("Malo", library.name, young.grants.get().resource.name, "Je donne mon accord", "Je refuse"):
        assert text in page
    assert young.reader.last_name not in page
    assert client.post(parents_page(young), {"reponse": "rien"}).status_code == 302
    young.refresh_from_db()
    assert young.status == Status.UNCONFIRMED


def test_sub_12_agreeing_works_without_login_and_twice(client: Client, library: Library) -> None:
    young = factories.young_subscription(library=library)
    for _ in range(2):
        answer = client.post(parents_page(young), {"reponse": "accord"}, follow=True)
        assert "Votre accord est enregistré" in answer.content.decode()
        assert "Je refuse" not in answer.content.decode()
    assert OutgoingMail.objects.filter(kind="library_request").count() == 1
    refused = client.post(parents_page(young), {"reponse": "refus"}, follow=True)
    assert "déjà enregistré" in refused.content.decode()


def test_sub_12_refusing_leads_home_and_the_link_is_over(client: Client, library: Library) -> None:
    young = factories.young_subscription(library=library)
    address = parents_page(young)
    assert "effacés" in client.post(address, {"reponse": "refus"}, follow=True).content.decode()
    for answer in (client.get(address), client.post(address, {"reponse": "accord"}), client.get(address[:-3])):
        assert answer.status_code == 404
        assert "Contactez-nous" in answer.content.decode()


# ---- SUB-12, the reader who waits
def test_sub_12_the_account_says_who_is_awaited_and_sends_again(library: Library) -> None:
    young = factories.young_subscription(library=library)
    client = client_of(young.reader.user)
    page = client.get(ACCOUNT).content.decode()
    for text in ("Accord parental attendu", "Accord d’un parent", "ines.caradec@example.org", ASK_PARENT):
        assert text in page
    wrong_one = client.post(ASK_PARENT, {"parent_name": "Inès", "parent_email": "ines"})
    assert wrong(wrong_one) == {"parent_email"}
    right = client.post(ASK_PARENT, {"parent_name": "Inès", "parent_email": "autre@example.org"})
    assert right.headers["Location"] == ACCOUNT
    assert OutgoingMail.objects.get(kind="parent_asked").to_email == "autre@example.org"
    for _ in range(2):
        client.post(ASK_PARENT, {"parent_name": "Inès", "parent_email": "autre@example.org"})
    too_often = client.post(ASK_PARENT, {"parent_name": "Inès", "parent_email": "autre@example.org"})
    assert too_often.status_code == 200
    assert OutgoingMail.objects.filter(kind="parent_asked").count() == 3


@pytest.mark.parametrize("page", ["pro:subscribers", "pro:dashboard"])
def test_sub_12_the_librarys_pages_do_not_show_who_waits_for_a_parent(library: Library, page: str) -> None:
    young = factories.young_subscription(library=library, reader__last_name="Invisible")
    for user in (factories.library_account(library), factories.staff()):
        for query in ("", "?statut=unconfirmed", "?q=invisible", "?attente=1"):
            answer = client_of(user).get(reverse(page) + query)
            assert "Invisible" not in answer.content.decode()
        assert not Workspace(user).subscriptions.exists(), "what bulk actions and exports start from"
    for route in ("pro:subscriber", "pro:decide"):
        client = client_of(factories.staff())
        assert client.get(reverse(route, args=[young.pk])).status_code == 404


# ---- SUB-10 and SUB-13
def test_sub_10_new_terms_come_first_and_lead_on(library: Library) -> None:
    subscription = factories.SubscriptionFactory(active=True, library=library)
    resource = factories.ResourceFactory(slug="cine")
    VendorAccess.objects.create(resource=resource, address="https://vendor.example.org/")
    factories.GrantFactory(subscription=subscription, resource=resource)
    client = client_of(subscription.reader.user)
    assert client.get(ACCOUNT).status_code == 200
    factories.SiteTermsFactory(version=2, text="# Nouvelles conditions")
    opening = reverse("site:open_resource", args=["cine"])
    for page in (ACCOUNT, reverse("site:account_edit"), HOUSEHOLD, opening):
        assert client.get(page).headers["Location"].startswith(f"{TERMS}?suite=")
    assert client.post(reverse("site:ask_renewal")).headers["Location"].startswith(TERMS)
    for page in ("site:my_data", "site:my_data_file", "site:close_account"):
        assert client.get(reverse(page)).status_code == 200, "one may leave without accepting"
    shown = client.get(TERMS, {"suite": opening}).content.decode()
    assert "<h1>Nouvelles conditions" in shown or "Nouvelles conditions</h" in shown
    assert "ont changé" in shown
    assert wrong(client.post(TERMS, {"suite": opening})) == {"terms"}
    assert client.get(ACCOUNT).status_code == 302
    assert client.post(TERMS, {"suite": opening, "terms": "on"}).headers["Location"] == opening
    assert client.get(opening).headers["Location"].startswith("https://vendor.example.org/")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "x" * 9]
)
def test_sub_10_it_leads_nowhere_else(library: Library, elsewhere: str) -> None:
    subscription = factories.SubscriptionFactory(library=library)
    subscription.reader.acceptances.all().delete()
    answer = client_of(subscription.reader.user).post(TERMS, {"suite": elsewhere, "terms": "on"})
    assert answer.headers["Location"] == ACCOUNT


def test_sub_13_a_reader_registered_by_the_library_accepts_everything_at_the_first_login(library: Library) -> None:
    grant_row = factories.GrantFactory(subscription=factories.SubscriptionFactory(library=library))
    reader = grant_row.subscription.reader
    reader.acceptances.all().delete()
    page = client_of(reader.user).get(TERMS).content.decode()
    assert "Bienvenue" in page
    assert reverse("site:resource_terms", args=[grant_row.resource.slug]) in page
    client_of(reader.user).post(TERMS, {"terms": "on"})
    assert reader.acceptances.count() == 2


def test_sub_10_new_terms_of_a_resource_are_shown_beside_it(library: Library) -> None:
    grant_row = factories.GrantFactory(subscription=factories.SubscriptionFactory(active=True, library=library))
    client = client_of(grant_row.subscription.reader.user)
    ResourceTerms.objects.create(resource=grant_row.resource, version=2, text="Autres.")
    assert "Ses conditions ont changé" in client.get(ACCOUNT).content.decode()
    assert "Ses conditions ont changé" in client.get(reverse("site:account_edit")).content.decode()


# ---- SUB-11
def test_sub_11_who_waits_reads_their_place_and_others_that_it_is_full(client: Client, library: Library) -> None:
    resource: DigitalResource = factories.ResourceFactory(seats=1, slug="cine")
    people = [factories.SubscriptionFactory(active=True, library=library) for _ in range(3)]
    for subscription in people:
        grant(subscription, [resource])
    waiting = client_of(people[2].reader.user)
    assert "En liste d’attente, 2e place" in waiting.get(ACCOUNT).content.decode()
    stopped = waiting.get(reverse("site:open_resource", args=["cine"]))
    assert stopped.status_code == 403
    assert "en 2e position" in stopped.content.decode()
    for visitor in (client, waiting):
        assert "Complet pour le moment" in visitor.get(reverse("site:resource", args=["cine"])).content.decode()
    assert "Complet pour le moment" in client.get(REGISTER).content.decode()
    holders = client_of(people[0].reader.user).get(reverse("site:resource", args=["cine"]))
    assert "Complet pour le moment" not in holders.content.decode()
    library_page = client_of(factories.library_account(library)).get(reverse("pro:subscriber", args=[people[2].pk]))
    assert "liste d’attente" in library_page.content.decode()


# ---- the household
def test_a_household_registers_from_the_account(library: Library) -> None:
    subscription = factories.SubscriptionFactory(
        active=True, library=library, reader__user__email="famille.moreau@example.org"
    )
    owner = subscription.reader.user
    client = client_of(owner)
    assert HOUSEHOLD in client.get(ACCOUNT).content.decode()
    assert wrong(client.post(HOUSEHOLD, filled(library, parent_name="", terms=""))) == {"parent_name", "terms"}
    weak = {"password": f"{owner.email}A1!", "password_again": f"{owner.email}A1!"}
    assert wrong(client.post(HOUSEHOLD, filled(library, **weak))) == {"password"}
    done = client.post(HOUSEHOLD, filled(library), follow=True)
    assert "attend l’accord d’un parent" in done.content.decode()
    added = User.objects.get(identifier=f"{owner.email}#2")
    assert (added.email, added.name) == (owner.email, "Malo Moreau")
    assert client_of(added).get(ACCOUNT).status_code == 200


def test_where_libraries_register_the_household_goes_there(library: Library) -> None:
    factories.portal("oise")
    client = client_of(factories.SubscriptionFactory(active=True, library=library).reader.user)
    assert HOUSEHOLD not in client.get(ACCOUNT).content.decode()
    assert "dans votre bibliothèque" in client.get(HOUSEHOLD).content.decode()
    assert "dans votre bibliothèque" in client.post(HOUSEHOLD, filled(library)).content.decode()
