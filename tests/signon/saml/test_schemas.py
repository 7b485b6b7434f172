"""What the portal sends and publishes has the shape that the standard's own schemas give."""

import pytest
from saml2.xml.schema import XMLSchemaError, validate

from navette.signon import keys
from navette.signon.models import KeyUse, VendorAccess
from navette.signon.saml import doors, names
from navette.signon.saml.metadata import our_metadata
from navette.signon.trials import Trial
from tests import factories
from tests.signon.saml import provider
from tests.signon.saml.provider import form, lists, opened, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> VendorAccess:
    return provider.registered(tells={"mail": "mail", "birth_date": "urn:oid:1.3.6.1.5.5.7.9.1"})


def test_the_schemas_see_a_fault() -> None:
    with pytest.raises(XMLSchemaError):
        validate(our_metadata().replace(b"SingleSignOnService", b"SingleSignInService").decode())


def test_answers_are_as_the_schemas_say(access: VendorAccess) -> None:
    asked = doors.receive_form(lists(form(request())))
    validate(opened(doors.answer(asked, Trial.MAY).fields).decode())
    validate(opened(doors.decline(asked, names.NO_PASSIVE).fields).decode())


def test_the_portal_s_metadata_are_as_the_schemas_say() -> None:
    keys.prepare_next(KeyUse.SAML, acting_user=factories.staff("administrator"))
    assert our_metadata().count(b"KeyDescriptor ") == 2
    validate(our_metadata().decode())
