"""When a subscription starts and ends (SUB-03), and by when its library decides (SUB-05). Pure functions."""

import datetime as dt

from navette.portal.models import Duration, Portal, StartRule

DAYS_365 = dt.timedelta(days=365)


def same_day(day: dt.date, years: int) -> dt.date:
    """Return the same day `years` later (earlier where negative); 29 February falls on the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def end_of(starts_on: dt.date, duration: str) -> dt.date:
    """Return the last day of access of a subscription that starts on `starts_on`."""
    return starts_on + DAYS_365 if duration == Duration.DAYS_365 else same_day(starts_on, 1)


def earliest_start(today: dt.date) -> dt.date:
    """Return the first day from which a subscription may count: less than one year ago."""
    return same_day(today, -1) + dt.timedelta(days=1)


def may_start(day: dt.date, today: dt.date) -> bool:
    """Say whether a subscription may count from `day`: at most today, and less than a year old."""
    return earliest_start(today) <= day <= today


def proposed_start(portal: Portal, *, requested_on: dt.date, today: dt.date, renewal: bool) -> dt.date:
    """Return the start date that the portal's rule gives; a request of over a year ago starts today."""
    if portal.start_rule == StartRule.DECISION:
        return today
    if portal.start_rule == StartRule.REGISTRATION and renewal:
        return today
    return requested_on if may_start(requested_on, today) else today


def deadline_of(visible_on: dt.date, portal: Portal) -> dt.date:
    """Return the day by which the library decides a request that it sees since `visible_on`."""
    return visible_on + dt.timedelta(days=portal.decision_days)


def is_younger(birth_date: dt.date, years: int, today: dt.date) -> bool:
    """Say whether somebody born on `birth_date` is not yet `years` old on `today`."""
    return same_day(birth_date, years) > today
