"""The console's pages of content: resources, terms, look, texts of mails, mails found again (D1)."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from navette.core import clock
from navette.mail.actions import text_fingerprint
from navette.mail.kinds import KINDS
from navette.mail.models import MailState, MailText, OutgoingMail
from navette.mail.outbox import text_in_force
from navette.portal.actions import fingerprint
from navette.portal.models import Portal, SiteTerms
from navette.portal.queries import current_portal
from navette.resources.actions import resource_fingerprint
from navette.resources.models import Category, DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")


def admin() -> Client:
    return client_of(factories.staff())


def said(**fields: Any) -> dict[str, Any]:
    known = {"name": "Presse", "summary": "S.", "description": "D.", "vendor": "V", "audience": "all", "tint": "blue"}
    return known | {"category": factories.CategoryFactory().pk} | fields


def png(name: str = "logo.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue())


# ---- resources
def test_a_logo_is_judged_by_its_content() -> None:
    svg = SimpleUploadedFile(
        "logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>", "image/png"
    )
    client = admin()
    refused = client.post("/console/ressources/nouvelle", said(logo=svg))
    assert "n’est pas une image lisible" in refused.content.decode()
    assert not DigitalResource.objects.exists()
    client.post("/console/ressources/nouvelle", said(logo=png("photo.exe")))
    assert str(DigitalResource.objects.get().logo.name).endswith(".png")


def test_closing_says_how_many_lose_it_and_takes_it_from_the_list() -> None:
    grant, client = factories.GrantFactory(), admin()
    address = f"/console/ressources/{grant.resource.pk}/ouverture"
    assert "1 personne ne pourra plus l’ouvrir." in client.get(address).content.decode()
    assert DigitalResource.objects.get().is_open
    client.post(address, {"suite": "close"})
    assert grant.resource.name not in Client().get("/ressources-numeriques").content.decode()
    assert "est déjà fermée" in client.post(address, {"suite": "close"}, follow=True).content.decode()


def test_sub_11_more_seats_are_given_to_those_who_wait() -> None:
    resource = factories.ResourceFactory(seats=1)
    factories.GrantFactory(resource=resource)
    waiting = factories.GrantFactory(resource=resource, state=GrantState.WAITING, waits_since=clock.now())
    client = admin()
    page = client.get(f"/console/ressources/{resource.pk}").content.decode()
    assert "1 personne attend une place" in page
    values = said(name=resource.name, category=resource.category_id)
    client.post(f"/console/ressources/{resource.pk}", values | {"seats": 2, "seen": resource_fingerprint(resource)})
    assert ResourceGrant.objects.get(pk=waiting.pk).state == GrantState.GRANTED


def test_offers_are_added_renamed_and_put_in_order() -> None:
    client = admin()
    client.post(
        "/console/offres",
        {"quoi": "categorie", "cle": "nouvelle", "categorie-nouvelle-name": "Jeux", "categorie-nouvelle-position": 2},
    )
    row = Category.objects.get()
    key = f"categorie-{row.pk}"
    client.post("/console/offres", {"quoi": "categorie", "cle": row.pk, f"{key}-name": "Jeu", f"{key}-position": 1})
    assert Category.objects.values_list("name", "position", "slug").get() == ("Jeu", 1, "jeux")
    for key in ("9" * 400, "-1", "999999"):
        assert client.post("/console/offres", {"quoi": "offre", "cle": key}).status_code == 404


# ---- terms
def test_sub_10_terms_are_previewed_then_published_and_say_who_is_asked() -> None:
    client = admin()
    factories.UserFactory(), factories.UserFactory()
    page = client.post("/console/conditions/site", {"text": "## Titre\n\n<b>x</b>", "after": 0, "suite": "preview"})
    assert "<h2>Titre</h2>" in page.content.decode()
    assert "<b>x</b>" not in page.content.decode()
    assert "2 usagers devront l’accepter" in page.content.decode()
    assert not SiteTerms.objects.exists()
    client.post("/console/conditions/site", {"text": "Un.", "after": 0, "suite": "publish"})
    late = client.post("/console/conditions/site", {"text": "Le mien.", "after": 0, "suite": "publish"})
    assert "La version 1 a été publiée entre-temps" in late.content.decode()
    assert "Le mien." in late.content.decode()
    assert SiteTerms.objects.get().text == "Un."


# ---- look
def test_a_pale_colour_is_refused_and_a_good_one_is_a_third_sheet() -> None:
    client = admin()
    sent = {"accent": "#FFEE00", "seen": fingerprint(current_portal()), "suite": "save"}
    refused = client.post("/console/apparence", sent)
    assert "ne se lit pas assez bien" in refused.content.decode()
    assert Portal.objects.get().accent == ""
    client.post("/console/apparence", sent | {"accent": "#963A2B", "logo": png(), "photo": png()})
    assert Portal.objects.get().accent == "#963a2b"
    for page in ("/", "/aide", "/console/"):
        html = client.get(page).content.decode()
        assert html.count('rel="stylesheet"') == 3
        assert 'class="mark-logo"' in html
    home = Client().get("/").content.decode()
    assert 'class="hero-photo"' in home
    sheet = home.split('href="/theme/')[1].split('"')[0]
    answer = Client().get(f"/theme/{sheet}")
    assert "--reader:#963a2b" in answer.content.decode()
    assert "immutable" in answer["Cache-Control"]
    assert Client().get("/theme/963a2b-00000000.css").status_code == 404
    assert Client().get("/theme/ffee00-00000000.css").status_code == 404


def test_the_preview_of_a_colour_saves_nothing() -> None:
    client = admin()
    sent = {"accent": "#963a2b", "seen": fingerprint(current_portal()), "suite": "preview"}
    shown = client.post("/console/apparence", sent, follow=True)
    assert "/theme/963a2b-" in shown.content.decode()
    assert Portal.objects.get().accent == ""


# ---- texts of mails
def test_an_unknown_variable_is_refused_with_those_known() -> None:
    client = admin()
    answer = client.post("/console/textes/accepted", {"subject": "S", "body": "Bonjour {inconnu}", "suite": "save"})
    page = answer.content.decode()
    assert "Ce mail ne connaît pas {inconnu}" in page
    assert "{prenom}" in page
    assert not MailText.objects.exists()


def test_a_text_is_previewed_saved_tried_and_put_back() -> None:
    staff = factories.staff()
    client, address = client_of(staff), "/console/textes/accepted"
    seen = text_fingerprint(KINDS["accepted"])
    text = {"subject": "Bravo {prenom}", "body": "Bonjour {prenom} <b>x</b>", "seen": seen}
    preview = client.post(address, text | {"suite": "preview"}).content.decode()
    assert "Bonjour Camille &lt;b&gt;x&lt;/b&gt;" in preview
    assert not MailText.objects.exists()
    client.post(address, text | {"suite": "save"})
    assert text_in_force("accepted").subject == "Bravo {prenom}"
    letter = client.get(f"{address}/lettre")
    assert "Bonjour Camille" in letter.content.decode()
    assert "default-src 'none'" in letter["Content-Security-Policy"]
    assert "script-src" not in letter["Content-Security-Policy"]
    client.post(address, {"suite": "try"})
    tried = OutgoingMail.objects.get()
    assert (tried.to_email, tried.subject) == (staff.email, "Bravo Camille")
    client.post(address, {"suite": "reset", "seen": text_fingerprint(KINDS["accepted"])})
    assert text_in_force("accepted").subject == str(KINDS["accepted"].subject)
    assert client.get("/console/textes/nimporte").status_code == 404


# ---- mails
def test_mails_are_found_by_kind_address_and_period() -> None:
    client, now = admin(), clock.now()
    factories.MailFactory(to_email="a@example.org", subject="Sujet-un", state=MailState.SENT, sent_at=now)
    factories.MailFactory(kind="renewed", subject="Sujet-deux", state=MailState.SENT, sent_at=now)
    found = {
        "?etat=tous": {"Sujet-un", "Sujet-deux"},
        "?etat=sent&a=A@example.org": {"Sujet-un"},
        "?etat=tous&genre=renewed": {"Sujet-deux"},
        f"?etat=sent&du={clock.today()}": {"Sujet-un", "Sujet-deux"},
        "?etat=sent&au=2001-01-01": set(),
        "?etat=queued": set(),
    }
    for query, expected in found.items():
        page = client.get(f"/console/mails{query}").content.decode()
        assert {name for name in ("Sujet-un", "Sujet-deux") if name in page} == expected, query


def test_a_mail_is_read_without_its_one_time_link() -> None:
    link = "https://example.org/mot-de-passe/abc/secret-token"
    mail = factories.MailFactory(button_label="Choisir", button_url=link, last_error="550 non")
    page = admin().get(f"/console/mails/{mail.pk}/detail").content.decode()
    assert "C’est validé." in page
    assert "550 non" in page
    assert "secret-token" not in page


# ---- two at once
def test_a_second_text_saved_over_another_is_told_and_kept_in_the_form() -> None:
    first, second, address = admin(), admin(), "/console/textes/accepted"
    seen = text_fingerprint(KINDS["accepted"])
    first.post(address, {"subject": "Un", "body": "Un {prenom}", "suite": "save", "seen": seen})
    mine = {"subject": "Deux", "body": "Deux {prenom}", "suite": "save", "seen": seen}
    late = second.post(address, mine)
    page = late.content.decode()
    assert late.status_code == 400
    assert "a changé ce texte entre-temps" in page
    assert "Deux {prenom}" in page
    assert text_in_force("accepted").subject == "Un"
    second.post(address, {"suite": "reset", "seen": seen})
    assert text_in_force("accepted").subject == "Un"
    now = text_fingerprint(KINDS["accepted"])
    assert now in page
    second.post(address, mine | {"seen": now})
    assert text_in_force("accepted").subject == "Deux"


def test_a_second_resource_form_is_told_and_keeps_what_was_typed() -> None:
    resource, client = factories.ResourceFactory(), admin()
    seen, address = resource_fingerprint(resource), f"/console/ressources/{resource.pk}"
    client.post(address, said(name="Un", seen=seen))
    late = client.post(address, said(name="Deux", seen=seen, category=resource.category_id))
    assert late.status_code == 400
    assert "a changé cette ressource entre-temps" in late.content.decode()
    assert 'value="Deux"' in late.content.decode()
    assert DigitalResource.objects.get().name == "Un"
    now = resource_fingerprint(DigitalResource.objects.get())
    assert now in late.content.decode()
    client.post(address, said(name="Deux", seen=now))
    assert DigitalResource.objects.get().name == "Deux"
