"""SUB-02 with real threads and real transactions, on whichever database the suite runs on."""

from collections.abc import Callable

import pytest

from navette.mail.models import OutgoingMail
from navette.subscriptions.actions import accept, refuse
from navette.subscriptions.actions.moves import fetch
from navette.subscriptions.models import SubscriptionEvent
from tests import factories
from tests.at_once import all_at_once
from tests.factories import SubscriptionFactory

MANY = 100


@pytest.mark.django_db(transaction=True)
def test_sub_02_a_hundred_decisions_at_once_make_one_decision_and_one_mail() -> None:
    factories.portal()
    subscription = SubscriptionFactory()
    librarian = factories.library_account(subscription.library)

    def decide(n: int) -> Callable[[], None]:
        seen = fetch(subscription.pk)

        def work() -> None:
            if n % 2:
                accept(seen, acting_user=librarian)
            else:
                refuse(seen, acting_user=librarian, reason="not_member")

        return work

    refused = all_at_once([decide(n) for n in range(MANY)])
    assert len(refused) == MANY - 1
    assert OutgoingMail.objects.count() == SubscriptionEvent.objects.count() == 1
    assert all(librarian.name in message for message in refused)
