"""What the vendor is answered: once, for a minute, to it alone, signed twice (SSO-01, SSO-02, SSO-03)."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from lxml import etree

from navette.readers.models import Reader
from navette.signon import errors, keys
from navette.signon.identifiers import pairwise_id
from navette.signon.models import EventKind, KeyUse, Opening, SignonEvent, Ticket, VendorAccess, VendorSession
from navette.signon.opening import open_resource
from navette.signon.saml import doors
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.requests import Asked
from navette.signon.trials import Trial
from navette.subscriptions.models import GrantState
from tests import factories
from tests.signon.saml import provider
from tests.signon.saml.provider import ACS, NAME, PORTAL, form, lists, opened, request

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 10, 0, 0, 700_000, tzinfo=dt.UTC)
NS = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


@pytest.fixture
def access() -> VendorAccess:
    return provider.registered(tells={"mail": "urn:oid:0.9.2342.19200300.100.1.3", "first_name": "prenom"})


@pytest.fixture
def reader(access: VendorAccess) -> Reader:
    subscription = factories.SubscriptionFactory(active=True)
    factories.GrantFactory(subscription=subscription, resource=access.resource, state=GrantState.GRANTED)
    found: Reader = subscription.reader
    return found


def ask(inside: str = "", relay: str | None = None, **facts: str) -> Asked:
    return doors.receive_form(lists(form(request(inside, **facts), relay)))


def read(fields: Any) -> etree._Element:
    return etree.fromstring(opened(fields))


def status(fields: Any) -> list[str]:
    """Return the status codes, short, of an answer that holds no assertion."""
    root = read(fields)
    assert root.find(".//a:Assertion", NS) is None
    assert root.find("ds:Signature", NS) is not None
    return [str(row.get("Value")).rpartition(":")[2] for row in root.iterfind(".//p:StatusCode", NS)]


# ---- refusals
@pytest.mark.parametrize("trial", [trial for trial in Trial if trial != Trial.MAY])
def test_sso_05_who_may_not_is_stopped_here_and_the_request_stays_open(access: VendorAccess, trial: Trial) -> None:
    asked = ask()
    with pytest.raises(errors.Stopped) as caught:
        doors.answer(asked, trial)
    assert SignonEvent.objects.filter(kind=EventKind.STOPPED, reason=caught.value.code).exists()
    assert not Ticket.objects.exists()


def test_a_passive_request_about_who_may_not_is_told_no_more_than_no(access: VendorAccess) -> None:
    assert status(doors.answer(ask(IsPassive="true"), Trial.EXPIRED).fields) == ["Responder", "RequestDenied"]


def test_sso_02_a_request_is_answered_once_and_counted_once(access: VendorAccess, reader: Reader) -> None:
    asked = ask()
    assert doors.answer(asked, reader).address == ACS
    for holder in (reader, Trial.MAY):
        with pytest.raises(SamlRefused, match="saml_answered"):
            doors.answer(asked, holder)
    assert Opening.objects.count() == 1
    assert SignonEvent.objects.filter(kind=EventKind.SENT).count() == 1


def test_sso_02_the_request_s_id_is_remembered_for_each_vendor_apart(access: VendorAccess, reader: Reader) -> None:
    other = provider.registered(entity_id="https://other.example.org/", metadata="")
    factories.GrantFactory(subscription=reader.subscription, resource=other.resource, state=GrantState.GRANTED)
    doors.answer(ask(ID="_same"), reader)
    doors.answer(ask(ID="_same", issuer="https://other.example.org/"), reader)
    assert Opening.objects.count() == 2


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        (
            '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/>',
            ["Requester", "InvalidNameIDPolicy"],
        ),
        (
            "<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef>"
            "</samlp:RequestedAuthnContext>",
            ["Responder", "NoAuthnContext"],
        ),
        ("<saml:Subject><saml:NameID>somebody else</saml:NameID></saml:Subject>", ["Responder", "UnknownPrincipal"]),
    ],
)
def test_what_the_portal_can_t_do_is_told_by_a_status_and_opens_nothing(
    access: VendorAccess, reader: Reader, inside: str, codes: list[str]
) -> None:
    asked = ask(inside, "état")
    departure = doors.answer(asked, reader)
    assert status(departure.fields) == codes
    assert (departure.address, departure.fields["RelayState"]) == (ACS, "état")
    assert read(departure.fields).get("InResponseTo") == asked.request_id
    assert not Opening.objects.exists()


def test_a_request_that_waited_too_long_is_not_answered(access: VendorAccess) -> None:
    with time_machine.travel(NOW, tick=False) as time:
        kept = doors.carried(ask())
        time.shift(29 * 60)
        assert doors.restored(kept).acs == ACS
        time.shift(2 * 60)
        with pytest.raises(SamlRefused, match="saml_waited"):
            doors.restored(kept)


# ---- what goes well
def test_an_assertion_is_for_this_vendor_this_request_and_this_minute(access: VendorAccess, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False):
        asked = ask(relay="a&b")
        departure = doors.answer(asked, reader, session="m" * 64, came_in=NOW - dt.timedelta(minutes=5))
    root = read(departure.fields)
    assert departure.fields["RelayState"] == "a&b"
    assert (root.get("Destination"), root.get("InResponseTo")) == (ACS, asked.request_id)
    assert {row.text for row in root.iterfind(".//a:Issuer", NS)} == {f"{PORTAL}/saml/metadata"}
    data = root.find(".//a:SubjectConfirmationData", NS)
    assert data is not None
    assert sorted(data.items()) == [
        ("InResponseTo", asked.request_id),
        ("NotOnOrAfter", "2027-03-01T10:01:00Z"),
        ("Recipient", ACS),
    ]
    conditions = root.find(".//a:Conditions", NS)
    assert conditions is not None
    assert sorted(conditions.items()) == [
        ("NotBefore", "2027-03-01T09:59:30Z"),
        ("NotOnOrAfter", "2027-03-01T10:01:00Z"),
    ]
    assert [row.text for row in root.iterfind(".//a:Audience", NS)] == [NAME]
    statement = root.find(".//a:AuthnStatement", NS)
    assert statement is not None
    assert statement.get("AuthnInstant") == "2027-03-01T09:55:00Z"
    kept = VendorSession.objects.get()
    assert (kept.index, kept.name_id) == (statement.get("SessionIndex"), pairwise_id(reader, access.resource))


def test_sso_03_the_vendor_learns_the_opaque_identifier_and_what_is_released_by_its_own_names(
    access: VendorAccess, reader: Reader
) -> None:
    root = read(doors.answer(ask(), reader).fields)
    name = root.find(".//a:NameID", NS)
    assert name is not None
    assert name.text == pairwise_id(reader, access.resource)
    assert str(name.get("Format")).endswith(":persistent")
    rows = root.findall(".//a:Attribute", NS)
    assert [(row.get("Name"), str(row.get("NameFormat")).rpartition(":")[2], row[0].text) for row in rows] == [
        ("urn:oid:0.9.2342.19200300.100.1.3", "uri", reader.user.email),
        ("prenom", "basic", reader.first_name),
    ]
    assert reader.last_name not in etree.tostring(root, encoding="unicode")


def test_what_xml_forbids_in_a_name_breaks_nothing(access: VendorAccess, reader: Reader) -> None:
    reader.first_name = "A\x0bn\x00a <b>&\ufffe"
    root = read(doors.answer(ask(), reader).fields)
    assert root.findall(".//a:AttributeValue", NS)[1].text == "Ana <b>&"


def test_each_answer_has_ids_of_its_own(access: VendorAccess, reader: Reader) -> None:
    roots = [read(doors.answer(ask(), reader).fields) for _number in range(2)]
    marks = [str(row.get(name)) for root in roots for row in root.iter() for name in ("ID", "SessionIndex")]
    found = [mark for mark in marks if mark != "None"]
    assert len(set(found)) == len(found) == 6


def test_the_subject_asked_for_may_be_the_reader(access: VendorAccess, reader: Reader) -> None:
    name = pairwise_id(reader, access.resource)
    asked = ask(f"<saml:Subject><saml:NameID>{name}</saml:NameID></saml:Subject>")
    assert read(doors.answer(asked, reader).fields).find(".//a:Assertion", NS) is not None


def test_from_the_portal_the_assertion_goes_to_the_default_address_with_the_page_to_show(
    access: VendorAccess, reader: Reader
) -> None:
    departure = open_resource(reader.user, access.resource, session="m" * 64)
    assert (departure.address, departure.fields["RelayState"]) == (ACS, access.address)
    assert "InResponseTo" not in etree.tostring(read(departure.fields), encoding="unicode")
    assert VendorSession.objects.get().session == "m" * 64
    assert Opening.objects.count() == 1


def test_from_the_portal_a_vendor_without_an_address_is_told_as_a_vendor_that_fails(
    access: VendorAccess, reader: Reader
) -> None:
    access.addresses.all().delete()
    with pytest.raises(errors.VendorFailed):
        open_resource(reader.user, access.resource)
    assert not Opening.objects.exists()


def test_a_change_of_keys_signs_with_the_one_in_service_and_shows_both(access: VendorAccess, reader: Reader) -> None:
    staff = factories.staff("administrator")
    first = keys.current(KeyUse.SAML)
    second = keys.prepare_next(KeyUse.SAML, acting_user=staff)
    assert _signer(doors.answer(ask(), reader).fields) == {_plain(first.certificate)}
    keys.switch(KeyUse.SAML, acting_user=staff)
    assert _signer(doors.answer(ask(), reader).fields) == {_plain(second.certificate)}


def _signer(fields: Any) -> set[str]:
    return {"".join((row.text or "").split()) for row in read(fields).iterfind(".//ds:X509Certificate", NS)}


def _plain(certificate: str) -> str:
    return "".join(row for row in certificate.splitlines() if "-----" not in row)
