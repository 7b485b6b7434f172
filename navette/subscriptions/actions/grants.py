"""Access to each resource, and the acceptance of its terms (SUB-04, SUB-10). All granting passes here (SUB-11)."""

from collections.abc import Collection, Iterable, Mapping

from navette.core import clock
from navette.portal.models import Portal
from navette.portal.queries import site_terms_in_force
from navette.readers.models import Reader
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.actions.seats import give_or_queue, lock_seats, serve_queue
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, TermsAcceptance
from navette.subscriptions.states import Status


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
    wanted = {resource.pk for resource in resources}
    held = subscription.grants.exclude(state=GrantState.REMOVED).values_list("resource_id", flat=True)
    remove(subscription, set(held) - wanted)
    request(subscription, resources)


def request(subscription: Subscription, resources: Iterable[DigitalResource]) -> None:
    """Write that each of `resources` is asked for and not yet decided; what is granted or waits stays so."""
    _have_rows(subscription, {resource.pk for resource in resources})


def grant(subscription: Subscription, resources: Iterable[DigitalResource]) -> None:
    """Open each of `resources` to `subscription`, which is valid; where no seat is left it waits for one (SUB-11)."""
    ids = {resource.pk for resource in resources}
    _have_rows(subscription, ids)
    undecided = subscription.grants.filter(resource__in=ids).exclude(state=GrantState.GRANTED)
    give_or_queue(subscription, list(undecided.values_list("resource_id", flat=True)))


def remove(subscription: Subscription, resource_ids: Collection[int]) -> None:
    """Take the access to the resources `resource_ids` away; the row stays, so that it shows in the history."""
    _close(subscription, resource_ids, GrantState.REMOVED)


def refuse(subscription: Subscription, resource_ids: Collection[int]) -> None:
    """Refuse the access to the resources `resource_ids`, whether it was asked for, waited for or granted."""
    _close(subscription, resource_ids, GrantState.REFUSED)


def decide(subscription: Subscription, decided: Mapping[int, str]) -> None:
    """Write what a library decides of each resource that the subscription has a row for (L7).

    `decided` maps a resource's id to `GrantState.GRANTED`, `REFUSED` or `REMOVED`; others are left alone, and so is
    what is already so. What is granted to a valid subscription takes a seat or waits for one; before, it takes none.
    """
    rows = {row.resource_id: row for row in subscription.grants.filter(resource__in=decided)}
    changed = {state: [pk for pk, row in rows.items() if decided[pk] == state != row.state] for state in GrantState}
    remove(subscription, changed[GrantState.REMOVED])
    refuse(subscription, changed[GrantState.REFUSED])
    granted = [pk for pk in changed[GrantState.GRANTED] if rows[pk].state != GrantState.WAITING]
    if subscription.current_status == Status.ACTIVE:
        give_or_queue(subscription, granted)
    else:
        subscription.grants.filter(resource__in=granted).update(state=GrantState.GRANTED, changed_at=clock.now())


def decide_requested(
    subscription: Subscription, portal: Portal, decided: Mapping[int, str] | None, *, was_valid: bool
) -> None:
    """Open what `subscription`, valid from now on, asks for; what the library `decided` otherwise is not (SUB-04).

    `decided` (as for `decide`) counts where the portal decides each resource. One that `was_valid` keeps the
    seats that it holds; any other takes its seats now, or waits for them.
    """
    if portal.decides_each_resource and decided:
        decide(subscription, decided)
    states = {GrantState.REQUESTED} if was_valid else {GrantState.REQUESTED, GrantState.GRANTED, GrantState.WAITING}
    waiting = subscription.grants.filter(state__in=states)
    give_or_queue(subscription, list(waiting.values_list("resource_id", flat=True)))


def free_seats_of(subscription: Subscription) -> None:
    """Let those who wait have the seats of `subscription`, which is no longer valid."""
    held = subscription.grants.filter(state=GrantState.GRANTED, resource__seats__isnull=False)
    serve_queue(list(held.values_list("resource_id", flat=True)))


def _close(subscription: Subscription, resource_ids: Collection[int], state: GrantState) -> None:
    limited = lock_seats(resource_ids)
    held = subscription.grants.filter(resource_id__in=resource_ids).exclude(state__in={state, GrantState.REMOVED})
    if held.update(state=state, changed_at=clock.now(), waits_since=None):
        serve_queue(limited)


def _have_rows(subscription: Subscription, resource_ids: Collection[int]) -> None:
    """Have a row for each of the resources: asked for, unless it is granted or waits for a seat."""
    ResourceGrant.objects.bulk_create(
        [ResourceGrant(subscription=subscription, resource_id=pk) for pk in sorted(resource_ids)], ignore_conflicts=True
    )
    gone = subscription.grants.filter(resource__in=resource_ids, state__in={GrantState.REFUSED, GrantState.REMOVED})
    gone.update(state=GrantState.REQUESTED, changed_at=clock.now())
