"""The nightly work of all domains, in order: what it does, or would do, in figures."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.throttle import forget_old_failures
from navette.core import clock
from navette.lifecycle import retention
from navette.lifecycle.models import NightlyRun
from navette.lifecycle.moving_in import actions as moving_in
from navette.signon import notices, sessions
from navette.subscriptions import nightly as subscriptions

BEGINS_AT = 2  # o'clock, in the portal's time zone
HOLD = dt.timedelta(minutes=10)
FAILURES_KEPT = dt.timedelta(days=1)
VENDOR_SESSIONS_KEPT = dt.timedelta(days=2)  # a session here ends after 30 minutes without a request


@dataclass(frozen=True)
class Work:
    """One piece of the nightly work: `run` does it for a day, `count` says what `run` would do, both as a figure."""

    name: str
    label: str | Promise
    run: Callable[[dt.date], int]
    count: Callable[[dt.date], int]


def _of(step: subscriptions.Step | retention.Step, label: str | Promise) -> Work:
    return Work(step.name, label, step.run, step.count)


# Sessions and failed logins are judged by the real clock, whatever day is played: playing one logs nobody out.
def _clear_sessions(day: dt.date) -> int:
    count = _sessions_over(day)
    SessionStore.clear_expired()
    return count


def _sessions_over(day: dt.date) -> int:
    return Session.objects.filter(expire_date__lt=timezone.now()).count()


def _forget_failures(day: dt.date) -> int:
    with clock.set_today(None):
        return forget_old_failures(clock.now() - FAILURES_KEPT)


def _count_failures(day: dt.date) -> int:
    with transaction.atomic():
        count = _forget_failures(day)
        transaction.set_rollback(True)
    return count


def _forget_logouts(day: dt.date) -> int:
    with clock.set_today(None):
        before = clock.now() - VENDOR_SESSIONS_KEPT
        return sessions.forget_old(before) + notices.forget_old(before)


def _count_logouts(day: dt.date) -> int:
    with transaction.atomic():
        count = _forget_logouts(day)
        transaction.set_rollback(True)
    return count


WORKS: tuple[Work, ...] = (
    _of(subscriptions.EXPIRY, gettext_lazy("abonnements arrivés à leur terme")),
    _of(subscriptions.SEATS, gettext_lazy("places libérées et attribuées")),
    _of(subscriptions.NOTICES, gettext_lazy("usagers prévenus de la fin prochaine")),
    _of(subscriptions.DIGESTS, gettext_lazy("bibliothèques informées des demandes du jour")),
    _of(subscriptions.REMINDERS, gettext_lazy("bibliothèques relancées")),
    Work(
        "batches",
        gettext_lazy("fichiers d’inscription vidés"),
        subscriptions.forget_batches,
        subscriptions.count_batches,
    ),
    _of(retention.WARNINGS, gettext_lazy("usagers prévenus de l’effacement de leur compte")),
    _of(retention.REQUESTS, gettext_lazy("comptes effacés, demande refusée ou restée sans réponse")),
    _of(retention.ACCOUNTS, gettext_lazy("comptes effacés, abonnement terminé")),
    _of(retention.CLOSED, gettext_lazy("comptes professionnels fermés effacés")),
    _of(retention.OPENINGS, gettext_lazy("ouvertures détachées de la personne")),
    _of(retention.STEPS, gettext_lazy("passages chez les fournisseurs détachés de la personne")),
    _of(retention.OLD_STEPS, gettext_lazy("anciens passages chez les fournisseurs effacés")),
    _of(retention.TICKETS, gettext_lazy("tickets terminés effacés")),
    _of(retention.YEARS, gettext_lazy("marques annuelles détachées de la personne")),
    _of(retention.MAILS, gettext_lazy("textes de mails effacés")),
    _of(retention.NOBODYS, gettext_lazy("mails de comptes effacés vidés")),
    _of(retention.MESSAGES, gettext_lazy("anciennes questions effacées")),
    _of(retention.AUDIT, gettext_lazy("lignes du journal effacées")),
    Work("imports", gettext_lazy("fichiers de reprise supprimés"), moving_in.remove_files, moving_in.count_files),
    Work("sessions", gettext_lazy("sessions terminées effacées"), _clear_sessions, _sessions_over),
    Work("vendor_sessions", gettext_lazy("sessions chez les fournisseurs oubliées"), _forget_logouts, _count_logouts),
    Work("failed_logins", gettext_lazy("échecs de connexion oubliés"), _forget_failures, _count_failures),
)


def run(figures: dict[str, int]) -> None:
    """Do the nightly work of the clock's day, adding to `figures` what was done, by name.

    It may be stopped anywhere and run again, and run twice at once: each thing is done once.
    """
    for work in WORKS:
        figures[work.name] = figures.get(work.name, 0) + work.run(clock.today())


def foresee() -> dict[str, int]:
    """Return what `run` would do, by name, and change nothing."""
    return {work.name: work.count(clock.today()) for work in WORKS}


def in_words(figures: dict[str, int]) -> str:
    """Return the figures as one line that people read."""
    done = ", ".join(f"{work.label} : {figures.get(work.name, 0)}" for work in WORKS)
    return _("Nuit du %(day)s. %(done)s.") % {"day": f"{clock.today():%d/%m/%Y}", "done": done}


def is_due() -> bool:
    """Say whether it is past the hour and today's work is not done."""
    done = NightlyRun.objects.filter(day=clock.today(), finished_at__isnull=False)
    return clock.now().hour >= BEGINS_AT and not done.exists()


def take(day: dt.date) -> bool:
    """Take the day's work on, for a while; False if it is done or another worker is at it."""
    NightlyRun.objects.bulk_create([NightlyRun(day=day)], ignore_conflicts=True)
    free = NightlyRun.objects.filter(day=day, finished_at__isnull=True, held_until__lte=clock.now())
    return free.update(held_until=clock.now() + HOLD) == 1


def finish(day: dt.date, figures: dict[str, int]) -> None:
    """Remember that the day's work is done."""
    NightlyRun.objects.filter(day=day).update(finished_at=clock.now(), figures=figures)
