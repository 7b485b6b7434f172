"""SUB-02 with real threads and real transactions, on whichever database the suite runs on."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from navette.core.errors import Refusal
from navette.mail.models import OutgoingMail
from navette.subscriptions.actions import accept, refuse
from navette.subscriptions.actions.moves import fetch
from navette.subscriptions.models import SubscriptionEvent
from tests import factories
from tests.factories import SubscriptionFactory

MANY = 100


def all_at_once(works: list[Callable[[], None]]) -> list[str]:
    """Run `works` in as many threads, started together; return the messages of those that were refused."""
    start, refused, crashed = threading.Barrier(len(works)), [], []

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait()
            work()
        except Refusal as refusal:
            refused.append(refusal.message)
        except Exception as error:
            crashed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crashed == []
    return refused


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
