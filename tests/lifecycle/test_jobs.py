"""Long jobs in slices: refused to strangers, each row once whatever falls, stopped and taken up again."""

import datetime as dt
import stat

import pytest
from django.utils import timezone

from navette.accounts.models import User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.files.sheets import BadSheet
from navette.lifecycle import imports, jobs
from navette.lifecycle.models import Job, JobState
from navette.lifecycle.moving_in import actions, running
from navette.lifecycle.moving_in.invitations import invite_next, never_invited
from navette.lifecycle.worker import Worker
from navette.mail.models import OutgoingMail
from navette.readers.models import Reader
from navette.subscriptions.models import Subscription, SubscriptionEvent
from tests import factories
from tests.at_once import at_once
from tests.lifecycle.moving_in.files import SUBSCRIBERS, counts, draft, person, queued, taken_over
from tests.lifecycle.processes import kill, start, wait_for


@pytest.fixture
def administrator(db: None) -> User:
    factories.portal()
    factories.ResourceFactory(name="Presse")
    factories.LibraryFactory(name="Bazas")
    return factories.staff()


def people(count: int) -> str:
    return SUBSCRIBERS + "".join(
        person(n, start="", end=f"{clock.today():%d/%m/}{clock.today().year + 1}") for n in range(count)
    )


# ---- who may, and what can't be
def test_only_those_who_take_over_may(administrator: User) -> None:
    job = draft("subscribers", people(2), administrator)
    for stranger in (factories.staff(StaffRoleName.DIGITAL), factories.library_account(factories.LibraryFactory())):
        with pytest.raises(NotAllowed):
            draft("subscribers", people(2), stranger)
        with pytest.raises(NotAllowed):
            actions.start(job, acting_user=stranger, columns=job.columns, dry_run=True)
        with pytest.raises(NotAllowed):
            actions.start_for_real(job, acting_user=stranger)
        with pytest.raises(NotAllowed):
            jobs.stop(job, acting_user=stranger)
        with pytest.raises(NotAllowed):
            invite_next(1, acting_user=stranger)
    assert Job.objects.get().state == JobState.DRAFT


def test_of_a_bad_file_nothing_is_kept(administrator: User) -> None:
    before = set(imports.folder().iterdir())
    for text in ("%PDF-1.7", "Nom;Nom\na;b\n", "Nom;Mail\na;b\nc;d;e\n"):
        with pytest.raises(BadSheet):
            draft("subscribers", text, administrator)
    assert set(imports.folder().iterdir()) == before
    assert not Job.objects.exists()


def test_a_file_is_kept_where_nobody_else_reads_it(administrator: User) -> None:
    path = imports.folder() / draft("subscribers", people(2), administrator).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "ancien" not in path.name


def test_columns_that_are_missing_or_used_twice_are_refused(administrator: User) -> None:
    job = draft("subscribers", people(2), administrator)
    for columns in ({"email": 2}, {**job.columns, "email": 0}, {**job.columns, "email": 99}):
        with pytest.raises(Invalid):
            actions.start(job, acting_user=administrator, columns=columns, dry_run=True)


def test_a_file_is_started_once_and_for_real_once(administrator: User) -> None:
    job = queued("subscribers", people(2), administrator, dry_run=True)
    with pytest.raises(Refusal):
        actions.start(job, acting_user=administrator, columns=job.columns, dry_run=False)
    with pytest.raises(Refusal, match="pas terminé"):
        actions.start_for_real(job, acting_user=administrator)
    jobs.finish(job)
    real = actions.start_for_real(job, acting_user=administrator)
    with pytest.raises(Refusal, match="déjà lancé"):
        actions.start_for_real(job, acting_user=administrator)
    assert counts(jobs.finish(real)) == (2, 0, 0, 0)


# ---- stopping, failing, going on
def test_a_job_is_stopped_and_taken_up_where_it_stood(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 4)
    job = queued("subscribers", people(10), administrator)
    assert jobs.work()
    jobs.stop(job, acting_user=administrator)
    with pytest.raises(Refusal):
        jobs.stop(job, acting_user=administrator)
    assert not jobs.work()
    assert Reader.objects.count() == 4
    jobs.resume(job, acting_user=administrator)
    with pytest.raises(Refusal):
        jobs.resume(job, acting_user=administrator)
    assert counts(jobs.finish(job)) == (10, 0, 0, 0)


def test_a_fault_ends_the_job_and_not_the_worker(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 4)
    job = queued("subscribers", people(10), administrator)
    jobs.work()
    path = imports.folder() / job.path
    hidden = path.rename(path.with_suffix(".gone"))
    worker = Worker()
    worker._night_from = float("inf")
    assert worker.work() == 0
    job.refresh_from_db()
    assert (job.state, job.position, job.error) == (
        JobState.FAILED,
        4,
        "Le fichier n’est plus là : envoyez-le de nouveau.",
    )
    hidden.rename(path)
    jobs.resume(job, acting_user=administrator)
    while Job.objects.get().is_at_work:
        worker.work()
    assert counts(Job.objects.get()) == (10, 0, 0, 0)


def test_an_unexpected_fault_tells_no_persons_data(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = queued("subscribers", people(1), administrator)

    def fail(*_arguments: object) -> None:
        raise RuntimeError("zoe0@example.org")

    monkeypatch.setattr(running, "read_all", fail)
    jobs.work()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "RuntimeError")


# ---- whatever falls
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_row_once(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 20)
    queued("subscribers", people(200), administrator)

    def run(_number: int) -> None:
        while Job.objects.filter(state__in=jobs.TO_DO).exists():
            jobs.work()

    at_once(run, 2)
    job = Job.objects.get()
    assert (job.position, *counts(job)) == (200, 200, 0, 0, 0)
    assert Reader.objects.count() == 200


@pytest.mark.django_db(transaction=True)
def test_workers_killed_amid_a_job_lose_no_row_and_double_none(administrator: User) -> None:
    count = 4_000
    queued("subscribers", people(count), administrator)
    for threshold in (1, 1_500):
        worker = start("worker")
        wait_for(lambda at=threshold: Reader.objects.count() >= at, worker)  # type: ignore[misc]
        kill(worker)
        job = Job.objects.get()
        assert Reader.objects.count() == job.position == job.created, "the place reached goes with the rows"
        assert job.position < count
    last = start("worker")
    wait_for(lambda: Job.objects.get().state == JobState.DONE, last)
    kill(last)
    assert counts(Job.objects.get()) == (count, 0, 0, 0)
    assert Subscription.objects.count() == SubscriptionEvent.objects.count() == count
    assert not OutgoingMail.objects.exists()


# ---- the night
def test_the_night_removes_files_of_jobs_that_ended_a_week_ago(administrator: User) -> None:
    done = taken_over("subscribers", people(2), administrator, dry_run=True)
    real = actions.start_for_real(done, acting_user=administrator)
    unused = draft("subscribers", people(2), administrator)
    path, other = imports.folder() / done.path, imports.folder() / unused.path
    long_ago = timezone.now() - dt.timedelta(days=8)
    Job.objects.filter(pk=done.pk).update(finished_at=long_ago)
    Job.objects.filter(pk=unused.pk).update(created_at=long_ago)
    assert actions.count_files(clock.today()) == 2
    assert actions.remove_files(clock.today()) == 2
    assert path.exists(), "the real run has still to read it"
    assert not other.exists()
    assert not Job.objects.filter(pk=unused.pk).exists()
    jobs.finish(real)
    Job.objects.filter(pk=real.pk).update(finished_at=long_ago)
    assert actions.remove_files(clock.today()) == 1
    assert not path.exists()
    assert actions.remove_files(clock.today()) == 0


# ---- invitations
def test_invitations_go_in_waves_and_to_nobody_twice(administrator: User) -> None:
    states = [person(n) for n in range(5)] + [
        person(8, state="Refusé"),
        person(9, state="Expiré", end="01/01/2026", start="01/01/2025"),
    ]
    with clock.set_today(dt.date(2027, 3, 1)):
        taken_over("subscribers", SUBSCRIBERS + "".join(states), administrator)
    factories.SubscriptionFactory(reader__user__password="!")
    User.objects.filter(email="zoe4@example.org").update(password=factories.hashed_password())
    assert never_invited().count() == 4
    for wrong in (0, -1, 2_001):
        with pytest.raises(Invalid):
            invite_next(wrong, acting_user=administrator)
    assert invite_next(3, acting_user=administrator) == 3
    assert invite_next(3, acting_user=administrator) == 1
    assert invite_next(3, acting_user=administrator) == 0
    mails = OutgoingMail.objects.filter(kind="invitation").values_list("to_email", flat=True)
    assert sorted(mails) == [f"zoe{n}@example.org" for n in range(4)]


def test_a_wave_may_be_of_one_library(administrator: User) -> None:
    other = factories.LibraryFactory(name="Aillas")
    with clock.set_today(dt.date(2027, 3, 1)):
        taken_over("subscribers", SUBSCRIBERS + person(1) + person(2, library="Aillas"), administrator)
    assert never_invited(library=other).count() == 1
    assert invite_next(10, acting_user=administrator, library=other) == 1
    assert list(OutgoingMail.objects.values_list("to_email", flat=True)) == ["zoe2@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_waves_at_once_invite_nobody_twice(administrator: User) -> None:
    taken_over("subscribers", people(30), administrator)
    at_once(lambda _number: invite_next(20, acting_user=administrator), 2)
    addresses = list(OutgoingMail.objects.values_list("to_email", flat=True))
    assert len(addresses) == len(set(addresses)) >= 20
