"""Subscriptions' lives, told forward in time by the same moves and dates as the product's own."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from navette.demo.plan import Calendar
from navette.portal.models import Duration, StartRule
from navette.subscriptions.dates import DAYS_365, deadline_of, end_of, proposed_start, same_day
from navette.subscriptions.nightly import FIRST_NOTICE, LAST_NOTICE
from navette.subscriptions.states import Move, RefusalReason, Status

READER, LIBRARY, SYSTEM = "reader", "library", "system"
NIGHT = dt.time(2, 0)


@dataclass(frozen=True)
class Step:
    """Something that happened: when, by whom (READER, LIBRARY or SYSTEM), which move, from and to which state."""

    at: dt.datetime
    who: str
    move: Move
    source: str
    target: str
    reason: str = ""
    ends_on: dt.date | None = None


@dataclass
class Life:
    """A subscription as it stands today, with its history. Each method is one more move."""

    rng: random.Random
    cal: Calendar
    status: str = ""
    requested_at: dt.datetime = field(init=False)
    deadline: dt.date | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    refusal_reason: str = ""
    steps: list[Step] = field(default_factory=list)

    def request(self, ago: int) -> "Life":
        """Ask for the first time, `ago` days ago."""
        return self._ask(Move.REQUEST, ago, Status.PENDING)

    def await_parent(self, ago: int) -> "Life":
        """Ask for the first time, so young that a parent has to agree: the library sees nothing yet."""
        self._ask(Move.AWAIT_PARENT, ago, Status.UNCONFIRMED)
        self.deadline = None
        return self

    def accept(self, ago: int) -> "Life":
        """Let the library accept."""
        return self._start(Move.ACCEPT, ago)

    def renew(self, ago: int) -> "Life":
        """Let the library renew."""
        return self._start(Move.RENEW, ago)

    def refuse(self, ago: int, reason: RefusalReason) -> "Life":
        """Let the library refuse."""
        return self._close(Move.REFUSE, ago, reason)

    def end(self, ago: int) -> "Life":
        """Let the library end it: the reader has left."""
        return self._close(Move.END, ago, RefusalReason.LEFT)

    def ask_again(self, ago: int) -> "Life":
        """Ask again after a refusal."""
        return self._ask(Move.ASK_AGAIN, ago, Status.PENDING)

    def ask_renewal(self, ago: int) -> "Life":
        """Ask for the renewal, while it is valid or once it is over."""
        if self.status == Status.ACTIVE:
            return self._ask(Move.ASK_RENEWAL, ago, Status.ACTIVE)
        return self._ask(Move.ASK_AFTER_END, ago, Status.PENDING)

    def expire(self) -> "Life":
        """Let the nightly work close it, the night after its last day."""
        if self.ends_on is None:
            raise ValueError("only a subscription that was valid expires")
        night = dt.datetime.combine(self.ends_on + dt.timedelta(days=1), NIGHT, tzinfo=self.requested_at.tzinfo)
        return self._step(Move.EXPIRE, night, SYSTEM, Status.EXPIRED)

    def valid_from(self, start: dt.date) -> "Life":
        """Ask and be accepted so that the subscription counts from `start`."""
        ago, taken = (self.cal.today - start).days, self.rng.randrange(4)
        if self.cal.portal.start_rule == StartRule.DECISION:
            return self.request(ago + taken).accept(ago)
        return self.request(ago).accept(max(ago - taken, 0))

    @property
    def notice_days(self) -> int | None:
        """Return the last notice that the reader has had of this end; who is due one today is left for the night."""
        if self.status not in {Status.ACTIVE, Status.EXPIRED} or self.ends_on is None:
            return None
        left = (self.ends_on - self.cal.today).days
        return None if left >= FIRST_NOTICE else FIRST_NOTICE if left >= LAST_NOTICE else LAST_NOTICE

    @property
    def announced_at(self) -> dt.datetime | None:
        """Return when the library was told of what waits."""
        return self.requested_at if self.deadline else None

    @property
    def reminded_at(self) -> dt.datetime | None:
        """Return when it was reminded, the night of the day before the deadline; tonight's are still to come."""
        if self.deadline is None or self.deadline > self.cal.today:
            return None
        return dt.datetime.combine(self.deadline - dt.timedelta(days=1), NIGHT, tzinfo=self.requested_at.tzinfo)

    def _moment(self, ago: int) -> dt.datetime:
        moment = self.cal.moment(self.rng, self.cal.day(ago))
        # Nobody is answered before they have asked.
        return max(moment, self.steps[-1].at + dt.timedelta(minutes=7)) if self.steps else moment

    def _step(self, move: Move, at: dt.datetime, who: str, target: str, reason: str = "") -> "Life":
        self.steps.append(Step(at, who, move, self.status, target, reason, self.ends_on))
        self.status = target
        return self

    def _ask(self, move: Move, ago: int, target: str) -> "Life":
        self.requested_at = self._moment(ago)
        self.deadline = deadline_of(self.cal.day(ago), self.cal.portal)
        self.refusal_reason = ""
        return self._step(move, self.requested_at, READER, target)

    def _start(self, move: Move, ago: int) -> "Life":
        portal, day = self.cal.portal, self.cal.day(ago)
        asked = self.requested_at.date() if self.deadline else day
        self.starts_on = proposed_start(portal, requested_on=asked, today=day, renewal=self.ends_on is not None)
        self.ends_on = end_of(self.starts_on, portal.duration)
        self.deadline, self.refusal_reason = None, ""
        return self._step(move, self._moment(ago), LIBRARY, Status.ACTIVE)

    def _close(self, move: Move, ago: int, reason: RefusalReason) -> "Life":
        self.deadline, self.refusal_reason = None, reason
        return self._step(move, self._moment(ago), LIBRARY, Status.REFUSED, str(reason.label))


def start_of_end(cal: Calendar, ends_on: dt.date) -> dt.date:
    """Return the start of a subscription that ends on `ends_on`."""
    return ends_on - DAYS_365 if cal.portal.duration == Duration.DAYS_365 else same_day(ends_on, -1)


def _ending(life: Life, days: int) -> Life:
    """Make it valid so that it ends in `days` days (ended, where negative)."""
    return life.valid_from(start_of_end(life.cal, life.cal.day(-days)))


def waiting(life: Life, ago: int | None = None) -> Life:
    """Tell of a first request that waits: most are recent, some late."""
    days = life.cal.portal.decision_days
    return life.request(life.rng.choices(range(days + 4), [6] * days + [4, 2, 1, 1])[0] if ago is None else ago)


def asked_again(life: Life) -> Life:
    """Tell of a refusal, and of the request made after it."""
    ago = life.rng.randrange(20, 90)
    return life.request(ago).refuse(ago - 2, RefusalReason.NOT_MEMBER).ask_again(life.rng.randrange(4))


def refused(life: Life) -> Life:
    """Tell of a request refused in the last three months."""
    ago = life.rng.randrange(4, 90)
    reason = life.rng.choices([RefusalReason.NOT_MEMBER, RefusalReason.MEMBERSHIP_OVER], [2, 1])[0]
    return life.request(ago).refuse(ago - life.rng.randrange(1, 4), reason)


def ended(life: Life) -> Life:
    """Tell of a subscription that the library ended."""
    ago = life.rng.randrange(40, 300)
    return life.valid_from(life.cal.day(ago)).end(life.rng.randrange(2, 35))


def active(life: Life) -> Life:
    """Tell of a first year with over a month to run."""
    return life.valid_from(life.cal.day(life.rng.randrange(4, 330)))


def renewed(life: Life) -> Life:
    """Tell of a second or third year, renewed on the reader's asking or by the library alone."""
    ago, asks = life.rng.randrange(5, 330), life.rng.random() < 0.6
    life.valid_from(life.cal.day(ago + 370 + life.rng.randrange(-25, 60)))
    if life.ends_on is not None and life.ends_on < life.cal.day(ago + 2 if asks else ago):
        life.expire()
    return life.ask_renewal(ago + 2).accept(ago) if asks else life.renew(ago)


def accepted_later(life: Life) -> Life:
    """Tell of a refusal that was put right."""
    ago = life.rng.randrange(20, 300)
    return life.request(ago + 9).refuse(ago + 7, RefusalReason.MEMBERSHIP_OVER).ask_again(ago + 2).accept(ago)


def ending_in_a_month(life: Life) -> Life:
    """Tell of an end within 8 to 30 days."""
    return _ending(life, life.rng.randrange(8, 31))


def ending_in_a_week(life: Life) -> Life:
    """Tell of an end within 7 days, today included."""
    return _ending(life, life.rng.randrange(8))


def renewal_asked(life: Life) -> Life:
    """Tell of a valid subscription whose reader asks for the renewal."""
    return _ending(life, life.rng.randrange(1, 24)).ask_renewal(life.rng.randrange(5))


def expired_yesterday(life: Life) -> Life:
    """Tell of an end that was yesterday; the nightly work has not passed yet."""
    return _ending(life, -1)


def expired(life: Life) -> Life:
    """Tell of an end in the last eleven months."""
    return _ending(life, -life.rng.randrange(2, 330)).expire()


def asked_after_end(life: Life) -> Life:
    """Tell of a renewal asked for once it was over."""
    return _ending(life, -life.rng.randrange(8, 60)).expire().ask_renewal(life.rng.randrange(5))


def awaiting_parent(life: Life) -> Life:
    """Tell of a young reader whose parent was asked two days ago."""
    return life.await_parent(2)


Telling = Callable[[Life], Life]
# What readers are at, in a thousand.
SHARES: tuple[tuple[Telling, int], ...] = (
    (waiting, 60),
    (asked_again, 8),
    (refused, 45),
    (ended, 20),
    (active, 400),
    (renewed, 130),
    (accepted_later, 15),
    (ending_in_a_month, 60),
    (ending_in_a_week, 22),
    (renewal_asked, 25),
    (expired_yesterday, 5),
    (expired, 190),
    (asked_after_end, 20),
)
BY_NAME: dict[str, Telling] = {telling.__name__: telling for telling in (*dict(SHARES), awaiting_parent)}


def first_library_tellings(cal: Calendar) -> list[Telling]:
    """Return what the first library's list begins with, so that it has one of everything: late, today, tomorrow..."""
    days = cal.portal.decision_days
    long_ago = (days + 9, days + 6) if cal.portal.staff_decides_late else ()  # of which the library was warned
    ages = (*long_ago, days + 2, days, days - 1, days - 1, 1, 1)
    waits = [lambda life, ago=ago: waiting(life, ago) for ago in ages]
    return [*waits, *(telling for telling, _ in SHARES), renewal_asked, expired_yesterday, ending_in_a_week, refused]


def any_telling(rng: random.Random) -> Telling:
    """Return a telling, as often as readers live it."""
    return rng.choices([telling for telling, _ in SHARES], [share for _, share in SHARES])[0]
