"""SSO-02: of many redemptions of one code at the same moment one succeeds, whatever the number of processes."""

from pathlib import Path

import pytest
import requests

from navette.signon.models import Opening, Ticket, TicketKind
from tests.at_once import at_once
from tests.signon.oidc.relying import reader_of, vendor
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
