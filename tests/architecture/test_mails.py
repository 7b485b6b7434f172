"""Every kind of mail, made by what really sends it: its default text is filled, and its links are the site's own."""

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings

from navette.accounts.actions import ask_confirmation, choose_password, request_password_reset
from navette.accounts.models import User
from navette.accounts.tokens import encode_id, password_tokens
from navette.core import clock
from navette.core.actors import VISITOR
from navette.libraries.models import Library
from navette.mail.kinds import KINDS, unknown_variables
from navette.mail.models import OutgoingMail
from navette.mail.outbox import SUBJECT_LENGTH
from navette.resources.models import DigitalResource
from navette.subscriptions import actions
from navette.subscriptions.models import Subscription
from navette.subscriptions.nightly import STEPS
from navette.subscriptions.states import RefusalReason
from tests import factories
from tests.architecture.areas import areas

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=360)
NEW_PASSWORD = "Cerf-volant/37-marmite"


@pytest.fixture(autouse=True)
def _portal() -> None:
    factories.portal()
    factories.SiteTermsFactory()


def waiting(**options: object) -> tuple[Subscription, User]:
    """Return a subscription, by default one that waits, and its library's account."""
    subscription = factories.SubscriptionFactory(**options)
    return subscription, factories.library_account(subscription.library)


def registration(email: str, library: Library) -> actions.Registration:
    """Return what a reader tells when asking for access."""
    return actions.Registration(
        first_name="Inès",
        last_name="Caradec",
        email=email,
        birth_date=dt.date(1990, 3, 13),
        password_hash=factories.hashed_password(),
        library=library,
        resources=[factories.ResourceFactory()],
    )


def changes(subscription: Subscription, *more: DigitalResource) -> actions.Changes:
    """Return a form's content that changes nothing but to add `more` resources."""
    reader = subscription.reader
    return actions.Changes(
        first_name=reader.first_name, last_name=reader.last_name, birth_date=reader.birth_date, resources=more
    )


# ---- what sends each kind
def register_once() -> None:
    actions.register(request=registration("ines@example.org", factories.LibraryFactory()), acting_user=VISITOR)


def register_twice() -> None:
    account = factories.UserFactory(created_at=clock.now() - dt.timedelta(days=1))
    actions.register(request=registration(account.email, factories.LibraryFactory()), acting_user=VISITOR)


def accept() -> None:
    subscription, account = waiting()
    actions.accept(subscription, acting_user=account)


def refuse(reason: RefusalReason) -> None:
    subscription, account = waiting()
    actions.refuse(subscription, acting_user=account, reason=reason)


def renew() -> None:
    subscription, account = waiting(renewal_asked=True)
    actions.renew(subscription, acting_user=account)


def end() -> None:
    subscription, account = waiting(active=True)
    actions.end(subscription, acting_user=account, reason=RefusalReason.LEFT)


def ask_renewal() -> None:
    subscription, _account = waiting(expired=True)
    actions.ask_renewal(subscription, acting_user=subscription.reader.user)


def ask_again() -> None:
    subscription, _account = waiting(refused=True)
    actions.ask_again(subscription, acting_user=subscription.reader.user)


def remind() -> None:
    subscription = factories.SubscriptionFactory(deadline=clock.today() - dt.timedelta(days=1))
    actions.remind_library(subscription.library, acting_user=factories.staff())


def change_address() -> None:
    subscription, _account = waiting(active=True)
    changed = replace(changes(subscription), email="nouvelle@example.org")
    actions.edit(subscription, acting_user=factories.staff(), changes=changed)


def change_library() -> None:
    subscription, _account = waiting(active=True)
    changed = replace(changes(subscription), library=factories.LibraryFactory())
    actions.edit(subscription, acting_user=factories.staff(), changes=changed)


def add_resource() -> None:
    factories.portal("loiret")  # where each resource is decided for itself
    subscription, _account = waiting(active=True)
    changed = changes(subscription, factories.ResourceFactory())
    actions.edit_own(subscription, acting_user=subscription.reader.user, changes=changed)


def forget_password() -> None:
    request_password_reset(factories.UserFactory().email, address="192.0.2.1")


def choose() -> None:
    user = factories.UserFactory()
    choose_password(encode_id(user), password_tokens.make_token(user), NEW_PASSWORD)


def confirm() -> None:
    user = factories.UserFactory(email_confirmed_at=None)
    ask_confirmation(user, acting_user=user)


def night(**options: object) -> None:
    """Do the night's work over one subscription."""
    factories.SubscriptionFactory(**options)
    for step in STEPS:
        step.run(clock.today())


def ending(days: int) -> dict[str, object]:
    """Return what makes a valid subscription end in so many days."""
    return {"active": True, "ends_on": clock.today() + dt.timedelta(days=days), "starts_on": clock.today() - YEAR}


SENT_BY: dict[str, Callable[[], None]] = {
    "request_received": register_once,
    "library_request": register_once,
    "already_registered": register_twice,
    "accepted": accept,
    "refused_not_member": lambda: refuse(RefusalReason.NOT_MEMBER),
    "refused_membership_over": lambda: refuse(RefusalReason.MEMBERSHIP_OVER),
    "renewed": renew,
    "ended": end,
    "renewal_received": ask_renewal,
    "library_renewal": ask_renewal,
    "asked_again": ask_again,
    "library_late": remind,
    "address_changed": change_address,
    "library_moved": change_library,
    "library_resource": add_resource,
    "password_link": forget_password,
    "password_changed": choose,
    "email_confirmation": confirm,
    "ends_in_30": lambda: night(**ending(30)),
    "ends_in_7": lambda: night(**ending(3)),
    "expired": lambda: night(**ending(-1)),
    "library_reminder": lambda: night(deadline=clock.today() + dt.timedelta(days=1)),
    "library_digest": lambda: night(requested_at=clock.now() - dt.timedelta(days=1)),
    **{kind: send for area in areas() for kind, send in area.mails.items()},
}


def test_every_kind_of_mail_is_tried() -> None:
    assert set(SENT_BY) == set(KINDS)


def test_every_process_knows_every_kind() -> None:
    """A web process imports no nightly work, and yet its console names the mails that the night has queued."""
    known = "import django; django.setup(); from navette.mail.kinds import KINDS; print(*KINDS)"
    done = subprocess.run([sys.executable, "-c", known], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == set(SENT_BY)


@pytest.mark.parametrize("kind", SENT_BY)
def test_a_mail_is_filled_and_leads_to_the_site(kind: str) -> None:
    SENT_BY[kind]()
    mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    text = f"{mail.subject}\n{mail.body}"
    assert not re.search(r"[{}]|None|%\(", text), text
    assert mail.to_email
    assert mail.signed_by
    assert "\n" not in mail.subject
    assert mail.button_url == "" or mail.button_url.startswith(settings.SITE_URL + "/")
    assert bool(mail.button_url) == bool(mail.button_label)
    assert bool(mail.button_url) == bool(KINDS[kind].button)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_default_text_uses_only_the_variables_of_its_kind(kind: str) -> None:
    text = KINDS[kind]
    assert unknown_variables(f"{text.subject} {text.body}", text.variables) == set()
    assert str(text.title)
    assert len(str(text.subject)) < SUBJECT_LENGTH
