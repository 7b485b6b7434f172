"""« Connexion à la plateforme » in the console: the way chosen, its own fields, the key shown once, addresses (D1)."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from navette.resources.models import DigitalResource
from navette.signon import calls
from navette.signon.actions import new_key, register_address, set_access
from navette.signon.models import ReleasedAttribute, SignonEvent, Ticket, VendorAccess, VendorAddress, WayName
from navette.signon.sheets import SHEETS
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")
SECRET = "cle-partagee-avec-le-fournisseur"


class Desk:
    """A member of the staff at the page of one resource's connection."""

    def __init__(self, resource: DigitalResource | None = None) -> None:
        self.resource = resource or factories.ResourceFactory(name="Atlas")
        self.client: Client = client_of(factories.staff())
        self.address = f"/console/ressources/{self.resource.pk}/connexion"

    def reads(self, query: str = "") -> str:
        """Return the page as text."""
        return html.unescape(self.client.get(self.address + query).content.decode())

    def seen(self, page: str, number: int = 0) -> str:
        """Return the fingerprint that the form `number` of a page carries."""
        return page.split('name="seen" value="')[number + 1].split('"')[0]

    def saves(self, way: str, **values: str) -> tuple[int, str]:
        """Fill the form of `way` in, and return the answer's status and the page that follows."""
        seen = self.seen(self.reads(f"?facon={way}"))
        known = {"suite": "settings", "way": way, "address": "https://vendor.example.org/", "seen": seen}
        return self.sends(**known | values)

    def sends(self, **values: str) -> tuple[int, str]:
        """Post `values`, and return the answer's status and the page that follows."""
        answer = self.client.post(self.address, values)
        followed = self.client.get(answer["Location"]) if answer.status_code == 302 else answer
        return answer.status_code, html.unescape(followed.content.decode())


def test_each_way_is_explained_and_old_recipes_are_warned_of() -> None:
    page = Desk().reads()
    for way in WayName:
        assert f'value="{way.value}"' in page
        assert str(SHEETS[way].sentence) in page
    assert page.count("peut être rejoué pour toujours") == 1


@pytest.mark.parametrize("query", ["?facon=odd", "?facon=choisir", "?facon="])
def test_an_odd_way_in_the_address_leads_to_the_choice(query: str) -> None:
    desk = Desk()
    desk.saves("plain")
    assert "Continuer" in desk.reads(query)


@pytest.mark.parametrize("way", WayName.values)
def test_only_the_fields_of_a_way_are_asked(way: str) -> None:
    page, sheet = Desk().reads(f"?facon={way}"), SHEETS[WayName(way)]
    keyed = way in {"signed", "hashed", "fields", "callback", "posted"}
    assert ('name="key"' in page) == keyed
    assert ('name="clock_format"' in page) == bool(sheet.clocks)
    assert ('name="establishment"' in page) == bool(sheet.establishment)
    assert ('name="entity_id"' in page) == (way == "saml")
    assert 'name="url"' not in page  # what belongs to a way that is set comes after it is


def test_a_key_that_we_make_is_shown_once_and_never_again() -> None:
    desk = Desk()
    status, page = desk.saves("signed", key_choice="make")
    key = VendorAccess.objects.get().key
    assert (status, len(key) >= 40, key in page) == (302, True, True)
    assert "elle ne sera plus jamais affichée" in page
    assert key not in desk.reads()
    assert key not in desk.saves("signed", key_choice="keep")[1]
    assert VendorAccess.objects.get().key == key


def test_the_key_of_a_vendor_is_never_shown_again() -> None:
    desk = Desk()
    status, page = desk.saves("signed", key_choice="paste")
    assert (status, "demande une clé partagée" in page) == (400, True)
    assert SECRET not in desk.saves("signed", key_choice="paste", key=SECRET)[1]
    assert "Garder la clé enregistrée" in desk.reads()
    assert SECRET not in desk.reads()
    assert SECRET not in desk.saves("signed", key=SECRET, key_choice="keep", address="odd")[1]
    assert "trop courte" in desk.saves("signed", key="court", key_choice="paste")[1]
    desk.saves("signed", key_choice="keep")
    assert VendorAccess.objects.get().key == SECRET
    desk.saves("signed", key_choice="paste", key=SECRET + "2")
    assert VendorAccess.objects.get().key == SECRET + "2"


def test_a_page_drawn_before_a_newer_key_is_told_and_then_may_replace_it() -> None:
    desk = Desk()
    old = desk.seen(desk.reads("?facon=signed"))
    desk.saves("signed", key_choice="paste", key=SECRET)
    status, page = desk.saves("signed", key_choice="paste", key="une-toute-autre-cle", seen=old)
    assert (status, "a réglé cette connexion entre-temps" in page) == (400, True)
    assert VendorAccess.objects.get().key == SECRET
    again = desk.saves("signed", key_choice="paste", key="une-toute-autre-cle", seen=desk.seen(page))
    assert again[0] == 302
    assert VendorAccess.objects.get().key == "une-toute-autre-cle"


def test_a_recipe_without_a_date_is_warned_of_as_long_as_it_stands() -> None:
    desk = Desk()
    page = desk.saves("hashed", key_choice="make", clock_format="none")[1]
    assert "ouvre la ressource pour toujours" in page
    assert "ouvre la ressource pour toujours" not in desk.saves("hashed", key_choice="keep", clock_format="unix")[1]


def test_another_way_says_what_is_forgotten_before_it_is() -> None:
    desk = Desk()
    desk.saves("cas")
    desk.sends(suite="address_add", use="service", url="https://a.example.org/")
    assert "est oublié" in desk.reads("?facon=saml")
    assert VendorAddress.objects.exists()
    desk.saves("plain")
    assert not VendorAddress.objects.exists()


def test_sso_04_addresses_are_registered_and_removed() -> None:
    desk = Desk()
    assert desk.client.post(desk.address, {"suite": "address_add", "use": "service", "url": "x"}).status_code == 404
    assert "refuse toutes les demandes" in desk.saves("cas")[1]
    status, page = desk.sends(suite="address_add", use="service", url="https://moi@a.example.org/")
    assert (status, "Retirez le nom" in page) == (400, True)
    assert "https://a.example.org/" in desk.sends(suite="address_add", use="service", url="https://a.example.org/")[1]
    row = VendorAddress.objects.get()
    for key in ("", "x", "9" * 30, "²"):
        assert desk.client.post(desk.address, {"suite": "address_remove", "cle": key}).status_code == 404
    desk.sends(suite="address_remove", cle=str(row.pk))
    assert desk.sends(suite="address_remove", cle=str(row.pk))[0] == 302
    assert not VendorAddress.objects.exists()


def test_sso_04_an_address_is_removed_from_its_own_resource_alone() -> None:
    other, staff = factories.ResourceFactory(), factories.staff()
    known = {"way": "cas", "address": "https://a.example.org/"}
    access = VendorAccess.objects.create(resource=other, **known)
    row = register_address(access, acting_user=staff, use="service", url="https://a.example.org/")
    desk = Desk()
    desk.saves("cas")
    desk.sends(suite="address_remove", cle=str(row.pk))
    assert VendorAddress.objects.filter(pk=row.pk).exists()


def test_sso_03_nothing_is_ticked_by_default_and_names_are_proposed() -> None:
    desk = Desk()
    page = desk.saves("saml")[1]
    table = page.split('id="transmis"')[1]
    assert "checked" not in table
    assert 'value="urn:oid:2.5.4.42"' in table
    seen = desk.seen(page, 1)
    values = {"suite": "release", "seen": seen, "tell-mail": "on", "name-mail": "mail"}
    values |= {"tell-birth_date": "on", "name-birth_date": "born", "format-birth_date": "compact"}
    assert desk.sends(**values)[0] == 302
    told = list(ReleasedAttribute.objects.values_list("attribute", "name", "date_format"))
    assert told == [("mail", "mail", "iso"), ("birth_date", "born", "compact")]
    status, page = desk.sends(**values)
    assert (status, "entre-temps" in page) == (400, True)


def test_sso_03_what_is_wrong_is_said_beside_it() -> None:
    desk = Desk()
    seen = desk.seen(desk.saves("cas")[1], 1)
    both = {"tell-mail": "on", "name-mail": "x", "tell-last_name": "on", "name-last_name": "x"}
    status, page = desk.sends(suite="release", seen=seen, **both)
    assert (status, "portent le même nom" in page) == (400, True)
    status, page = desk.sends(suite="release", seen=seen, **{"tell-mail": "on", "name-mail": ""})
    assert (status, "sans espace" in page) == (400, True)
    assert not ReleasedAttribute.objects.exists()


def test_the_metadata_of_a_saml_vendor_are_taken_in_by_file_or_address(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    assert desk.client.post(desk.address, {"suite": "metadata"}).status_code == 404
    desk.saves("saml")
    for values, words in (
        ({}, "Choisissez un fichier"),
        ({"metadata": xml(b"<a/>")}, "n’est pas un fichier de métadonnées"),
        ({"address": "http://vendor.example.org/metadata"}, "commence par https"),
        ({"address": "https://vendor.example.org/m", "metadata": xml(METADATA)}, "Choisissez un fichier"),
    ):
        answer = desk.client.post(desk.address, {"suite": "metadata"} | values)
        assert (answer.status_code, words in html.unescape(answer.content.decode())) == (400, True)
    assert desk.client.post(desk.address, {"suite": "metadata", "metadata": xml(METADATA)}).status_code == 302
    assert VendorAccess.objects.get().entity_id == "urn:vendor"
    assert "https://vendor.example.org/acs" in desk.reads()
    VendorAddress.objects.all().delete()
    monkeypatch.setattr(calls, "call", lambda *_given: calls.Answer(200, METADATA.decode()))
    assert desk.sends(suite="metadata", address="https://vendor.example.org/m")[0] == 302
    assert VendorAddress.objects.get().url == "https://vendor.example.org/acs"


METADATA = b"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:vendor">
<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService
 Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://vendor.example.org/acs" index="0"/>
</md:SPSSODescriptor></md:EntityDescriptor>"""


def xml(content: bytes) -> SimpleUploadedFile:
    """Return a file that a browser sends."""
    return SimpleUploadedFile("metadata.xml", content, "text/xml")


def test_what_would_be_sent_is_seen_for_a_trial_reader_and_nothing_is_written() -> None:
    desk = Desk()
    desk.saves("callback", key_choice="paste", key=SECRET, clock_format="none", establishment="bib33")
    page = desk.reads()
    assert "bib33" in page.split('id="apercu"')[1]
    assert "token=" in page.split('id="apercu"')[1]
    assert SECRET not in page
    assert not Ticket.objects.exists()
    assert not SignonEvent.objects.exists()


def test_a_form_that_nobody_wrote_is_refused() -> None:
    desk = Desk()
    for values in ({"suite": "odd"}, {"suite": "settings", "way": "odd"}, {}):
        assert desk.client.post(desk.address, values).status_code == 400


def test_the_key_is_shown_to_whom_it_was_made_for_alone() -> None:
    desk = Desk()
    seen = desk.seen(desk.reads("?facon=signed"))
    key = new_key()
    staff = factories.staff()
    set_access(desk.resource, acting_user=staff, seen=seen, way="signed", address="https://a.example.org/", key=key)
    assert key not in desk.reads()


def test_an_openid_connect_vendor_is_registered_and_its_secret_shown_once() -> None:
    desk = Desk()
    assert desk.client.post(desk.address, {"suite": "register_client", "kind": "secret"}).status_code == 404
    desk.saves("oidc")
    status, page = desk.sends(suite="register_client", kind="secret")
    assert (status, "au moins une adresse de retour" in page) == (400, True)
    assert desk.sends(suite="register_client", kind="odd")[0] == 400
    assert desk.sends(suite="rotate_secret")[0] == 400
    desk.sends(suite="address_add", use="redirect", url="https://vendor.example.org/retour")
    page = desk.sends(suite="register_client", kind="secret")[1]
    first = VendorAccess.objects.get()
    assert first.client_id in page
    assert first.key in page
    assert first.key not in desk.reads()
    page = desk.sends(suite="rotate_secret")[1]
    second = VendorAccess.objects.get()
    assert (second.client_id, second.key != first.key, second.key in page) == (first.client_id, True, True)
    assert second.key not in desk.reads()
    desk.saves("oidc", address="https://vendor.example.org/ailleurs")
    assert VendorAccess.objects.get().key == second.key
    page = desk.sends(suite="register_client", kind="public")[1]
    assert "application publique" in page
    assert VendorAccess.objects.get().key == ""
