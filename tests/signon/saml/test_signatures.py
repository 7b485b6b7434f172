"""Signed requests: verified with the keys of the metadata, whatever the message says, and never around what is read."""

import copy
import datetime as dt

import pytest
from lxml import etree

from navette.signon.saml import doors
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.requests import Asked
from tests.signon.saml import provider
from tests.signon.saml.provider import PROTOCOL, form, lists, query, request, signed

pytestmark = pytest.mark.django_db
DS = "http://www.w3.org/2000/09/xmldsig#"
RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-"


def posted(xml: bytes) -> Asked:
    return doors.receive_form(lists(form(xml)))


def refused(xml: bytes) -> str:
    with pytest.raises(SamlRefused) as caught:
        posted(xml)
    return caught.value.reason


def wrapped(xml: bytes, attack: str) -> bytes:
    """Return a signed request whose signature is made to cover something else than what is read."""
    good = etree.fromstring(xml)
    signature = good.find(f"{{{DS}}}Signature")
    assert signature is not None
    evil = copy.deepcopy(good)
    twin = evil.find(f"{{{DS}}}Signature")
    assert twin is not None
    evil.set("AssertionConsumerServiceURL", provider.OTHER_ACS)
    if attack == "original in an object of the signature":
        evil.set("ID", "_evil")
        plain = copy.deepcopy(good)
        plain.remove(next(plain.iter(f"{{{DS}}}Signature")))
        etree.SubElement(twin, f"{{{DS}}}Object").append(plain)
    elif attack == "original in the extensions":
        evil.set("ID", "_evil")
        etree.SubElement(evil, f"{{{PROTOCOL}}}Extensions").append(good)
        evil.remove(twin)
    elif attack == "original beside, the same ID":
        etree.SubElement(evil, f"{{{PROTOCOL}}}Extensions").append(good)
    elif attack == "signature moved down":
        evil.remove(twin)
        etree.SubElement(evil, f"{{{PROTOCOL}}}Extensions").append(twin)
    elif attack == "two signatures":
        evil.insert(1, copy.deepcopy(twin))
    return etree.tostring(evil)


# ---- refusals: signature wrapping
@pytest.mark.parametrize(
    "attack",
    [
        "nothing but a change",
        "original in an object of the signature",
        "original in the extensions",
        "original beside, the same ID",
        "signature moved down",
        "two signatures",
    ],
)
@pytest.mark.parametrize("signs", [True, False])
def test_a_signature_wrapped_around_something_else_is_refused(attack: str, signs: bool) -> None:
    provider.registered(signs=signs)
    xml = signed(request())
    assert posted(xml).acs == provider.ACS
    assert refused(wrapped(xml, attack)) == "bad_signature"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'URI="#_request', b'URI="#_other'),
        (b"xmldsig-more#rsa-sha256", b"xmldsig-more#hmac-sha256"),
        (b"xmldsig-more#rsa-sha256", b"xmldsig#rsa-sha1"),
        (b"xmldsig#enveloped-signature", b"xmldsig#base64"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>AAAA"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
        (b"http://www.w3.org/2001/10/xml-exc-c14n#", b"http://www.w3.org/TR/1999/REC-xslt-19991116"),
        (b"<ds:Reference ", b"<ds:Reference x='1' "),
        (b"ds:SignedInfo", b"ds:Signed"),
    ],
)
def test_a_signature_that_was_touched_is_refused(old: bytes, new: bytes) -> None:
    provider.registered()
    xml = signed(request())
    assert old in xml
    assert refused(xml.replace(old, new)) == "bad_signature"


def test_a_stranger_s_key_in_the_message_is_never_taken() -> None:
    provider.registered()
    assert refused(signed(request(), key=1)) == "bad_signature"


def test_whose_metadata_say_that_requests_are_signed_sends_no_other() -> None:
    provider.registered(signs=True)
    assert refused(request()) == "bad_signature"
    with pytest.raises(SamlRefused, match="bad_signature"):
        doors.receive_query(query(request()))
    # By redirect, what counts is the query's own signature.
    with pytest.raises(SamlRefused, match="bad_signature"):
        doors.receive_query(query(signed(request())))


def test_whose_metadata_promise_signatures_without_a_key_is_never_believed() -> None:
    provider.registered(signs=True, key=False)
    assert refused(signed(request())) == "bad_signature"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("RelayState=a", "RelayState=b"),
        lambda text: text.replace("&RelayState=a", ""),
        lambda text: text.replace("rsa-sha256", "rsa-sha1"),
        lambda text: text.replace("rsa-sha256", "ecdsa-sha256"),
        lambda text: text.replace("Signature=", "Signature=AAAA"),
        lambda text: text.replace("Signature=", "Signature=%25"),
        lambda text: f"{query(request(), 'a')}&{text.partition('&RelayState=a&')[2]}",
    ],
)
def test_a_redirect_s_signature_covers_message_relay_state_and_algorithm(change: object) -> None:
    provider.registered()
    text = query(request(), "a", key=0)
    assert doors.receive_query(text).relay == "a"
    with pytest.raises(SamlRefused, match="bad_signature"):
        doors.receive_query(change(text))  # type: ignore[operator]


def test_a_redirect_signed_by_a_stranger_is_refused() -> None:
    provider.registered()
    with pytest.raises(SamlRefused, match="bad_signature"):
        doors.receive_query(query(request(), key=1))


# ---- what goes well
@pytest.mark.parametrize("signs", [True, False])
def test_a_request_signed_well_is_read_by_both_bindings_though_the_certificate_is_over(signs: bool) -> None:
    provider.registered(signs=signs)
    assert provider.pair(0)[1].not_valid_after_utc < dt.datetime.now(dt.UTC)
    assert posted(signed(request(ForceAuthn="true"))).force
    assert doors.receive_query(query(request(ForceAuthn="true"), key=0)).force


def test_without_a_key_in_the_metadata_a_signature_says_nothing() -> None:
    provider.registered(key=False)
    assert posted(signed(request(), key=1)).acs == provider.ACS
