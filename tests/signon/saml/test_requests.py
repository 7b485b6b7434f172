"""What a vendor asks, read as the standard says and refused where it can't be trusted (SSO-01, SSO-04)."""

import base64
import datetime as dt
import zlib

import pytest
from lxml import etree

from navette.core import clock
from navette.signon.models import AddressUse, SignonEvent, VendorAccess, VendorAddress
from navette.signon.saml import doors
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.requests import Asked
from tests.signon.saml import provider
from tests.signon.saml.provider import ACS, OTHER_ACS, form, lists, query, request

pytestmark = pytest.mark.django_db
CONTEXT = "urn:oasis:names:tc:SAML:2.0:ac:classes:"


@pytest.fixture
def access() -> VendorAccess:
    return provider.registered()


def posted(xml: bytes, relay: str | None = None) -> Asked:
    return doors.receive_form(lists(form(xml, relay)))


def refusal(xml: bytes) -> str:
    """Return why a request is refused; it is, whichever way it comes."""
    with pytest.raises(SamlRefused) as by_form:
        posted(xml)
    with pytest.raises(SamlRefused) as by_redirect:
        doors.receive_query(query(xml))
    assert by_form.value.reason == by_redirect.value.reason
    return by_form.value.reason


# ---- refusals
@pytest.mark.parametrize("xml", [b"", b"<", b"nothing", b"<a/>", b"<" + b"a" * 70_000, b"<a>" * 300 + b"</a>" * 300])
def test_what_is_no_message_is_refused(access: VendorAccess, xml: bytes) -> None:
    assert refusal(xml) == "bad_request"


@pytest.mark.parametrize(
    "facts",
    [
        {"Version": "1.1"},
        {"drop": "ID"},
        {"ID": "1 2"},
        {"ID": "&quot;&gt;&lt;script&gt;"},
        {"drop": "IssueInstant"},
        {"IssueInstant": "yesterday"},
        {"Destination": "https://elsewhere.example.org/saml/sso"},
        {"Destination": "https://navette.test/saml/sso/"},
        {"ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"},
        {"AssertionConsumerServiceURL": ACS, "AssertionConsumerServiceIndex": "1"},
        {"inside": "<saml:Subject/>"},
        {"inside": "<samlp:NameIDPolicy/><samlp:NameIDPolicy/>"},
        {"issuer": ""},
    ],
    ids=str,
)
def test_what_is_no_request_for_the_portal_is_refused(access: VendorAccess, facts: dict[str, str]) -> None:
    assert refusal(request(**facts)) == "bad_request"


def test_another_message_is_no_request(access: VendorAccess) -> None:
    assert refusal(request().replace(b"AuthnRequest", b"LogoutRequest")) == "bad_request"


def test_an_unknown_vendor_is_refused_and_its_name_kept_for_the_staff(access: VendorAccess) -> None:
    assert refusal(request(issuer="https://else.example.org/")) == "vendor_unknown"
    assert SignonEvent.objects.first().detail == {"error": "https://else.example.org/"}  # type: ignore[union-attr]


def test_a_name_cut_by_a_comment_is_read_whole(access: VendorAccess) -> None:
    xml = request(issuer=f"{provider.NAME}<!-- -->.evil.example.org")
    assert refusal(xml) == "vendor_unknown"


def test_a_vendor_that_opens_otherwise_is_unknown_to_saml() -> None:
    provider.registered(way="plain")
    assert refusal(request()) == "vendor_unknown"


@pytest.mark.parametrize("minutes", [-6, 6, -600])
def test_a_request_of_another_time_is_refused(access: VendorAccess, minutes: int) -> None:
    moment = clock.now().astimezone(dt.UTC) + dt.timedelta(minutes=minutes)
    assert refusal(request(IssueInstant=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))) == "saml_clock"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.org/acs",
        ACS + "/",
        ACS + "?x=1",
        ACS + "x",
        ACS + "#",
        "https://sp.example.org@evil.example.org/acs",
        ACS.upper(),
        ACS.replace("https", "http"),
        ACS + ".evil.example.org",
        "javascript:alert(1)",
        "",
    ],
)
def test_sso_04_an_answer_goes_to_a_registered_address_only_the_whole_of_it(access: VendorAccess, url: str) -> None:
    assert refusal(request(AssertionConsumerServiceURL=url)) == "service_unknown"


@pytest.mark.parametrize("index", ["7", "-1", "01", "x", ""])
def test_sso_04_an_index_that_is_not_registered_is_refused(access: VendorAccess, index: str) -> None:
    assert refusal(request(AssertionConsumerServiceIndex=index)) == "service_unknown"


def test_sso_04_an_address_that_staff_have_withdrawn_is_not_used_though_the_metadata_still_name_it(
    access: VendorAccess,
) -> None:
    VendorAddress.objects.filter(url=ACS).delete()
    assert refusal(request(AssertionConsumerServiceURL=ACS)) == "service_unknown"
    assert posted(request()).acs == OTHER_ACS
    VendorAddress.objects.all().delete()
    assert refusal(request()) == "service_unknown"


def test_entities_and_dtds_are_refused(access: VendorAccess) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    for start in (bomb, b'<!DOCTYPE a SYSTEM "file:///etc/passwd">', b"<!DOCTYPE a>"):
        assert refusal(start + request()) == "bad_request"
    assert refusal(bomb + request().replace(b"</saml:Issuer>", b"&b;</saml:Issuer>")) == "bad_request"


def test_a_message_that_grows_beyond_measure_is_refused(access: VendorAccess) -> None:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = machine.compress(b"<a>" + b" " * 30_000_000) + machine.flush()
    assert len(packed) < 60_000
    for sent in (packed, b"\x00\x01", packed[:100], b""):
        with pytest.raises(SamlRefused, match="bad_request"):
            doors.receive_query(f"SAMLRequest={base64.b64encode(sent).decode().replace('+', '%2B')}")


@pytest.mark.parametrize(
    "text",
    ["", "RelayState=a", "SAMLRequest=%%%", "SAMLRequest=a&SAMLRequest=b", "SAMLRequest=%ff%fe", "SAMLRequest=a b"],
)
def test_a_query_without_one_message_is_refused(access: VendorAccess, text: str) -> None:
    with pytest.raises(SamlRefused, match="bad_request"):
        doors.receive_query(text)


@pytest.mark.parametrize("relay", ["x" * 1_025, "é" * 513, "a\x00b", "\ud800"])
def test_a_relay_state_that_no_vendor_needs_is_refused(access: VendorAccess, relay: str) -> None:
    with pytest.raises(SamlRefused, match="bad_request"):
        posted(request(), relay)


def test_a_field_given_twice_is_refused(access: VendorAccess) -> None:
    fields = lists(form(request()))
    with pytest.raises(SamlRefused, match="bad_request"):
        doors.receive_form({"SAMLRequest": fields["SAMLRequest"] * 2})


def test_metadata_that_no_longer_read_are_told(access: VendorAccess) -> None:
    VendorAccess.objects.update(metadata="<md/>")
    assert refusal(request()) == "saml_metadata"


# ---- what goes well
def test_a_request_goes_to_the_default_the_index_or_the_address_asked_for(access: VendorAccess) -> None:
    assert posted(request()).acs == ACS
    assert posted(request(AssertionConsumerServiceIndex="0")).acs == OTHER_ACS
    assert posted(request(AssertionConsumerServiceURL=OTHER_ACS)).acs == OTHER_ACS
    VendorAddress.objects.create(access=access, use=AddressUse.SAML_ACS, url="https://sp.example.org/3", position=3)
    assert posted(request(AssertionConsumerServiceIndex="3")).acs == "https://sp.example.org/3"


def test_both_bindings_read_the_same_and_keep_relay_state_as_it_is(access: VendorAccess) -> None:
    xml, relay = request(ForceAuthn="true", IsPassive="0"), "https://sp.example.org/a?b=c&d=é+%2B<>\"'"
    found = [posted(xml, relay), doors.receive_query(query(xml, relay))]
    for asked in found:
        assert (asked.access, asked.relay, asked.force, asked.passive) == (access, relay, True, False)
    assert found[0].request_id == found[1].request_id == etree.fromstring(xml).get("ID")


def test_a_vendor_whose_addresses_were_typed_needs_no_metadata() -> None:
    provider.registered(metadata="")
    assert posted(request()).acs in {ACS, OTHER_ACS}
    assert posted(request(AssertionConsumerServiceURL=OTHER_ACS)).acs == OTHER_ACS


@pytest.mark.parametrize(
    ("asked", "context", "fault"),
    [
        ("", "PasswordProtectedTransport", ""),
        (f"<saml:AuthnContextClassRef>{CONTEXT}Password</saml:AuthnContextClassRef>", "Password", ""),
        (f"<saml:AuthnContextClassRef>{CONTEXT}X509</saml:AuthnContextClassRef>", "", "NoAuthnContext"),
    ],
)
def test_the_way_of_authentication_asked_for_is_named_if_it_is_ours(
    access: VendorAccess, asked: str, context: str, fault: str
) -> None:
    inside = f"<samlp:RequestedAuthnContext>{asked}</samlp:RequestedAuthnContext>" if asked else ""
    found = posted(request(inside))
    assert found.fault.endswith(fault)
    assert bool(found.fault) == bool(fault)
    assert found.context.endswith(context)


@pytest.mark.parametrize(
    ("policy", "is_ours"),
    [
        ("", True),
        ('Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="true"', True),
        ('Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"', True),
        (f'SPNameQualifier="{provider.NAME}"', True),
        ('Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"', False),
        ('Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"', False),
        ('SPNameQualifier="https://else.example.org/"', False),
    ],
)
def test_sso_03_no_other_name_than_the_opaque_one_is_given(access: VendorAccess, policy: str, is_ours: bool) -> None:
    assert (posted(request(f"<samlp:NameIDPolicy {policy}/>")).fault == "") is is_ours


def test_a_request_is_kept_while_the_reader_logs_in_and_nobody_changes_it(access: VendorAccess) -> None:
    asked = posted(request(), "état")
    kept = doors.carried(asked)
    assert doors.restored(kept) == asked
    for changed in (kept[:-1], "x" + kept, kept.replace(":", "", 1), "", "é"):
        with pytest.raises(SamlRefused, match="bad_request"):
            doors.restored(changed)
    VendorAddress.objects.filter(url=ACS).delete()
    with pytest.raises(SamlRefused, match="service_unknown"):
        doors.restored(kept)
