"""Tickets: good once, for a minute, whatever the number of those who ask (SSO-02)."""

import datetime as dt
import re

import pytest
import time_machine

from navette.core import clock
from navette.readers.models import Reader
from navette.signon import tickets
from navette.signon.models import Ticket, TicketKind, VendorAccess
from navette.signon.tickets import TicketRefused, claim, issue
from navette.signon.trials import Trial
from tests.at_once import at_once
from tests.factories import ReaderFactory, VendorAccessFactory

NOW = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
SERVICE = "https://vendor.example.org/in"


@pytest.fixture
def access(db: None) -> VendorAccess:
    return VendorAccessFactory()


@pytest.fixture
def reader(db: None) -> Reader:
    return ReaderFactory()


def refusal(text: str, kind: TicketKind = TicketKind.CAS) -> str:
    """Return why `text` is refused."""
    with pytest.raises(TicketRefused) as caught:
        claim(text, kind)
    return caught.value.reason


@pytest.mark.parametrize("text", ["", "ST-", "ST-" + "0" * 64, "é\ud800", "a" * 100_000])
def test_sso_02_what_the_portal_never_gave_opens_nothing(access: VendorAccess, reader: Reader, text: str) -> None:
    issue(TicketKind.CAS, access, reader, SERVICE)
    assert refusal(text) == "ticket_unknown"


def test_sso_02_a_ticket_is_good_once(access: VendorAccess, reader: Reader) -> None:
    text = issue(TicketKind.CAS, access, reader, SERVICE, prefix="ST-")
    found = claim(text, TicketKind.CAS)
    assert (found.access, found.reader, found.service) == (access, reader, SERVICE)
    assert refusal(text) == "ticket_used"


def test_sso_02_a_ticket_lasts_a_minute_and_is_spent_by_a_late_check(access: VendorAccess, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False) as time:
        early, late = (issue(TicketKind.CAS, access, reader, SERVICE) for _ in range(2))
        time.shift(59)
        assert claim(early, TicketKind.CAS).reader == reader
        time.shift(1)
        assert refusal(late) == "ticket_expired"
        assert refusal(late) == "ticket_used"


def test_sso_02_a_ticket_of_one_kind_never_passes_for_another(access: VendorAccess, reader: Reader) -> None:
    text = issue(TicketKind.CODE, access, reader, SERVICE)
    assert refusal(text, TicketKind.CAS) == "ticket_unknown"
    assert claim(text, TicketKind.CODE).reader == reader


def test_a_ticket_is_made_of_letters_digits_and_hyphens_and_its_text_is_not_kept(
    access: VendorAccess, reader: Reader
) -> None:
    text = issue(TicketKind.CAS, access, reader, SERVICE, prefix="ST-")
    assert re.fullmatch(r"ST-[A-Za-z0-9-]{32,253}", text)
    row = Ticket.objects.values().get()
    assert text[3:] not in str(row)


def test_a_trials_ticket_names_no_reader(access: VendorAccess) -> None:
    ticket = claim(issue(TicketKind.CAS, access, Trial.EXPIRED, SERVICE), TicketKind.CAS)
    assert ticket.reader is None
    assert tickets.holder_of(ticket) is Trial.EXPIRED


def test_an_access_token_serves_more_than_once_until_it_is_revoked(access: VendorAccess, reader: Reader) -> None:
    text = issue(TicketKind.ACCESS, access, reader, SERVICE, session="a session")
    assert tickets.look(text, TicketKind.ACCESS) == tickets.look(text, TicketKind.ACCESS)
    assert tickets.revoke_session("") == 0
    assert tickets.revoke_session("a session") == 1
    with pytest.raises(TicketRefused, match="ticket_used"):
        tickets.look(text, TicketKind.ACCESS)


def test_what_came_of_one_opening_is_revoked_together(access: VendorAccess, reader: Reader) -> None:
    code = claim(issue(TicketKind.CODE, access, reader, SERVICE), TicketKind.CODE)
    token = issue(TicketKind.ACCESS, access, reader, SERVICE, family=code.family)
    other = issue(TicketKind.ACCESS, access, reader, SERVICE)
    assert tickets.revoke_family(code) == 1
    with pytest.raises(TicketRefused, match="ticket_used"):
        tickets.look(token, TicketKind.ACCESS)
    assert tickets.look(other, TicketKind.ACCESS).reader == reader


def test_old_tickets_are_forgotten(access: VendorAccess, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False):
        issue(TicketKind.CAS, access, reader, SERVICE)
        assert tickets.forget_old(clock.now()) == 0
        assert tickets.forget_old(clock.now() + dt.timedelta(minutes=2)) == 1


@pytest.mark.django_db(transaction=True)
def test_sso_02_of_fifty_simultaneous_checks_one_succeeds() -> None:
    text = issue(TicketKind.CAS, VendorAccessFactory(), ReaderFactory(), SERVICE)

    def check(_number: int) -> str:
        try:
            claim(text, TicketKind.CAS)
        except TicketRefused as refused:
            return refused.reason
        return "let in"

    assert sorted(at_once(check, 50)) == ["let in", *["ticket_used"] * 49]
