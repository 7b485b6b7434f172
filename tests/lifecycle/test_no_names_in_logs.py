"""Personal data reach no log line, whatever page is asked for and whatever goes wrong (DATA-03)."""

import logging

import pytest

from navette.core.actors import SYSTEM
from navette.lifecycle import nightly
from navette.lifecycle.erasure import Reason, erase
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Quatrevaux", "quatrevaux@example.org"


def test_data_03_no_name_or_address_of_a_person_reaches_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    factories.portal()
    subscription = factories.SubscriptionFactory(
        active=True, reader__last_name=NAME, reader__user__email=EMAIL, reader__user__name=f"Philomène {NAME}"
    )
    reader, library = client_of(subscription.reader.user), client_of(factories.library_account(subscription.library))
    for page in ("/mon-compte/donnees", "/mon-compte/donnees.json", "/mon-compte/fermer"):
        assert reader.get(page, {"q": NAME}).status_code == 200
    reader.post("/mon-compte/fermer", {"password": NAME})
    assert library.get("/pro/abonnes", {"q": NAME}).status_code == 200
    library.get(f"/pro/abonnes/{NAME}", {"q": EMAIL})
    nightly.run({})
    erase([subscription.reader.user_id], acting_user=SYSTEM, reason=Reason.ACCOUNT_OVER)
    lines = [f"{record.name} {record.getMessage()} {record.args}" for record in caplog.records]
    # `django.request` is let through for faults only, by config.logs: what it says of a 404 reaches no handler.
    told = [line for line in lines if not line.startswith("django.request")]
    assert not [line for line in told if NAME.lower() in line.lower()]
