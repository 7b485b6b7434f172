"""Factories that read as sentences: `SubscriptionFactory(pending=True, library=sauveterre)`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

import factory
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from navette.accounts.models import Kind, StaffRole, User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.fields import encrypt
from navette.core.text import fold_identifier
from navette.libraries.models import Library, Membership, Profile, Territory
from navette.mail.models import MailState, OutgoingMail
from navette.portal.models import Portal, SiteTerms
from navette.portal.profiles import load_profile
from navette.portal.queries import site_terms_in_force
from navette.readers.models import ParentalAgreement, Reader
from navette.resources.models import Category, DigitalResource, Offer, ResourceTerms
from navette.signon.models import ReleasedAttribute, VendorAccess, VendorAddress
from navette.subscriptions.dates import same_day
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, TermsAcceptance
from navette.subscriptions.states import RefusalReason, Status

PASSWORD = "Ombrelle-42-vagues!"
TOTP_SECRET = "KRUGS4ZANFZSAYJA"
_HASHED: list[str] = []


def hashed_password() -> str:
    """Return PASSWORD hashed once a run: Argon2 is slow on purpose."""
    if not _HASHED:
        _HASHED.append(make_password(PASSWORD))
    return _HASHED[0]


def portal(profile: str = "gironde", **settings: Any) -> Portal:
    """Return the portal's record, saved, as the profile has it, with `settings` changed."""
    details = {"contact_email": "bibnum@example.org", "contact_phone": "01 00 00 00 00"}
    return load_profile(profile, **details | settings)


class UserFactory(DjangoModelFactory):
    """A reader's account; `kind` makes it another's."""

    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Camille Durand {n}")
    kind = Kind.READER
    email = factory.Sequence(lambda n: f"personne{n}@example.org")
    identifier = factory.LazyAttribute(lambda user: fold_identifier(user.email or user.name))
    password = factory.LazyFunction(hashed_password)
    email_confirmed_at = factory.LazyFunction(clock.now)


class TerritoryFactory(DjangoModelFactory):
    """A territory without officer."""

    class Meta:
        model = Territory

    name = factory.Sequence(lambda n: f"Territoire {n}")


class LibraryFactory(DjangoModelFactory):
    """An open library that wants a mail a request."""

    class Meta:
        model = Library

    name = factory.Sequence(lambda n: f"Saint-Exemple-{n}")
    slug = factory.Sequence(lambda n: f"saint-exemple-{n}")
    commune = factory.SelfAttribute("name")
    insee_code = factory.Sequence(lambda n: f"33{n % 1000:03}")
    postcode = "33540"
    email = factory.Sequence(lambda n: f"bibliotheque{n}@example.org")
    territory = factory.SubFactory(TerritoryFactory)


class MembershipFactory(DjangoModelFactory):
    """A library's shared account, which manages it."""

    class Meta:
        model = Membership

    library = factory.SubFactory(LibraryFactory)
    user = factory.SubFactory(UserFactory, kind=Kind.LIBRARY, email="", name=factory.SelfAttribute("..library.name"))
    profile = Profile.MANAGER


def library_account(library: Library, profile: str = Profile.MANAGER) -> User:
    """Return an account of `library`: the shared one, or a librarian who only looks (`Profile.VIEWER`)."""
    if profile == Profile.MANAGER:
        return _user(MembershipFactory(library=library))
    viewer = UserFactory(kind=Kind.LIBRARIAN)
    return _user(MembershipFactory(library=library, user=viewer, profile=profile))


def _user(membership: Membership) -> User:
    return membership.user


def enrol(user: User) -> Authenticator:
    """Give `user` a second factor, unless they have one: an application whose secret is TOTP_SECRET."""
    data = {"secret": encrypt(TOTP_SECRET)}
    made, _new = Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": data})
    return cast("Authenticator", made)


def staff(*roles: str) -> User:
    """Return a member of the staff with `roles`, by default administrator, and a second factor."""
    user = UserFactory(kind=Kind.STAFF)
    enrol(user)
    for role in roles or (StaffRoleName.ADMINISTRATOR,):
        StaffRole.objects.create(user=user, role=role)
    return user


def officer_of(library: Library) -> User:
    """Return the officer of the territory of `library`."""
    officer = staff(StaffRoleName.TERRITORY)
    Territory.objects.filter(pk=library.territory_id).update(officer=officer)
    return officer


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    name = "Cinéma"
    slug = "cinema"


class OfferFactory(DjangoModelFactory):
    class Meta:
        model = Offer
        django_get_or_create = ("slug",)

    name = "Offre biblio.gironde"
    slug = "offre"


class ResourceFactory(DjangoModelFactory):
    """An open resource with the first version of its terms."""

    class Meta:
        model = DigitalResource
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Ciné-rivage {n:03}")
    slug = factory.Sequence(lambda n: f"cine-rivage-{n}")
    summary = "Des films à voir chez soi."
    description = "Des films de tous les pays.\n\nQuatre par mois."
    vendor = "Rivage SAS"
    category = factory.SubFactory(CategoryFactory)

    @factory.post_generation  # type: ignore[untyped-decorator]
    def with_terms(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Publish the first version of the terms, and join the portal's offer."""
        if create:
            ResourceTerms.objects.create(resource=self, version=1, text="Conditions du fournisseur.")
            self.offers.add(OfferFactory())


class ReaderFactory(DjangoModelFactory):
    """A grown-up reader with a confirmed address."""

    class Meta:
        model = Reader

    first_name = "Dave"
    last_name = factory.Sequence(lambda n: f"Grohl {n:05}")
    birth_date = dt.date(1990, 3, 13)
    user = factory.SubFactory(UserFactory, name=factory.LazyAttribute(lambda user: f"Lecteur {user.email}"))


class SubscriptionFactory(DjangoModelFactory):
    """A request that waits since today; `active`, `refused`, `expired` or `renewal_asked` make it another.

    Its reader has accepted the site's terms, where there are any.
    """

    class Meta:
        model = Subscription

    class Params:
        active = factory.Trait(
            status=Status.ACTIVE,
            deadline=None,
            starts_on=factory.LazyFunction(clock.today),
            ends_on=factory.LazyAttribute(lambda sub: same_day(sub.starts_on, 1)),
        )
        refused = factory.Trait(status=Status.REFUSED, deadline=None, refusal_reason=RefusalReason.NOT_MEMBER)
        expired = factory.Trait(
            status=Status.EXPIRED,
            deadline=None,
            starts_on=factory.LazyFunction(lambda: clock.today() - dt.timedelta(days=400)),
            ends_on=factory.LazyAttribute(lambda sub: same_day(sub.starts_on, 1)),
        )
        renewal_asked = factory.Trait(
            status=Status.ACTIVE,
            deadline=factory.LazyFunction(lambda: clock.today() + dt.timedelta(days=4)),
            starts_on=factory.LazyFunction(lambda: clock.today() - dt.timedelta(days=350)),
            ends_on=factory.LazyAttribute(lambda sub: same_day(sub.starts_on, 1)),
        )

    reader = factory.SubFactory(ReaderFactory)
    library = factory.SubFactory(LibraryFactory)
    status = Status.PENDING
    requested_at = factory.LazyFunction(clock.now)
    deadline = factory.LazyFunction(lambda: clock.today() + dt.timedelta(days=4))

    @classmethod
    def _create(cls, model_class: type[Subscription], *args: Any, **kwargs: Any) -> Subscription:
        subscription = model_class(*args, **kwargs)
        subscription.list_as(subscription.reader)
        subscription.save()
        terms = site_terms_in_force()
        if terms is not None:
            TermsAcceptance.objects.create(reader=subscription.reader, site_terms=terms)
        return subscription


def young_subscription(**options: Any) -> Subscription:
    """Return the request of a young reader, whose parent has been asked to agree and has not answered."""
    birth_date = same_day(clock.today(), -12)
    made = SubscriptionFactory(
        status=Status.UNCONFIRMED, deadline=None, reader__birth_date=birth_date, reader__first_name="Malo", **options
    )
    ResourceGrant.objects.create(subscription=made, resource=ResourceFactory())
    ParentalAgreement.objects.create(
        reader=made.reader, parent_name="Inès Caradec", parent_email="ines.caradec@example.org"
    )
    return _subscription(made)


def _subscription(made: Subscription) -> Subscription:
    return made


class GrantFactory(DjangoModelFactory):
    """A resource that a subscriber may open."""

    class Meta:
        model = ResourceGrant

    subscription = factory.SubFactory(SubscriptionFactory, active=True)
    resource = factory.SubFactory(ResourceFactory)
    state = GrantState.GRANTED


class VendorAccessFactory(DjangoModelFactory):
    """How a resource opens: a plain link, unless it is told otherwise; `vendor()` adds addresses and attributes."""

    class Meta:
        model = VendorAccess

    resource = factory.SubFactory(ResourceFactory)
    address = "https://vendor.example.org/in"


def vendor(
    *, addresses: Mapping[str, str] | None = None, tells: Mapping[str, str] | None = None, **fields: Any
) -> VendorAccess:
    """Return how a resource opens: `vendor(way="cas", addresses={"https://v.example/": "service"})`.

    `addresses` gives the use of each registered address, `tells` the vendor's name of each attribute that it is told.
    """
    access: VendorAccess = VendorAccessFactory(**fields)
    for url, use in (addresses or {}).items():
        VendorAddress.objects.create(access=access, use=use, url=url)
    for attribute, name in (tells or {}).items():
        ReleasedAttribute.objects.create(access=access, attribute=attribute, name=name)
    return access


class SiteTermsFactory(DjangoModelFactory):
    class Meta:
        model = SiteTerms

    version = factory.Sequence(lambda n: n + 1)
    text = "Conditions générales du site."


class MailFactory(DjangoModelFactory):
    """A queued mail."""

    class Meta:
        model = OutgoingMail

    kind = "accepted"
    to_email = factory.Sequence(lambda n: f"destinataire{n}@example.org")
    subject = "Votre abonnement est validé"
    body = "Bonjour,\n\nC’est validé."
    state = MailState.QUEUED
