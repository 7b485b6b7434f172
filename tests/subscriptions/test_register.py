"""A reader asks (R1): what is refused, and what one request writes."""

import datetime as dt
from typing import Any

import pytest

from navette.accounts.models import Kind, User
from navette.core.actors import VISITOR
from navette.core.clock import day_of, set_today, today
from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.libraries.models import Library, MailRhythm
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.actions import Registration, register
from navette.subscriptions.models import GrantState, Subscription, TermsAcceptance
from navette.subscriptions.states import Move, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(portal: Portal) -> Library:
    """Return an open library of the network."""
    return factories.LibraryFactory(name="Sauveterre-de-Guyenne", email="sauveterre@example.org")


def asked(at: Library, **changed: Any) -> Registration:
    """Return the registration of Dave Grohl, with what a test changes."""
    values: dict[str, Any] = {
        "first_name": "Dave",
        "last_name": "Grohl",
        "email": "Dave.Grohl@Example.org",
        "birth_date": dt.date(1990, 3, 13),
        "password_hash": factories.hashed_password(),
        "library": at,
        "resources": [factories.ResourceFactory()],
    }
    return Registration(**values | changed)


def test_where_readers_do_not_register_themselves_nothing_is_created(library: Library) -> None:
    factories.portal("oise")
    with pytest.raises(NotAllowed):
        register(request=asked(library), acting_user=VISITOR)
    assert not User.objects.exists()


@pytest.mark.parametrize("birth_date", [dt.date(1899, 12, 31), dt.date(2026, 11, 23)])
def test_a_birth_date_in_the_future_or_too_old_is_refused(library: Library, birth_date: dt.date) -> None:
    with set_today(dt.date(2026, 11, 22)), pytest.raises(Invalid) as refusal:
        register(request=asked(library, birth_date=birth_date), acting_user=VISITOR)
    assert refusal.value.field == "birth_date"


def test_a_closed_library_or_resource_is_refused(library: Library) -> None:
    shut = factories.ResourceFactory(is_open=False)
    impossible: list[dict[str, Any]] = [
        {"library": factories.LibraryFactory(is_open=False)},
        {"resources": [shut]},
        {"resources": []},
    ]
    for changed in impossible:
        with pytest.raises(Invalid):
            register(request=asked(library, **changed), acting_user=VISITOR)
    assert not Subscription.objects.exists()


def test_a_library_that_left_since_the_form_was_shown_is_refused(library: Library) -> None:
    Library.objects.filter(pk=library.pk).update(is_open=False)
    assert library.is_open
    with pytest.raises(Invalid) as refusal:
        register(request=asked(library), acting_user=VISITOR)
    assert refusal.value.field == "library"
    assert not Subscription.objects.exists()
    assert not User.objects.filter(kind="reader").exists()


def test_an_address_already_registered_gets_a_mail_not_a_second_account(library: Library) -> None:
    known = factories.UserFactory(email="dave.grohl@example.org", created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    for _ in range(3):
        assert register(request=asked(library), acting_user=VISITOR) is None
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("already_registered", known.email)
    assert "/connexion" in mail.button_url
    assert "/mot-de-passe-oublie" in mail.body
    assert User.objects.count() == 1


def test_a_double_submit_makes_one_request_and_no_mail_more(library: Library) -> None:
    first = register(request=asked(library), acting_user=VISITOR)
    assert first is not None
    assert register(request=asked(library), acting_user=VISITOR) is None
    assert Subscription.objects.get() == first
    assert sorted(OutgoingMail.objects.values_list("kind", flat=True)) == ["library_request", "request_received"]


def test_sub_13_the_request_reaches_the_library_at_once_and_the_first_mail_asks_to_confirm(library: Library) -> None:
    subscription = register(request=asked(library), acting_user=VISITOR)
    assert subscription is not None
    user = subscription.reader.user
    assert (user.kind, user.identifier, user.email_confirmed_at) == (Kind.READER, "dave.grohl@example.org", None)
    received = OutgoingMail.objects.get(kind="request_received")
    assert received.to_email == user.email
    assert "/confirmation/" in received.button_url
    assert received.signed_by == "Sauveterre-de-Guyenne"


def test_sub_05_the_librarys_mail_tells_the_deadline_and_leads_to_the_request(library: Library) -> None:
    with set_today(dt.date(2026, 11, 20)):
        subscription = register(request=asked(library), acting_user=VISITOR)
    assert subscription is not None
    assert subscription.deadline == dt.date(2026, 11, 24)
    mail = OutgoingMail.objects.get(kind="library_request")
    assert mail.to_email == "sauveterre@example.org"
    assert "24/11/2026" in mail.subject
    assert "24/11/2026" in mail.body
    assert mail.button_url.endswith(f"/pro/abonnes/{subscription.pk}/decision")


def test_sub_05_a_library_that_chose_one_mail_a_day_gets_none_at_once(library: Library) -> None:
    Library.objects.update(mail_rhythm=MailRhythm.DAILY)
    library.refresh_from_db()
    subscription = register(request=asked(library), acting_user=VISITOR)
    assert subscription is not None
    assert not OutgoingMail.objects.filter(kind="library_request").exists()
    assert Subscription.objects.get().announced_at is None


def test_sub_10_the_terms_of_the_site_and_of_each_resource_are_accepted_with_version_and_time(library: Library) -> None:
    site = factories.SiteTermsFactory(version=7)
    films, press = factories.ResourceFactory(), factories.ResourceFactory()
    newer = press.terms.create(version=2, text="Nouvelles conditions.")
    subscription = register(request=asked(library, resources=[films, press]), acting_user=VISITOR)
    assert subscription is not None
    accepted = TermsAcceptance.objects.filter(reader=subscription.reader)
    assert {row.site_terms or row.resource_terms for row in accepted} == {site, films.terms.get(), newer}
    assert all(day_of(row.accepted_at) == today() for row in accepted)


def test_sub_09_a_request_writes_its_event_audit_row_and_asked_resources(library: Library) -> None:
    subscription = register(request=asked(library), acting_user=VISITOR)
    assert subscription is not None
    event = subscription.events.get()
    assert (event.move, event.from_status, event.to_status) == (Move.REQUEST, "", Status.PENDING)
    assert event.actor == subscription.reader.user
    assert AuditRow.objects.get().action == "subscriptions.request"
    assert subscription.grants.get().state == GrantState.REQUESTED
