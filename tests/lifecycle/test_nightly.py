"""`navette nightly`: what it says, what it cleans, and that playing a day harms nobody."""

import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from navette.accounts.models import FailedLogins
from navette.core import clock
from navette.lifecycle import nightly
from navette.lifecycle.models import NightlyRun
from navette.mail.models import OutgoingMail
from navette.subscriptions.models import Subscription
from tests import factories
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db


def _nightly(*arguments: str) -> str:
    out = io.StringIO()
    call_command("nightly", *arguments, stdout=out)
    return out.getvalue()


def _ended(day: dt.date) -> None:
    factories.portal()
    last = day - dt.timedelta(days=1)
    SubscriptionFactory(active=True, starts_on=last - dt.timedelta(days=365), ends_on=last)


def _session(name: str, *, hours: int) -> None:
    expires = timezone.now() + dt.timedelta(hours=hours)
    Session.objects.create(session_key=name, session_data="", expire_date=expires)


@pytest.mark.parametrize("text", ["2027-02-29", "2027-13-01", "01/03/2027", "demain", "", "99999-01-01"])
def test_a_day_that_is_none_is_told_clearly(text: str) -> None:
    with pytest.raises((CommandError, SystemExit), match="AAAA-MM-JJ"):
        _nightly(f"--today={text}")


def test_it_ends_with_one_line_of_figures() -> None:
    _ended(dt.date(2027, 3, 1))
    lines = _nightly("--today", "2027-03-01").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Nuit du 01/03/2027.")
    assert "abonnements arrivés à leur terme : 1" in lines[0]
    assert OutgoingMail.objects.get().kind == "expired"


def test_a_dry_run_says_the_same_and_writes_nothing(django_assert_max_num_queries: Any) -> None:
    day = dt.date(2027, 3, 1)
    _ended(day)
    _session("over", hours=-1)
    FailedLogins.objects.create(key="k", failures=3, last_at=timezone.now() - dt.timedelta(days=40))
    before = list(Subscription.objects.values())
    foreseen = _nightly("--today", str(day), "--dry-run")
    assert foreseen.startswith("À blanc, rien n’a été changé. Nuit du 01/03/2027.")
    assert list(Subscription.objects.values()) == before
    assert (OutgoingMail.objects.count(), Session.objects.count(), FailedLogins.objects.count()) == (0, 1, 1)
    assert not NightlyRun.objects.exists()
    assert foreseen.partition("changé. ")[2] == _nightly("--today", str(day))
    assert (OutgoingMail.objects.count(), Session.objects.count(), FailedLogins.objects.count()) == (1, 0, 0)


def test_playing_a_day_to_come_logs_nobody_out_and_forgets_no_failure() -> None:
    factories.portal()
    _session("open", hours=1)
    FailedLogins.objects.create(key="k", failures=3, last_at=timezone.now())
    _nightly("--today", str(clock.today() + dt.timedelta(days=400)))
    assert Session.objects.count() == FailedLogins.objects.count() == 1
    assert not NightlyRun.objects.exists(), "a day played is not a night done"


def test_a_database_that_comes_back_is_waited_for_and_the_figures_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([OperationalError("database is locked"), None])
    _without_waiting(monkeypatch)
    monkeypatch.setattr(nightly, "run", _failing(failures, nightly.run))
    _ended(dt.date(2027, 3, 1))
    assert "terme : 1" in _nightly("--today", "2027-03-01")


def test_a_database_that_stays_away_is_told_honestly(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_waiting(monkeypatch)
    monkeypatch.setattr(nightly, "run", _failing(iter([OperationalError("locked")] * 99), nightly.run))
    with pytest.raises(CommandError, match="ne répond pas"):
        _nightly()


def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "navette.lifecycle.management.commands.nightly"
    monkeypatch.setattr(f"{command}.time.sleep", lambda seconds: None)
    monkeypatch.setattr(f"{command}.connections.close_all", lambda: None)


def _failing(failures: Any, work: Any) -> Any:
    def run(figures: dict[str, int]) -> None:
        failure = next(failures)
        if failure:
            raise failure
        work(figures)

    return run
