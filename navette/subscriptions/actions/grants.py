"""Access to each resource, and the acceptance of its terms (SUB-04, SUB-10)."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet

from navette.core import clock
from navette.portal.models import Portal
from navette.portal.queries import site_terms_in_force
from navette.readers.models import Reader
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, TermsAcceptance


def accept_site_terms(reader: Reader) -> None:
    """Note that `reader` accepts the site's terms in force, once a version."""
    terms = site_terms_in_force()
    if terms is not None:
        TermsAcceptance.objects.get_or_create(reader=reader, site_terms=terms, defaults={"accepted_at": clock.now()})


def accept_resource_terms(reader: Reader, resources: Iterable[DigitalResource]) -> None:
    """Note that `reader` accepts the terms in force of each of `resources`, once a version."""
    latest: dict[int, ResourceTerms] = {}
    for terms in ResourceTerms.objects.filter(resource__in=list(resources)).order_by("version"):
        latest[terms.resource_id] = terms
    TermsAcceptance.objects.bulk_create(
        [TermsAcceptance(reader=reader, resource_terms=terms) for terms in latest.values()], ignore_conflicts=True
    )


def ask_for(subscription: Subscription, resources: Collection[DigitalResource]) -> None:
    """Write that the reader asks for `resources`: no more, no less, keeping what is granted among them."""
    subscription.grants.exclude(resource__in=resources).exclude(state=GrantState.REMOVED).update(
        state=GrantState.REMOVED, changed_at=clock.now()
    )
    for resource in resources:
        _set(subscription, resource, GrantState.REQUESTED, keep={GrantState.REQUESTED, GrantState.GRANTED})


def grant(subscription: Subscription, resources: Iterable[DigitalResource]) -> None:
    """Grant each of `resources`."""
    for resource in resources:
        _set(subscription, resource, GrantState.GRANTED, keep={GrantState.GRANTED})


def request(subscription: Subscription, resources: Iterable[DigitalResource]) -> None:
    """Write that each of `resources` is asked for and not yet decided."""
    for resource in resources:
        _set(subscription, resource, GrantState.REQUESTED, keep={GrantState.REQUESTED, GrantState.GRANTED})


def remove(subscription: Subscription, resource_ids: Collection[int]) -> None:
    """Take the access to the resources `resource_ids` away; the row stays, so that it shows in the history."""
    _held(subscription).filter(resource_id__in=resource_ids).update(state=GrantState.REMOVED, changed_at=clock.now())


def decide_requested(subscription: Subscription, portal: Portal, decided: Mapping[int, str] | None) -> None:
    """Grant every resource asked for, unless the portal decides each and `decided` says otherwise (SUB-04).

    `decided` maps a resource's id to `GrantState.GRANTED`, `REFUSED` or `REMOVED`.
    """
    requested = subscription.grants.filter(state=GrantState.REQUESTED)
    if portal.decides_each_resource and decided:
        for resource_id, state in decided.items():
            subscription.grants.filter(resource_id=resource_id).update(state=state, changed_at=clock.now())
    requested.update(state=GrantState.GRANTED, changed_at=clock.now())


def _held(subscription: Subscription) -> QuerySet[ResourceGrant]:
    return subscription.grants.exclude(state=GrantState.REMOVED)


def _set(subscription: Subscription, resource: DigitalResource, state: str, *, keep: set[GrantState]) -> None:
    row, created = ResourceGrant.objects.get_or_create(
        subscription=subscription, resource=resource, defaults={"state": state}
    )
    if not created and row.state not in keep:
        ResourceGrant.objects.filter(pk=row.pk).update(state=state, changed_at=clock.now())
