"""SSO-02: of many redemptions of one code at the same moment one succeeds, whatever the number of processes."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connection

from navette.signon.models import Opening, Ticket, TicketKind
from navette.signon.oidc import proofs
from tests.at_once import at_once
from tests.signon.oidc.relying import reader_of, told, vendor
from tests.web.sso.servers import web_processes

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 50


def test_sso_02_of_fifty_redemptions_across_two_web_processes_one_succeeds(
    portal: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = vendor()
    code = site.code(reader_of(site.access.resource))
    with web_processes(2, tmp_path, monkeypatch) as addresses:

        def redeem(number: int) -> int:
            address = f"{addresses[number % 2]}/oidc/token"
            return requests.post(address, data=site.form(code), timeout=60).status_code

        answers = at_once(redeem, TOGETHER)
    assert sorted(answers) == [200, *[400] * (TOGETHER - 1)]
    assert Opening.objects.count() == 1
    tokens = Ticket.objects.filter(kind__in=(TicketKind.ACCESS, TicketKind.REFRESH))
    assert tokens.count() == 2
    assert not tokens.filter(used_at__isnull=True).exists()  # shown twice: all that came of it has ended


def test_sso_02_a_code_shown_again_while_its_tokens_are_being_made_ends_them(
    portal: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second call waits for the first to be written whole; else it would revoke nothing, and the tokens live."""
    site = vendor()
    code = site.code(reader_of(site.access.resource))
    issue, others = proofs.issue_access, []

    def redeem_again() -> None:
        try:
            site.redeem(code)
        finally:
            connection.close()

    def issue_late(parent: Any) -> str:
        others.append(threading.Thread(target=redeem_again))
        others[-1].start()
        time.sleep(0.5)
        return issue(parent)

    monkeypatch.setattr(proofs, "issue_access", issue_late)
    status, tokens = site.redeem(code)
    for other in others:
        other.join()
    assert (status, len(others)) == (200, 1)
    assert told(tokens["access_token"])[0] == 401
