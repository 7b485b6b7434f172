"""The one point where it is decided whether a reader may open a resource. Asked at each opening, never remembered."""

import datetime as dt

from navette.core import clock
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors, trials
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.queries import places_of
from navette.subscriptions.states import Status


def may_open(reader: Reader, resource: DigitalResource, today: dt.date) -> Subscription:
    """Return the subscription by which `reader` may open `resource` on `today`; raise the `Stopped` that says why not.

    The subscription is judged by its dates, whether or not the nightly command ran (SUB-03, SUB-04, SUB-13). What is
    given as `reader` and `resource` should be freshly read; subscription and grant are read here.
    """
    if not resource.is_open:
        raise errors.ResourceClosed(resource.name)
    subscription = Subscription.objects.select_related("library__territory").filter(reader=reader).first()
    if subscription is None:
        raise errors.NoSubscription
    _check_subscription(subscription, today)
    if reader.user.email_confirmed_at is None:
        raise errors.AddressNotConfirmed
    _check_grant(subscription, resource)
    subscription.reader = reader
    return subscription


def admit(holder: Reader | trials.Trial, resource: DigitalResource, today: dt.date) -> Subscription:
    """Return the subscription by which `holder` may open `resource`, a reader as `may_open` says or one of a trial."""
    if isinstance(holder, trials.Trial):
        return trials.subscription_of(holder, resource, today)
    return may_open(holder, resource, today)


def _check_subscription(subscription: Subscription, today: dt.date) -> None:
    library = subscription.library.name
    status = subscription.status_on(today)
    if status == Status.UNCONFIRMED:
        raise errors.ParentAwaited
    if status == Status.REFUSED:
        raise errors.Refused(library, subscription.get_refusal_reason_display())
    if status == Status.PENDING:
        raise _waiting(subscription, library)
    if status == Status.EXPIRED:
        raise errors.Expired(library, _end(subscription))


def _waiting(subscription: Subscription, library: str) -> errors.Stopped:
    if subscription.is_renewal:
        return errors.RenewalWaiting(library, _end(subscription))
    return errors.Waiting(library, clock.day_of(subscription.requested_at))


def _end(subscription: Subscription) -> dt.date:
    if subscription.ends_on is None:  # the constraint sub_valid_has_dates forbids it
        raise ValueError(f"subscription {subscription.pk} is over and has no end date")
    return subscription.ends_on


def _check_grant(subscription: Subscription, resource: DigitalResource) -> None:
    grant = ResourceGrant.objects.filter(subscription=subscription, resource=resource).first()
    if grant is None or grant.state == GrantState.REMOVED:
        raise errors.NotAskedFor(resource.name)
    if grant.state == GrantState.REQUESTED:
        raise errors.GrantWaiting(resource.name, subscription.library.name)
    if grant.state == GrantState.WAITING:
        raise errors.SeatAwaited(resource.name, places_of(subscription)[resource.pk])
    if grant.state != GrantState.GRANTED:
        raise errors.GrantRefused(resource.name, subscription.library.name)
