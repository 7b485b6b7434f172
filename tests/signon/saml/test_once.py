"""SSO-02: of many answers to one request at the same moment one holds an assertion, in whatever process."""

import os
import subprocess
import sys

import pytest

from navette.signon.models import Opening, Ticket, VendorSession
from navette.signon.saml import doors
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.requests import Asked
from navette.subscriptions.models import GrantState
from tests import factories
from tests.at_once import at_once
from tests.lifecycle.processes import database_url
from tests.signon.saml import provider
from tests.signon.saml.provider import form, lists, request

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 50


@pytest.fixture
def asked() -> Asked:
    access = provider.registered()
    subscription = factories.SubscriptionFactory(active=True)
    factories.GrantFactory(subscription=subscription, resource=access.resource, state=GrantState.GRANTED)
    found = doors.receive_form(lists(form(request())))
    doors.answer(doors.receive_form(lists(form(request()))), subscription.reader)  # makes the portal's first key
    Opening.objects.all().delete()
    Ticket.objects.all().delete()
    VendorSession.objects.all().delete()
    return found


def test_sso_02_of_fifty_answers_at_once_one_holds_an_assertion(asked: Asked) -> None:
    reader = asked.access.resource.grants.get().subscription.reader

    def answer(_number: int) -> str:
        try:
            return "assertion" if doors.answer(asked, reader, session="m" * 64).fields else ""
        except SamlRefused as refused:
            return refused.reason

    assert sorted(at_once(answer, TOGETHER)) == ["assertion", *["saml_answered"] * (TOGETHER - 1)]
    assert (Opening.objects.count(), Ticket.objects.count(), VendorSession.objects.count()) == (1, 1, 1)


def test_sso_02_of_fifty_answers_in_two_processes_one_holds_an_assertion(asked: Asked) -> None:
    reader = asked.access.resource.grants.get().subscription.reader
    command = [sys.executable, "-m", "tests.signon.saml.answering", doors.carried(asked), str(reader.pk)]
    env = os.environ | {"DATABASE_URL": database_url()}
    command.append(str(TOGETHER // 2))
    processes = [
        subprocess.Popen(command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _n in range(2)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert sorted(int(process.communicate(timeout=120)[0]) for process in processes) == [0, 1]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert (Opening.objects.count(), Ticket.objects.count()) == (1, 1)
