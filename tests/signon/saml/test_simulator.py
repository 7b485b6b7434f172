"""The strict vendor of the trials welcomes what the portal sends, and nothing that was touched, moved or is late."""

import base64
import copy
import datetime as dt
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest
import time_machine
from lxml import etree

from navette.signon import keys
from navette.signon.calls import Answer
from navette.signon.models import KeyUse, SigningKey, VendorAccess
from navette.signon.saml import doors, responses
from navette.signon.saml.metadata import our_metadata
from navette.signon.saml.signatures import signed
from navette.signon.simulators import saml
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from navette.signon.trials import Trial
from navette.signon.ways import Departure
from tests import factories
from tests.signon.saml import provider
from tests.signon.saml.provider import ACS, NAME, PORTAL, lists, opened

pytestmark = pytest.mark.django_db
KNOWN = Known(portal=PORTAL, address=ACS, entity_id=NAME)
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
Change = Callable[[etree._Element], object]


@pytest.fixture
def access() -> VendorAccess:
    return provider.registered(metadata=saml.metadata(KNOWN).decode(), tells={"mail": "mail"})


def call(method: str, url: str, data: Mapping[str, str] | None, headers: Mapping[str, str]) -> Answer:
    """Answer as the portal does at its public addresses."""
    assert (method, url) == ("GET", f"{PORTAL}/saml/metadata")
    return Answer(200, our_metadata().decode())


def answered(asked: saml.Request, trial: Trial = Trial.MAY) -> Departure:
    """Return what the portal answers to a request, by whichever way it was sent."""
    if asked.fields:
        return doors.answer(doors.receive_form(lists(dict(asked.fields))), trial)
    return doors.answer(doors.receive_query(urlsplit(asked.address).query), trial)


def welcome(fields: Mapping[str, str], asked: str = "", known: Known = KNOWN) -> Welcome:
    return saml.saml(known, Arrival(known.address, fields), call, asked=asked)


def failed_at(found: Welcome) -> str:
    """Return the title of the step at which the vendor refused."""
    assert not found.identifier
    assert not found.told
    assert [step.ok for step in found.steps] == [True] * (len(found.steps) - 1) + [False]
    assert found.steps[-1].meaning
    return found.steps[-1].title


def changed(fields: Mapping[str, str], change: Change) -> dict[str, str]:
    """Return an answer's form after somebody has changed it on its way."""
    root = etree.fromstring(opened(fields))
    new = change(root)
    root = new if isinstance(new, etree._Element) else root
    return {"SAMLResponse": base64.b64encode(etree.tostring(root)).decode()}


def one(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(SAML + name))


def drop(parent: etree._Element, name: str) -> None:
    parent.remove(next(row for row in parent if row.tag == name))


# ---- refusals: what is touched on its way
def rename(root: etree._Element) -> None:
    one(root, "NameID").text = "0" * 32


def second_assertion_first(root: etree._Element) -> None:
    evil = copy.deepcopy(one(root, "Assertion"))
    evil.set("ID", "_evil")
    drop(evil, DS + "Signature")
    root.insert(list(root).index(one(root, "Assertion")), evil)


def response_around(root: etree._Element) -> etree._Element:
    """Wrap the whole signed response within another, which says something else."""
    evil = copy.deepcopy(root)
    evil.set("ID", "_evil")
    rename(evil)
    drop(evil, DS + "Signature")
    etree.SubElement(evil, "{urn:oasis:names:tc:SAML:2.0:protocol}Extensions").append(root)
    return evil


def same_id_within(root: etree._Element) -> etree._Element:
    evil = copy.deepcopy(root)
    rename(evil)
    signature = next(row for row in evil if row.tag == DS + "Signature")
    etree.SubElement(signature, DS + "Object").append(copy.deepcopy(root))
    return evil


def transform_more(root: etree._Element) -> None:
    transforms = next(root.iter(DS + "Transforms"))
    etree.SubElement(transforms, DS + "Transform", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116")


def weaker(root: etree._Element) -> None:
    next(root.iter(DS + "SignatureMethod")).set("Algorithm", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")


@pytest.mark.parametrize(
    "change",
    [
        rename,
        second_assertion_first,
        response_around,
        same_id_within,
        transform_more,
        weaker,
        lambda root: drop(root, DS + "Signature"),
        lambda root: root.set("Destination", "https://else.example.org/"),
        lambda root: one(root, "Audience").set("x", "y"),
    ],
)
def test_what_was_changed_on_its_way_is_refused_by_its_signature(access: VendorAccess, change: Change) -> None:
    asked = saml.ask(KNOWN)
    fields = changed(answered(asked).fields, change)
    assert failed_at(welcome(fields, asked.id)) == "Signature de la réponse"


def test_an_assertion_that_is_not_signed_itself_is_refused(
    access: VendorAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def signed_but_for_the_assertion(element: etree._Element, key: SigningKey) -> etree._Element:
        return element if element.tag == SAML + "Assertion" else signed(element, key)

    monkeypatch.setattr(responses, "signed", signed_but_for_the_assertion)
    asked = saml.ask(KNOWN)
    assert failed_at(welcome(answered(asked).fields, asked.id)) == "Signature de l’assertion"


@pytest.mark.parametrize("text", ["", "%%", "PGE+", base64.b64encode(b"<!DOCTYPE a><a/>").decode()])
def test_what_is_no_answer_is_refused(text: str) -> None:
    assert failed_at(welcome({"SAMLResponse": text})) == "Réponse reçue"


# ---- refusals: what is not for this vendor, this visit, this minute
def test_an_answer_to_another_request_is_refused(access: VendorAccess) -> None:
    departure = answered(saml.ask(KNOWN))
    assert failed_at(welcome(departure.fields, saml.ask(KNOWN).id)) == "Demande d’origine"
    assert failed_at(welcome(departure.fields)) == "Demande d’origine"


def test_an_answer_for_another_address_is_refused(access: VendorAccess) -> None:
    asked = saml.ask(KNOWN)
    elsewhere = Known(portal=PORTAL, address=provider.OTHER_ACS, entity_id=NAME)
    assert failed_at(welcome(answered(asked).fields, asked.id, elsewhere)) == "Expéditeur et destination"


def test_an_assertion_for_another_vendor_is_refused(access: VendorAccess) -> None:
    asked = saml.ask(KNOWN)
    other = Known(portal=PORTAL, address=ACS, entity_id="https://other.example.org/")
    assert failed_at(welcome(answered(asked).fields, asked.id, other)) == "Public de l’assertion"


def test_an_assertion_is_refused_after_its_minute_and_before_its_time(access: VendorAccess) -> None:
    now = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False) as time:
        asked = saml.ask(KNOWN)
        fields = answered(asked).fields
        time.shift(59)
        assert welcome(fields, asked.id).identifier
        time.shift(1)
        assert failed_at(welcome(fields, asked.id)) == "Délai"
        time.move_to(now - dt.timedelta(minutes=1))
        assert failed_at(welcome(fields, asked.id)) == "Période de validité"


def test_an_assertion_with_a_wide_window_is_refused(access: VendorAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "GOOD_FOR", dt.timedelta(hours=8))
    asked = saml.ask(KNOWN)
    assert failed_at(welcome(answered(asked).fields, asked.id)) == "Période de validité"


def test_sso_02_an_assertion_shown_twice_is_refused(access: VendorAccess) -> None:
    seen: set[str] = set()

    def first_use(text: str) -> bool:
        return not (text in seen or seen.add(text))  # type: ignore[func-returns-value]

    asked = saml.ask(KNOWN)
    arrival = Arrival(ACS, answered(asked).fields)
    assert saml.saml(KNOWN, arrival, call, asked=asked.id, first_use=first_use).identifier
    again = saml.saml(KNOWN, arrival, call, asked=asked.id, first_use=first_use)
    assert failed_at(again) == "Premier usage"


def test_a_key_that_the_portal_does_not_show_any_more_is_refused(access: VendorAccess) -> None:
    asked = saml.ask(KNOWN)
    fields = answered(asked).fields
    staff = factories.staff("administrator")
    keys.prepare_next(KeyUse.SAML, acting_user=staff)
    keys.switch(KeyUse.SAML, acting_user=staff)
    assert welcome(fields, asked.id).identifier
    keys.withdraw_previous(KeyUse.SAML, acting_user=staff)
    assert failed_at(welcome(fields, asked.id)) == "Signature de la réponse"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(0, "Timeout"),
        Answer(404, ""),
        Answer(200, "<html>"),
        Answer(200, "<a/>"),
        Answer(200, "<a entityID='x'/>"),
    ],
)
def test_a_portal_whose_metadata_can_t_be_read_is_not_believed(access: VendorAccess, answer: Answer) -> None:
    arrival = Arrival(ACS, answered(saml.ask(KNOWN)).fields)
    found = saml.saml(KNOWN, arrival, lambda *_args: answer)
    assert failed_at(found) == "Métadonnées du portail"


def test_a_status_that_opens_nothing_is_told(access: VendorAccess) -> None:
    asked = saml.ask(KNOWN, passive=True)
    found = welcome(answered(asked, Trial.EXPIRED).fields, asked.id)
    assert failed_at(found) == "Résultat"
    assert found.steps[-1].lines == [("StatusCode", "Responder RequestDenied")]


# ---- what goes well
@pytest.mark.parametrize("post", [True, False])
def test_the_reader_is_welcome_by_both_bindings(access: VendorAccess, post: bool) -> None:
    asked = saml.ask(KNOWN, post=post, relay="où")
    departure = answered(asked)
    found = welcome(departure.fields, asked.id)
    assert all(step.ok for step in found.steps)
    assert len(found.identifier) == 32
    assert found.told == {"mail": "camille.essai@example.org"}
    assert departure.fields["RelayState"] == "où"
