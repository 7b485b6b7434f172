"""Readers who may open resources by each protocol, and what their vendors' software sends."""

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from benchmarks.people import make_libraries, make_subscriptions
from navette.accounts.models import User
from navette.core import clock
from navette.portal.queries import site_terms_in_force
from navette.readers.models import Reader
from navette.resources.models import Category, DigitalResource
from navette.signon import keys
from navette.signon.models import KeyUse, ReleasedAttribute, VendorAccess, VendorAddress
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, TermsAcceptance
from navette.subscriptions.states import Status

SERVICE = "https://cas.example.org/app"
BACK = "https://oidc.example.org/retour"
ACS = "https://saml.example.org/acs"
CLIENT, SECRET = "the-vendor", "the-secret-of-the-vendor-0123456789"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
TOLD = {"mail": "email", "last_name": "nom", "birth_date": "naissance"}
AUTHORIZE = {
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
REDEEM = {
    "grant_type": "authorization_code",
    "redirect_uri": BACK,
    "client_id": CLIENT,
    "client_secret": SECRET,
    "code_verifier": VERIFIER,
}


@dataclass(frozen=True)
class World:
    """The readers, how the resource of CAS opens, and the portal's addresses where the others are opened."""

    readers: list[Reader]
    cas: VendorAccess
    saml: str
    authorize: str


def make_world(count: int) -> World:
    """Write `count` readers with all that a resource asks of them, and three resources, one for each protocol."""
    accesses = [
        _vendor(SERVICE, "service", way="cas"),
        _vendor(BACK, "redirect", way="oidc", client_id=CLIENT, key=SECRET),
        _vendor(ACS, "acs", way="saml", entity_id="https://saml.example.org/"),
    ]
    for use in KeyUse:
        keys.current(use)  # to make one takes seconds, once in the life of a portal
    readers = _readers(count, [access.resource for access in accesses])
    saml = reverse("site:open_resource", args=[accesses[2].resource.slug])
    return World(readers, accesses[0], saml, f"{reverse('oidc:authorize')}?{urlencode(AUTHORIZE)}")


def _vendor(address: str, use: str, **columns: Any) -> VendorAccess:
    category, _made = Category.objects.get_or_create(name="Mesurée", slug="mesuree")
    name = f"Mesurée {columns['way']}"
    slug = f"mesuree-{columns['way']}"
    resource = DigitalResource.objects.create(name=name, slug=slug, summary="-", vendor="-", category=category)
    access = VendorAccess.objects.create(resource=resource, address=address, **columns)
    VendorAddress.objects.create(access=access, use=use, url=address)
    ReleasedAttribute.objects.bulk_create(
        ReleasedAttribute(access=access, attribute=attribute, name=told) for attribute, told in TOLD.items()
    )
    return access


def _readers(count: int, resources: list[DigitalResource]) -> list[Reader]:
    today = clock.today()
    valid = {"status": Status.ACTIVE, "starts_on": today, "ends_on": today + dt.timedelta(days=365)}
    last = max(Reader.objects.values_list("pk", flat=True), default=0)
    make_subscriptions(count, make_libraries(10), lambda number: valid)
    readers = list(Reader.objects.select_related("user").filter(pk__gt=last))
    User.objects.filter(reader__in=readers).update(email_confirmed_at=clock.now())
    terms = site_terms_in_force()
    TermsAcceptance.objects.bulk_create(TermsAcceptance(reader=reader, site_terms=terms) for reader in readers)
    ResourceGrant.objects.bulk_create(
        ResourceGrant(subscription=subscription, resource=resource, state=GrantState.GRANTED)
        for subscription in Subscription.objects.filter(reader__in=readers)
        for resource in resources
    )
    return readers
