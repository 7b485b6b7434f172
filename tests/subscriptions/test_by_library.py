"""A library registers a reader (L8): what is refused, and what one registration writes."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from navette.accounts.actions import choose_password, request_password_reset
from navette.accounts.models import Kind, User
from navette.accounts.tokens import encode_id, password_tokens
from navette.core import clock
from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.actions import NewReader, accept, register_by_library, renew
from navette.subscriptions.models import GrantState, RegistrationBatch, Subscription, TermsAcceptance
from navette.subscriptions.states import Move, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def oise() -> Portal:
    """Return the portal on which libraries register their readers."""
    return factories.portal("oise")


@pytest.fixture
def library() -> Library:
    return factories.LibraryFactory(name="Crèvecœur-le-Grand")


@pytest.fixture
def account(library: Library) -> User:
    return factories.library_account(library)


def told(at: Library, **changed: Any) -> NewReader:
    """Return what a library tells of Léa Petit, with what a test changes."""
    values: dict[str, Any] = {
        "first_name": "Léa",
        "last_name": "Petit",
        "email": "Lea.Petit@Example.org",
        "birth_date": dt.date(1990, 3, 13),
        "library": at,
        "resources": [factories.ResourceFactory()],
    }
    return NewReader(**values | changed)


def nobody_came() -> bool:
    """Say whether no reader, request or mail was written."""
    return not User.objects.filter(kind=Kind.READER).exists() and not OutgoingMail.objects.exists()


@pytest.mark.parametrize("profile", ["gironde", "valdoise", "loiret"])
def test_where_readers_register_themselves_it_is_refused(library: Library, account: User, profile: str) -> None:
    factories.portal(profile)
    with pytest.raises(NotAllowed):
        register_by_library(request=told(library), acting_user=account)
    assert nobody_came()


def test_sub_08_another_library_a_viewer_and_the_staff_are_refused(library: Library) -> None:
    other = factories.library_account(factories.LibraryFactory())
    for user in (other, factories.library_account(library, Profile.VIEWER), factories.staff()):
        with pytest.raises(NotAllowed):
            register_by_library(request=told(library), acting_user=user)
    assert nobody_came()


@pytest.mark.parametrize("field", ["birth_date", "library", "resources"])
def test_what_can_t_be_is_refused_beside_its_field(library: Library, account: User, field: str) -> None:
    wrong: dict[str, Any] = {"birth_date": clock.today() + dt.timedelta(days=1), "resources": []}
    if field == "library":
        Library.objects.update(is_open=False)
        library.refresh_from_db()
        wrong["library"] = library
    with pytest.raises(Invalid) as refusal:
        register_by_library(request=told(library, **{field: wrong[field]}), acting_user=account)
    assert refusal.value.field == field
    assert nobody_came()


def test_a_closed_resource_is_refused(library: Library, account: User) -> None:
    shut = factories.ResourceFactory(is_open=False)
    with pytest.raises(Invalid):
        register_by_library(request=told(library, resources=[shut]), acting_user=account)
    assert nobody_came()


def test_a_mail_that_has_an_account_is_refused_clearly(library: Library, account: User) -> None:
    factories.UserFactory(email="lea.petit@example.org", identifier="lea.petit@example.org")
    with pytest.raises(Invalid) as refusal:
        register_by_library(request=told(library), acting_user=account)
    assert refusal.value.field == "email"
    assert not Subscription.objects.exists()


def test_l8_it_writes_an_account_without_password_a_request_and_one_mail(library: Library, account: User) -> None:
    sub = register_by_library(request=told(library), acting_user=account)
    user = sub.reader.user
    assert (user.kind, user.email, user.has_usable_password()) == (Kind.READER, "lea.petit@example.org", False)
    assert user.email_confirmed_at is None
    assert (sub.status, sub.deadline) == (Status.PENDING, clock.today() + dt.timedelta(days=7))
    assert [grant.state for grant in sub.grants.all()] == [GrantState.REQUESTED]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("registered_by_library", "lea.petit@example.org")
    assert mail.button_url.endswith("/mot-de-passe-oublie")


def test_sub_09_the_registration_is_an_event_of_the_librarian(library: Library, account: User) -> None:
    sub = register_by_library(request=told(library), acting_user=account)
    event = sub.events.get()
    assert (event.move, event.actor, event.to_status) == (Move.REGISTER, account, Status.PENDING)
    assert AuditRow.objects.get(action="subscriptions.register").object_id == sub.pk


def test_sub_13_nobody_accepts_terms_for_another(library: Library, account: User) -> None:
    factories.SiteTermsFactory()
    register_by_library(request=told(library), acting_user=account)
    assert not TermsAcceptance.objects.exists()


def test_sub_13_choosing_the_password_by_mail_confirms_the_address(library: Library, account: User) -> None:
    user = register_by_library(request=told(library), acting_user=account).reader.user
    request_password_reset(user.identifier, address="192.0.2.1")
    assert OutgoingMail.objects.filter(kind="password_link", to_email=user.email).exists()
    choose_password(encode_id(user), password_tokens.make_token(user), "Cerf-volant/37-marmite")
    user.refresh_from_db()
    assert user.email_confirmed_at is not None
    assert user.has_usable_password()


def test_sub_03_it_counts_from_the_registration_for_365_days_and_a_renewal_from_today(
    library: Library, account: User
) -> None:
    monday = dt.date(2027, 3, 1)
    with clock.set_today(monday):
        sub = register_by_library(request=told(library), acting_user=account)
    with clock.set_today(monday + dt.timedelta(days=5)):
        sub = accept(sub, acting_user=account)
    assert (sub.starts_on, sub.ends_on) == (monday, monday + dt.timedelta(days=365))
    later = monday + dt.timedelta(days=380)
    with clock.set_today(later):
        sub = renew(sub, acting_user=account)
    assert (sub.starts_on, sub.ends_on) == (later, later + dt.timedelta(days=365))


def test_rows_of_a_file_are_registered_in_one_transaction_around(library: Library, account: User) -> None:
    batch = RegistrationBatch.objects.create(library=library, user=account, filename="usagers.xlsx")
    resources = [factories.ResourceFactory()]
    with transaction.atomic():
        for n in range(3):
            row = told(library, email=f"n{n}@example.org", resources=resources)
            register_by_library(request=row, acting_user=account, batch=batch)
        with pytest.raises(Invalid):
            register_by_library(request=row, acting_user=account, batch=batch)
    assert batch.subscriptions.count() == 3
    assert OutgoingMail.objects.count() == 3
