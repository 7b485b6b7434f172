"""The demo's data: the same for the same seed, whole, and with something to show in every list."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import models

from navette.accounts.models import Kind, StaffRole, User
from navette.core import clock
from navette.core.models import AuditRow
from navette.core.text import fold_identifier
from navette.demo.accounts import ADMIN, FAMILY_MAIL, FIRST_LIBRARY, PASSWORD, PROS, READERS
from navette.demo.connections import move_vendors
from navette.demo.generator import make_demo
from navette.demo.libraries import choose_places, communes_of
from navette.demo.plan import SIZES, Plan, Size
from navette.libraries.models import Library, Territory
from navette.lifecycle.models import Job, NightlyRun
from navette.mail.models import MailState, OutgoingMail
from navette.portal.models import Portal
from navette.portal.profiles import PROFILES
from navette.readers.models import ParentalAgreement, Reader
from navette.resources.models import DigitalResource, Offer
from navette.signon.models import ActiveYear, Opening, VendorAccess, VendorAddress, WayName
from navette.subscriptions.models import ResourceGrant, Subscription, SubscriptionEvent, TermsAcceptance
from navette.subscriptions.queries import SubscriptionQuerySet, full_resource_ids, places_of, seats_taken
from navette.subscriptions.states import Status

TINY = Size(libraries=10, readers=100, first=40)
TODAY = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def make(profile: str = "gironde", seed: int = 7) -> None:
    """Write a tiny demo as on TODAY."""
    with clock.set_today(TODAY):
        make_demo(Plan(profile, TINY, seed))


def content() -> list[list[tuple[Any, ...]]]:
    """Return what the demo holds, without what is drawn by the database or the password's salt."""
    subscription = ("reader__uid", "library__name", "status", "version", "requested_at", "deadline", "starts_on")
    return [
        list(Reader.objects.order_by("uid").values_list("uid", "user__email", "first_name", "last_name", "birth_date")),
        list(Library.objects.order_by("name").values_list("name", "phone", "street", "is_open", "territory__name")),
        list(User.objects.order_by("identifier").values_list("identifier", "kind", "name", "email_confirmed_at")),
        list(Subscription.objects.order_by("reader__uid").values_list(*subscription, "ends_on", "search_text")),
        list(SubscriptionEvent.objects.order_by("at", "message").values_list("at", "move", "actor_label", "message")),
        sorted(ResourceGrant.objects.values_list("subscription__reader__uid", "resource__slug", "state")),
        sorted(TermsAcceptance.objects.values_list("reader__uid", "accepted_at", "resource_terms__version")
               .exclude(resource_terms=None)),
        list(Library.objects.order_by("name").values_list("name", "latitude", "longitude", "presentation", "website")),
        sorted(apps.get_model("editorial.Pick").objects.values_list("title", "library__name", "state", "created_at")),
        sorted(Opening.objects.values_list("reader__uid", "resource__slug", "opened_at")),
        sorted((access.resource.slug, access.address, access.key) for access in VendorAccess.objects.all()),
    ]  # fmt: skip


def wipe() -> None:
    """Empty the tables that the demo fills, in an order that the foreign keys allow."""
    for model in (
        Opening,
        ActiveYear,
        NightlyRun,
        Job,
        SubscriptionEvent,
        Subscription,
        Library,
        Territory,
        User,
        DigitalResource,
        Offer,
        OutgoingMail,
    ):
        model.objects.all().delete()
    for label in ("portal.SiteTerms", "portal.Portal", "resources.Category", "editorial.Page"):
        apps.get_model(label).objects.all().delete()


def test_the_same_seed_makes_the_same_data() -> None:
    make()
    first = content()
    wipe()
    make()
    assert content() == first


def test_another_seed_makes_other_data() -> None:
    make(seed=7)
    first = content()
    wipe()
    make(seed=8)
    assert content() != first


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_row_is_as_its_model_demands(profile: str) -> None:
    make(profile)
    for model in (Portal, User, StaffRole, Library, Territory, Reader, Subscription, SubscriptionEvent, VendorAccess):
        for row in model._default_manager.all():
            _require_valid(row)


def _require_valid(row: models.Model) -> None:
    # Relations and constraints are the database's to check, and it has. A user's password or a request's dates are
    # left empty by design.
    skipped = {
        field.name for field in row._meta.fields if field.is_relation or getattr(row, field.attname) in (None, "")
    }
    try:
        row.clean_fields(exclude=skipped)
    except ValidationError as error:
        raise AssertionError(f"{row!r}: {error.message_dict}") from error


def test_every_list_has_something_to_show_at_the_first_library() -> None:
    make()
    with clock.set_today(TODAY):
        mine = SubscriptionQuerySet(Subscription).filter(library__name="Sauveterre-de-Guyenne")
        assert mine.count() == TINY.first
        for status in (Status.PENDING, Status.ACTIVE, Status.REFUSED, Status.EXPIRED):
            assert mine.with_status(status).count() > 1, status
        deadlines = set(mine.waiting().values_list("deadline", flat=True))
        assert {TODAY - 2 * DAY, TODAY, TODAY + DAY} <= deadlines
        assert mine.filter(status=Status.ACTIVE, deadline__isnull=False).exists(), "a renewal asked for"
        assert mine.filter(status=Status.ACTIVE, ends_on=TODAY - DAY).exists(), "ended yesterday"
        for days in (7, 30):
            assert mine.filter(status=Status.ACTIVE, ends_on__range=(TODAY, TODAY + days * DAY)).exists()


def test_histories_lead_to_the_state_that_there_is() -> None:
    make()
    for subscription in Subscription.objects.prefetch_related("events"):
        events = sorted(subscription.events.all(), key=lambda event: event.at)
        assert [event.from_status for event in events] == ["", *(event.to_status for event in events[:-1])]
        assert events[-1].to_status == subscription.status
        assert subscription.version == len(events)
        assert all(clock.day_of(event.at) <= TODAY for event in events)


def test_whoever_asked_has_accepted_the_terms_of_the_site_and_of_each_resource() -> None:
    make()
    for subscription in Subscription.objects.select_related("reader"):
        accepted = subscription.reader.acceptances
        assert accepted.filter(site_terms__isnull=False).count() == 1
        assert set(accepted.exclude(resource_terms=None).values_list("resource_terms__resource", flat=True)) == set(
            subscription.grants.values_list("resource", flat=True)
        )


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_fixed_accounts_come_in_and_are_what_they_are_called(profile: str) -> None:
    make(profile)
    with clock.set_today(TODAY):
        found = {reader.email: Subscription.objects.get(reader__user__identifier=reader.email) for reader in READERS}
        assert {sub.library.name for sub in found.values()} == {FIRST_LIBRARY[profile]}
        assert [sub.current_status for sub in found.values()] == ["active", "pending", "refused", "expired"]
    for pro in PROS[profile]:
        user = User.objects.get(identifier=fold_identifier(pro.identifier))
        assert check_password(PASSWORD, user.password)
        assert [membership.library.name for membership in user.memberships.all()] == [FIRST_LIBRARY[profile]]
    admin = User.objects.get(identifier=ADMIN)
    assert admin.kind == Kind.STAFF
    assert [role.role for role in admin.staff_roles.all()] == ["administrator"]


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_family_shares_an_address_a_parent_is_awaited_and_seats_are(profile: str) -> None:
    make(profile)
    family = User.objects.filter(email=FAMILY_MAIL).order_by("identifier")
    assert [user.name for user in family] == ["Jeanne Hardouin", "Malo Hardouin"]
    assert all(check_password(PASSWORD, user.password) for user in family)
    awaited = ParentalAgreement.objects.get(agreed_at=None)
    assert awaited.reader.subscription.status == Status.UNCONFIRMED
    with clock.set_today(TODAY):
        full = DigitalResource.objects.get(pk__in=full_resource_ids())
        assert places_of(family[0].reader.subscription) == {full.pk: 3}
        assert seats_taken(full.pk, TODAY) == full.seats


def test_a_fixed_reader_logs_in_with_the_password_of_the_readme() -> None:
    make()
    assert authenticate(None, username="active@example.org", password=PASSWORD) is not None
    assert authenticate(None, username="Sauveterre-de-Guyenne", password=PASSWORD) is not None
    assert authenticate(None, username="active@example.org", password="another") is None


def test_each_profile_has_its_own_kind_of_professional_accounts() -> None:
    make("valdoise")
    assert not User.objects.filter(kind=Kind.LIBRARY).exists()
    wipe()
    make("loiret")
    assert User.objects.filter(kind=Kind.LIBRARY, identifier="45004000017").exists()
    shared = User.objects.filter(kind=Kind.LIBRARY).values_list("identifier", flat=True)
    assert all(identifier.isdigit() for identifier in shared)


def test_there_are_twelve_resources_of_every_way_and_all_at_the_demos_vendors() -> None:
    make()
    ways = list(VendorAccess.objects.values_list("way", flat=True))
    assert len(ways) == 12
    assert set(ways) == set(WayName.values)
    assert all(address.startswith("http://localhost:8000/demo/fournisseur/") for address in addresses())
    assert all(resource.offers.filter(name="Offre biblio.gironde") for resource in DigitalResource.objects.all())


def addresses() -> list[str]:
    """Return every address of a vendor that is stored."""
    of_access = VendorAccess.objects.values_list("address", "entity_id")
    registered = VendorAddress.objects.values_list("url", flat=True)
    return [address for address in [*itertools.chain(*of_access), *registered] if address]


def test_the_vendors_follow_the_portal_to_another_port_and_keep_their_query() -> None:
    make()
    move_vendors("http://127.0.0.1:8123")
    assert "http://localhost:8123/demo/fournisseur/filmarelle?espace=reseau" in addresses()
    assert all(address.startswith("http://localhost:8123/demo/") for address in addresses())
    move_vendors("https://demo.example.org")
    assert all(address.startswith("https://demo.example.org/demo/") for address in addresses())


def test_there_are_mails_to_send_and_some_for_staff_to_settle() -> None:
    make()
    states = set(OutgoingMail.objects.values_list("state", flat=True))
    assert states == {MailState.QUEUED, MailState.SENT, MailState.UNCERTAIN, MailState.FAILED}


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_network_has_as_many_libraries_as_it_should_each_with_its_own_name(profile: str, size: str) -> None:
    plan = Plan(profile, SIZES[size], today=TODAY)
    places = choose_places(plan, PROFILES[profile]["department_code"])
    assert len({fold_identifier(place.name) for place in places}) == SIZES[size].libraries
    assert places[0].name == FIRST_LIBRARY[profile]
    assert all(place.commune.code.startswith(PROFILES[profile]["department_code"]) for place in places)


def test_the_small_network_is_mostly_one_of_small_communes() -> None:
    places = choose_places(Plan("gironde", SIZES["small"], today=TODAY), "33")
    small = [place for place in places if place.commune.population < 5_000]
    assert len(small) > len(places) * 0.7


def test_the_communes_are_the_real_ones() -> None:
    sauveterre = next(commune for commune in communes_of("33") if commune.name == "Sauveterre-de-Guyenne")
    assert (sauveterre.code, sauveterre.postcode) == ("33506", "33540")


def test_the_demo_has_a_past_openings_to_count_and_a_log_to_read() -> None:
    make("gironde")
    openings = Opening.objects.filter(reader__subscription__starts_on__lte=models.F("day"), day__lte=TODAY)
    assert openings.count() > 100
    assert openings.count() == Opening.objects.count()
    assert ActiveYear.objects.exists()
    assert AuditRow.objects.filter(action__startswith="subscriptions.").exists()
