"""« Contactez-nous » and its inbox (R8); the pages that the law asks for."""

import datetime as dt

import pytest
from django.test import Client

from navette.libraries.models import ContactMessage, MessageState
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.web.site.contact import QUESTIONS_AN_HOUR, RECEIPTS_AN_HOUR
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")

ASKED = {"name": "Ana Lopez", "email": "Ana@example.org", "theme": "resources", "body": "Comment lire la presse ?"}


def test_the_first_theme_is_the_digital_resources_and_each_form_has_its_own(client: Client) -> None:
    public, pro = (client.get(page).content.decode() for page in ("/contact", "/contact-professionnel"))
    assert public.index("Les ressources numériques</option>") < public.index("Mon compte et mes données</option>")
    assert "Votre question concerne" in public
    assert 'href="/contact-professionnel"' in public
    assert "Mes abonnés aux ressources numériques" not in public
    assert "Mes abonnés aux ressources numériques" in pro


@pytest.mark.parametrize("field", ["name", "email", "theme", "body"])
def test_nothing_is_sent_half_filled(client: Client, field: str) -> None:
    answer = client.post("/contact", ASKED | {field: ""})
    assert answer.status_code == 400
    assert "1 erreur a été trouvée" in answer.content.decode()
    assert not ContactMessage.objects.exists()


def test_a_theme_of_the_other_form_is_refused(client: Client) -> None:
    assert client.post("/contact", ASKED | {"theme": "subscribers"}).status_code == 400
    assert client.post("/contact-professionnel", ASKED | {"theme": "account"}).status_code == 400
    assert not ContactMessage.objects.exists()


def test_what_fills_the_trap_is_told_the_same_and_leaves_nothing(client: Client) -> None:
    answer = client.post("/contact", ASKED | {"site_web": "https://spam.example"})
    assert answer["Location"] == "/contact/envoye"
    assert not ContactMessage.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_one_address_asks_only_so_often(client: Client) -> None:
    for n in range(QUESTIONS_AN_HOUR):
        assert client.post("/contact", ASKED | {"email": f"a{n}@example.org"}).status_code == 302
    refused = client.post("/contact", ASKED)
    assert "Trop de tentatives" in refused.content.decode()
    assert ASKED["body"] in refused.content.decode()
    assert ContactMessage.objects.count() == QUESTIONS_AN_HOUR
    assert client.post("/contact", ASKED, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_a_stranger_s_box_gets_few_receipts(client: Client) -> None:
    for n in range(RECEIPTS_AN_HOUR + 2):
        client.post("/contact", ASKED, REMOTE_ADDR=f"192.0.2.{n}")
    assert ContactMessage.objects.count() == RECEIPTS_AN_HOUR + 2
    assert OutgoingMail.objects.filter(kind="contact_received").count() == RECEIPTS_AN_HOUR


def test_whoever_is_logged_in_finds_name_and_mail_filled_in() -> None:
    user = factories.SubscriptionFactory(active=True).reader.user
    page = client_of(user).get("/contact").content.decode()
    assert user.name in page
    assert user.email in page
    client_of(user).post("/contact", ASKED)
    assert ContactMessage.objects.get().user == user


def test_a_library_finds_itself_chosen() -> None:
    library = factories.LibraryFactory()
    client = client_of(factories.library_account(library))
    page = client.get("/contact-professionnel").content.decode()
    assert f'value="{library.pk}" selected' in page
    assert library.email in page
    client.post("/contact-professionnel", ASKED | {"library": library.pk})
    message = ContactMessage.objects.get()
    assert (message.library, message.is_professional) == (library, True)


def test_a_library_that_has_left_is_not_offered(client: Client) -> None:
    gone = factories.LibraryFactory(is_open=False, closed_at=dt.datetime.now(dt.UTC))
    assert gone.name not in client.get("/contact-professionnel").content.decode()
    assert client.post("/contact-professionnel", ASKED | {"library": gone.pk}).status_code == 400


def test_the_inbox_tells_whoever_comes_second() -> None:
    message = ContactMessage.objects.create(**ASKED)
    first, second = client_of(factories.staff()), client_of(factories.staff())
    address = f"/console/messages/{message.pk}"
    assert first.post(address, {"suite": "answer", "body": "Ainsi."})["Location"] == "/console/messages"
    told = second.post(address, {"suite": "answer", "body": "Autrement."}, follow=True)
    assert "a déjà répondu à ce message" in told.content.decode()
    assert message.answers.count() == 1
    assert "Ainsi." in second.get(address).content.decode()


def test_the_inbox_lists_by_state_and_filters() -> None:
    staff = client_of(factories.staff())
    ContactMessage.objects.create(**ASKED | {"name": "Attend"})
    ContactMessage.objects.create(**ASKED | {"name": "Pro", "theme": "access"}, is_professional=True)
    ContactMessage.objects.create(**ASKED | {"name": "Close"}, state=MessageState.CLOSED)
    new = staff.get("/console/messages").content.decode()
    assert "Attend" in new
    assert "Pro" in new
    assert "Close" not in new
    assert "Close" in staff.get("/console/messages?etat=closed").content.decode()
    only = staff.get("/console/messages?de=pro").content.decode()
    assert "Attend" not in only
    assert "Aucun message" in staff.get("/console/messages?theme=site").content.decode()


def test_an_officer_does_not_find_another_territory_s_message() -> None:
    officer = factories.staff("territory")
    message = ContactMessage.objects.create(**ASKED, library=factories.LibraryFactory())
    assert client_of(officer).get(f"/console/messages/{message.pk}").status_code == 404
    assert client_of(officer).post(f"/console/messages/{message.pk}", {"suite": "close"}).status_code == 404


def test_every_page_leads_to_contact_accessibility_and_privacy(client: Client) -> None:
    page = client.get("/connexion").content.decode()
    for address in ("/contact", "/accessibilite", "/donnees-personnelles", "/mentions-legales"):
        assert f'href="{address}"' in page
    assert "Accessibilité : partiellement conforme" in page


def test_the_accessibility_statement_has_its_set_parts(client: Client, portal: Portal) -> None:
    Portal.objects.update(accessibility="none", accessibility_checked_on=dt.date(2026, 3, 2))
    page = client.get("/accessibilite").content.decode()
    for part in (
        "Schéma pluriannuel",
        "État de conformité",
        "non conforme",
        "Résultats des tests",
        "2 mars 2026",
        "Contenus non accessibles",
        "Établissement de cette déclaration",
        "Technologies utilisées",
        "Environnement de test",
        "Retour d’information et contact",
        "Voies de recours",
        "Libre réponse 71120",
    ):
        assert part in page


def test_the_privacy_page_says_the_portal_s_own_times(client: Client, portal: Portal) -> None:
    """DATA-01: what the page promises is what the settings say."""
    Portal.objects.update(keep_accounts_months=24, keep_requests_months=5, privacy_email="dpo@example.org")
    page = client.get("/donnees-personnelles").content.decode()
    assert "2 ans après la fin de l’abonnement" in page
    assert "Demandes refusées ou restées sans réponse : 5 mois." in page
    assert "dpo@example.org" in page
    assert "mission d’intérêt public" in page
