"""A vendor's metadata, from a file or an address: taken in whole, or refused with a sentence that says what to do."""

import pytest
from pytest_django import Settings

from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.signon import calls
from navette.signon.calls import Answer
from navette.signon.models import AddressUse, VendorAccess, WayName
from navette.signon.saml.importing import FAULTS, fetch_metadata, import_metadata
from navette.signon.saml.partners import partner_of
from tests import factories
from tests.signon.saml import provider
from tests.signon.saml.provider import ACS, NAME, OTHER_ACS, metadata, receiver

pytestmark = pytest.mark.django_db
ADDRESS = "https://sp.example.org/metadata"
LOGOUT = (
    '<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" '
    'Location="https://sp.example.org/slo"/>'
)


@pytest.fixture
def access() -> VendorAccess:
    return factories.vendor(addresses={"https://old.example.org/acs": AddressUse.SAML_ACS})


def take(access: VendorAccess, xml: str | bytes) -> VendorAccess:
    raw = xml.encode() if isinstance(xml, str) else xml
    return import_metadata(access, raw, acting_user=factories.staff("administrator"))


# ---- refusals
def test_who_may_not_change_resources_imports_nothing(access: VendorAccess) -> None:
    with pytest.raises(NotAllowed):
        import_metadata(access, metadata().encode(), acting_user=factories.UserFactory())


@pytest.mark.parametrize(
    ("xml", "fault"),
    [
        ("", "xml"),
        ("<html/>", "xml"),
        ("\xff", "xml"),
        ("<!DOCTYPE a><a/>", "xml"),
        (" " * 200_001, "long"),
        (metadata(name=""), "name"),
        (metadata(name="x" * 501), "name"),
        (metadata(acs=receiver(ACS, 0, binding="HTTP-Artifact")), "receiver"),
        (metadata(acs=receiver("javascript:alert(1)", 0)), "address"),
        (metadata(acs=receiver("https://a b", 0)), "address"),
        (metadata(acs=receiver("https://sp.example.org;script-src/acs", 0)), "address"),
        (metadata(acs=receiver("https://sp.example.org/" + "a" * 500, 0)), "address"),
        (metadata().replace('index="1"', 'index="-1"'), "address"),
        (metadata().replace('index="1"', 'index="99999"'), "address"),
        (metadata().replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"), "key"),
        (metadata(more='validUntil="2020-01-01T00:00:00Z"'), "over"),
        (metadata(more='validUntil="soon"'), "until"),
        (metadata().replace("SPSSODescriptor", "IDPSSODescriptor"), "none"),
        (metadata().replace("SAML:2.0:protocol", "SAML:1.1:protocol"), "none"),
        (
            '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
            f"{metadata()}{metadata(name='https://b.example.org/')}</md:EntitiesDescriptor>",
            "several",
        ),
    ],
    ids=range(20),
)
def test_metadata_that_can_t_be_used_are_refused_and_change_nothing(access: VendorAccess, xml: str, fault: str) -> None:
    with pytest.raises(Invalid) as caught:
        take(access, xml)
    assert (caught.value.message, caught.value.field) == (str(FAULTS[fault]), "metadata")
    assert VendorAccess.objects.get(pk=access.pk).entity_id == ""
    assert access.addresses.get().url == "https://old.example.org/acs"
    assert not AuditRow.objects.filter(action="signon.import_metadata").exists()


def test_one_vendor_opens_one_resource(access: VendorAccess) -> None:
    provider.registered()
    with pytest.raises(Invalid, match="entityID"):
        take(access, metadata())


@pytest.mark.parametrize("url", ["http://sp.example.org/", "file:///etc/passwd", "sp.example.org", ""])
def test_only_an_address_in_https_is_fetched(url: str) -> None:
    with pytest.raises(Invalid, match="https") as caught:
        fetch_metadata(url)
    assert caught.value.field == "address"


@pytest.mark.parametrize("answer", [Answer(0, "Timeout"), Answer(302, ""), Answer(404, ""), Answer(200, "x" * 200_000)])
def test_an_address_that_does_not_answer_well_is_told(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    monkeypatch.setattr(calls, "call", lambda *_args: answer)
    with pytest.raises(Invalid) as caught:
        fetch_metadata(ADDRESS)
    assert caught.value.field == "address"


# ---- what goes well
def test_metadata_replace_what_was_there(access: VendorAccess) -> None:
    with_logout = metadata(signs=True).replace(
        "<md:AssertionConsumerService", LOGOUT + "<md:AssertionConsumerService", 1
    )
    found = take(access, with_logout)
    assert (found.way, found.entity_id) == (WayName.SAML, NAME)
    rows = found.addresses.values_list("use", "url", "binding", "position")
    assert set(rows) == {
        (AddressUse.SAML_ACS, OTHER_ACS, "post", 0),
        (AddressUse.SAML_ACS, ACS, "post", 1),
        (AddressUse.SAML_LOGOUT, "https://sp.example.org/slo", "soap", 0),
    }
    partner = partner_of(found)
    assert (partner.default.url, partner.signs_requests) == (ACS, True)
    assert list(partner.certificates) == [provider.pair(0)[1]]
    row = AuditRow.objects.get(action="signon.import_metadata")
    assert row.object_id == found.resource.pk
    assert take(found, metadata(acs=receiver(OTHER_ACS, 0) * 2)).addresses.get().url == OTHER_ACS


def test_the_one_service_of_a_federation_s_file_is_found(access: VendorAccess) -> None:
    identity = metadata(name="https://idp.example.org/").replace("SPSSODescriptor", "IDPSSODescriptor")
    group = '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
    assert take(access, f"{group}{identity}{metadata()}</md:EntitiesDescriptor>").entity_id == NAME


def test_a_file_in_another_encoding_is_read(access: VendorAccess) -> None:
    xml = '<?xml version="1.0" encoding="ISO-8859-1"?>' + metadata(name="https://sp.example.org/é")
    assert take(access, xml.encode("latin-1")).entity_id == "https://sp.example.org/é"
    assert partner_of(VendorAccess.objects.get(pk=access.pk)).default.url == ACS


def test_what_an_address_answers_is_taken_in(
    access: VendorAccess, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    answer = Answer(200, '\ufeff<?xml version="1.0" encoding="ISO-8859-1"?>\n' + metadata())
    monkeypatch.setattr(calls, "call", lambda *_args: answer)
    assert take(access, fetch_metadata(ADDRESS)).entity_id == NAME
    settings.DEMO = True
    assert fetch_metadata("http://127.0.0.1:8000/metadata")
