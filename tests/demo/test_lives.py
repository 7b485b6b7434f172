"""The demo's lives follow the product's own table of moves and its dates (SUB-01, SUB-03)."""

import datetime as dt
import itertools
import random

import pytest

from navette.demo import lives
from navette.demo.lives import Life
from navette.demo.plan import Calendar
from navette.portal.models import Portal
from navette.portal.profiles import PROFILES
from navette.subscriptions.dates import end_of, may_start
from navette.subscriptions.states import TRANSITIONS, Move, Status

DAYS = [dt.date(2026, 11, 22), dt.date(2027, 3, 1), dt.date(2028, 2, 29)]
TELLINGS = sorted(lives.BY_NAME)


def told(telling: str, profile: str, today: dt.date, seed: int) -> Life:
    """Return the life that `telling` tells."""
    cal = Calendar(today, Portal(profile=profile, **PROFILES[profile]))
    return lives.BY_NAME[telling](Life(random.Random(seed), cal))


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("telling", TELLINGS)
def test_sub_01_each_step_is_a_move_that_the_table_allows(telling: str, profile: str) -> None:
    for today, seed in itertools.product(DAYS, range(12)):
        life = told(telling, profile, today, seed)
        assert life.steps[0].move in {Move.REQUEST, Move.AWAIT_PARENT}
        for before, step in zip(life.steps, life.steps[1:], strict=False):
            transition = TRANSITIONS[step.move]
            assert step.source in transition.sources
            assert step.target == transition.target
            assert before.at < step.at
        assert life.steps[-1].at.date() <= today


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("telling", TELLINGS)
def test_sub_03_dates_are_what_the_profile_gives(telling: str, profile: str) -> None:
    for today, seed in itertools.product(DAYS, range(12)):
        life = told(telling, profile, today, seed)
        if life.starts_on is None:
            assert life.ends_on is None
            continue
        assert life.ends_on == end_of(life.starts_on, life.cal.portal.duration)
        started = next(step for step in reversed(life.steps) if step.move in {Move.ACCEPT, Move.RENEW})
        assert may_start(life.starts_on, started.at.date())
        if life.status == Status.EXPIRED:
            assert life.ends_on < today


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_what_waits_has_a_deadline_and_nothing_else_has(profile: str) -> None:
    waits = {"waiting", "asked_again", "renewal_asked", "asked_after_end"}
    for telling in TELLINGS:
        assert (told(telling, profile, DAYS[0], 3).deadline is not None) is (telling in waits)


def test_sub_05_a_library_was_reminded_before_each_deadline_that_has_come() -> None:
    portal = Portal(profile="gironde", **PROFILES["gironde"])
    today = DAYS[0]
    for ago, reminded in ((1, None), (3, None), (4, today - dt.timedelta(days=1)), (6, today - dt.timedelta(days=3))):
        life = lives.waiting(Life(random.Random(1), Calendar(today, portal)), ago)
        assert (life.reminded_at.date() if life.reminded_at else None) == reminded


def test_a_telling_that_never_was_valid_does_not_expire() -> None:
    life = Life(random.Random(1), Calendar(DAYS[0], Portal(profile="gironde", **PROFILES["gironde"]))).request(3)
    with pytest.raises(ValueError, match="valid"):
        life.expire()
