"""SSO-02: of many questions about one token, at two servers at the same moment, one is answered."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.urls import reverse

from navette.portal.models import Portal
from navette.signon.models import EventKind, Opening, SignonEvent, WayName
from navette.signon.opening import open_resource
from tests.at_once import at_once
from tests.factories import GrantFactory, vendor
from tests.web.sso.servers import web_processes

TOGETHER = 50


@pytest.mark.django_db(transaction=True)
def test_sso_02_of_fifty_questions_at_two_servers_one_is_answered(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = vendor(way=WayName.CALLBACK, key="k" * 40, tells={"last_name": "nom"})
    reader = GrantFactory(resource=access.resource).subscription.reader
    path = reverse("links:callback", args=[access.resource.slug])
    with web_processes(2, tmp_path, monkeypatch) as servers:
        brought = dict(parse_qsl(urlsplit(open_resource(reader.user, access.resource).address).query))

        def ask(number: int) -> bool:
            return bool(requests.get(servers[number % 2] + path, params=brought, timeout=60).json()["valid"])

        assert sorted(at_once(ask, TOGETHER)) == [False] * (TOGETHER - 1) + [True]
    assert Opening.objects.count() == 1
    assert SignonEvent.objects.filter(kind=EventKind.FAILED, reason="ticket_used").count() == TOGETHER - 1
