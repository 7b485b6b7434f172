"""A small world with somebody of every role in it, and the addresses that they ask for."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from navette.accounts.models import User
from navette.accounts.roles import StaffRoleName
from navette.accounts.tokens import confirmation_token, encode_id, password_tokens
from navette.core import clock
from navette.libraries.models import Library, Profile
from navette.mail.models import MailState, OutgoingMail
from navette.resources.models import DigitalResource
from navette.signon.models import VendorAccess
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from tests import factories
from tests.architecture.areas import areas
from tests.web.browsing import client_of

READERS = ("pending", "active", "refused", "expired")
LOGO = "resources/logo.png"


@dataclass
class World:
    """Two libraries, their people and subscribers, a resource that opens, and the staff."""

    library: Library
    resource: DigitalResource
    subscriptions: dict[str, Subscription]
    people: dict[str, User]
    mail: OutgoingMail
    forgetful: User

    def client(self, role: str, **options: Any) -> Client:
        """Return a browser in which somebody of `role` is logged in; nobody for `anonymous`."""
        return client_of(None if role == "anonymous" else self.people[role], **options)

    def address(self, name: str, state: str = "") -> str:
        """Return the address of the route `name`, for objects of the world; that of the subscription in `state`."""
        if state:
            return reverse(name, kwargs={"pk": self.subscriptions[state].pk})
        return reverse(name, kwargs=self.arguments.get(name, {}))

    @cached_property
    def arguments(self) -> dict[str, dict[str, Any]]:
        """Return what each route's address names, worked out once."""
        found = self._arguments()
        for area in areas():
            found |= area.places(self)
        return found

    def _arguments(self) -> dict[str, dict[str, Any]]:
        # Of nobody who is logged in here: a login uses up a link made before it.
        link = {"uidb64": encode_id(self.forgetful), "token": password_tokens.make_token(self.forgetful)}
        slug, waits = {"slug": self.resource.slug}, {"pk": self.subscriptions["pending"].pk}
        valid = {"pk": self.subscriptions["active"].pk}
        return {
            "site:resource": slug,
            "site:resource_terms": slug,
            "site:open_resource": slug,
            "site:media": {"path": LOGO},
            "site:password_choose": link,
            "site:confirm_email": {"token": confirmation_token(self.forgetful)},
            "pro:subscriber": waits,
            "pro:decide": waits,
            "pro:renew": valid,
            "pro:end": valid,
            "console:remind": {"pk": self.library.pk},
            "console:settle": {"pk": self.mail.pk},
        }

    def posts(self) -> dict[str, dict[str, Any]]:
        """Return, for the routes where it matters, what a form that is filled in well sends."""
        forms = self._posts()
        for area in areas():
            forms |= area.posts(self)
        return forms

    def _posts(self) -> dict[str, dict[str, Any]]:
        waits, valid = self.subscriptions["pending"], self.subscriptions["active"]
        reader = waits.reader
        return {
            "pro:bulk": {"choix": [str(waits.pk)], "operation": "accept", "confirme": "1"},
            "pro:decide": {
                "decision": "accept",
                "accepter-version": waits.version,
                "accepter-starts_on": clock.today().isoformat(),
                "accepter-message": "Bienvenue.",
            },
            "pro:subscriber": {
                "version": waits.version,
                "status": "pending",
                "first_name": "Autre",
                "last_name": reader.last_name,
                "birth_date": "13/03/1990",
                "email": reader.user.email,
                "library": waits.library_id,
                "resources": [self.resource.pk],
            },
            "pro:renew": {"version": valid.version},
            "pro:end": {"version": valid.version, "reason": "left", "message": "Au revoir."},
            "pro:library": {"library": self.library.pk, f"bibliotheque-{self.library.pk}-mail_rhythm": "daily"},
            "console:settle": {"suite": "sent"},
        }


def build() -> World:
    """Write the world into the database."""
    factories.portal()
    factories.SiteTermsFactory()
    people = _staff()
    territory = factories.TerritoryFactory(officer=people["territory"])
    library = factories.LibraryFactory(name="Sauveterre-de-Guyenne", slug="sauveterre", territory=territory)
    people |= _librarians(library)
    resource = factories.ResourceFactory(slug="cine-rivage")
    VendorAccess.objects.create(resource=resource, address="https://vendor.example.org/")
    subscriptions = {state: _subscription(state, library, resource) for state in READERS}
    people |= {state: row.reader.user for state, row in subscriptions.items()}
    mail = factories.MailFactory(state=MailState.UNCERTAIN, claimed_at=clock.now())
    logo = Path(settings.MEDIA_ROOT, LOGO)
    logo.parent.mkdir(parents=True, exist_ok=True)
    logo.write_bytes(b"\x89PNG")
    forgetful = factories.UserFactory(email_confirmed_at=None)
    world = World(library, resource, subscriptions, people, mail, forgetful)
    for area in areas():
        area.prepare(world)
    return world


def _staff() -> dict[str, User]:
    roles = (StaffRoleName.ADMINISTRATOR, StaffRoleName.DIGITAL, StaffRoleName.TERRITORY)
    no_role = factories.UserFactory(kind="staff")
    return {str(role.value): factories.staff(role) for role in roles} | {"no_role": no_role}


def _librarians(library: Library) -> dict[str, User]:
    return {
        "viewer": factories.library_account(library, Profile.VIEWER),
        "manager": factories.library_account(library),
        "other": factories.library_account(factories.LibraryFactory()),
    }


def _subscription(state: str, library: Library, resource: DigitalResource) -> Subscription:
    """Return a subscription in `state`; the one that waits is late, and its reader's address not yet confirmed."""
    late = {"deadline": clock.today() - dt.timedelta(days=1), "reader__user__email_confirmed_at": None}
    options = late if state == "pending" else {state: True}
    subscription = factories.SubscriptionFactory(library=library, **options)
    granted = GrantState.REQUESTED if state == "pending" else GrantState.GRANTED
    ResourceGrant.objects.create(subscription=subscription, resource=resource, state=granted)
    return subscription


def routes() -> list[str]:
    """Return the name of every route of the site, its namespace before it."""
    return list(_routes(get_resolver().url_patterns, ""))


def _routes(patterns: list[Any], prefix: str) -> Iterator[str]:
    for row in patterns:
        if isinstance(row, URLResolver):
            inner = f"{prefix}{row.namespace}:" if row.namespace else prefix
            yield from _routes(row.url_patterns, inner)
        elif isinstance(row, URLPattern):
            assert row.name, f"{prefix}{row.pattern} has no name"
            yield f"{prefix}{row.name}"


@contextmanager
def undone() -> Iterator[None]:
    """Undo at the end of the block whatever it wrote, so that the next role finds the world as it was."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as the test's own: durable blocks may stand in it
    with block:
        yield
        transaction.set_rollback(True)
