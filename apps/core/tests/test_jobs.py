"""Jobs: the row is the truth, whatever the queue delivers, loses or delivers twice."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.core import errors
from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.services import jobs
from conftest import Committed

Kinds = dict[str, Callable[[Job], Any]]


Left = list[tuple[Any, str, str]]


@pytest.fixture
def left() -> Left:
    """Jobs that ended while nobody ran them, with the schema in which and by whom that was settled."""
    return []


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch, left: Left) -> Kinds:
    """What is run by kind; to be filled by the test."""
    listed: Kinds = {"test": lambda job: None}
    ended = {"test": lambda job, actor: left.append((job.pk, connection.schema_name, actor.kind))}
    monkeypatch.setattr(jobs, "listed", lambda: SimpleNamespace(JOBS=listed, ENDED=ended))
    return listed


def member(tenant: Any, id: int = 1, *codes: str) -> Actor:
    return Actor(kind="user", id=id, label="somebody", tenant_id=tenant.pk, codes=frozenset(codes))


def start(tenant: Any, **arguments: Any) -> Job:
    return jobs.start(actor=member(tenant), kind="test", **arguments)


def fresh(job: Job) -> Any:
    return Job.objects.get(pk=job.pk)


def test_a_job_is_queued_after_the_commit_and_not_without_one(
    tenant_a: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("apps.core.tasks.run_job.delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            start(tenant_a)
            _ = 1 / 0
        job = start(tenant_a)
        assert sent == []
    assert sent == [str(job.pk)]


def test_a_job_runs_in_its_tenant_and_keeps_its_result(tenant_a: Any, kinds: Kinds) -> None:
    kinds["test"] = lambda job: {"schema": connection.schema_name, "word": job.arguments["word"]}
    job = start(tenant_a, word="go")
    jobs.run(str(job.pk))
    done = fresh(job)
    assert (done.state, done.result, done.error) == ("succeeded", {"schema": tenant_a.schema_name, "word": "go"}, None)
    assert (done.attempts, done.actor_label) == (1, "somebody")
    assert done.started_at
    assert done.finished_at
    assert connection.schema_name == "public"


def test_a_second_message_for_the_same_job_does_nothing(tenant_a: Any, kinds: Kinds) -> None:
    runs: list[Any] = []

    def work(job: Job) -> None:
        runs.append(job.pk)
        jobs.run(job.pk)

    kinds["test"] = work
    job = start(tenant_a)
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert runs == [job.pk]


def test_a_refusal_is_the_jobs_error_and_a_bug_says_nothing_of_itself(
    tenant_a: Any, kinds: Kinds, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(job: Job) -> None:
        raise errors.TooLarge("Too many posts.", most=5)

    def fail(job: Job) -> None:
        raise ValueError("inner words")

    kinds["refused"], kinds["broken"] = refuse, fail
    refused, broken = (jobs.start(actor=member(tenant_a), kind=kind) for kind in ("refused", "broken"))
    jobs.run(refused.pk)
    jobs.run(broken.pk)
    assert (fresh(refused).state, fresh(broken).state) == ("failed", "failed")
    assert fresh(refused).error["detail"] == {"message": "Too many posts.", "most": 5}
    assert fresh(refused).error["code"] == "too_large"
    assert fresh(broken).error["code"] == "internal"
    assert "inner words" not in str(fresh(broken).error)
    assert "inner words" in caplog.text


def test_progress_is_seen_and_keeps_the_lease(tenant_a: Any, kinds: Kinds) -> None:
    seen: list[Any] = []

    def work(job: Job) -> None:
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
        jobs.step(job, total=3)
        jobs.step(job, 2)
        now = fresh(job)
        assert now.lease_until
        seen.append((now.done, now.total, now.lease_until > timezone.now() + timedelta(minutes=4)))

    kinds["test"] = work
    jobs.run(start(tenant_a).pk)
    assert seen == [(3, 3, True)]


def test_a_job_that_has_not_begun_is_cancelled_and_settled_at_once(tenant_a: Any, kinds: Kinds, left: Left) -> None:
    job = start(tenant_a)
    for _ in range(2):
        assert jobs.cancel(actor=member(tenant_a), job_id=job.pk).state == "cancelled"
    assert left == [(job.pk, tenant_a.schema_name, "user")]
    kinds["test"] = lambda job: pytest.fail("it ran")
    jobs.run(job.pk)
    assert fresh(job).state == "cancelled"


def test_a_running_job_ends_at_its_next_step(tenant_a: Any, kinds: Kinds, left: Left) -> None:
    steps: list[int] = []

    def work(job: Job) -> None:
        for number in range(3):
            jobs.step(job)
            steps.append(number)
            if number == 0:
                assert jobs.cancel(actor=member(tenant_a), job_id=job.pk).state == "running"

    kinds["test"] = work
    job = start(tenant_a)
    jobs.run(job.pk)
    assert (steps, left) == ([0], [])
    assert fresh(job).state == "cancelled"
    assert jobs.cancel(actor=member(tenant_a), job_id=job.pk).state == "cancelled"


def test_a_job_is_its_owners_and_of_those_who_may_read_users_of_its_tenant(tenant_a: Any, tenant_b: Any) -> None:
    job = start(tenant_a)
    for actor in (member(tenant_a), member(tenant_a, 2, "users.read")):
        assert jobs.job_for(actor=actor, job_id=job.pk) == job
    for actor in (member(tenant_a, 2), member(tenant_b), member(tenant_b, 1, "users.read"), Actor.anonymous()):
        with pytest.raises(errors.NotFound):
            jobs.job_for(actor=actor, job_id=job.pk)
        with pytest.raises(errors.NotFound):
            jobs.cancel(actor=actor, job_id=job.pk)
    assert fresh(job).state == "queued"


def lose(job: Job, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1), **changes)


def test_what_nobody_is_at_work_on_is_queued_again_and_given_up_in_the_end(
    tenant_a: Any, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("apps.core.tasks.run_job.delay", sent.append)
    kept, unsent, died, hopeless = (start(tenant_a) for _ in range(4))
    lose(unsent)
    lose(died, state="running", attempts=1)
    lose(hopeless, state="running", attempts=jobs.MAX_ATTEMPTS)
    assert jobs.requeue_lost() == 2
    assert sorted(sent) == sorted([str(unsent.pk), str(died.pk)])
    assert (fresh(hopeless).state, fresh(hopeless).error["code"]) == ("failed", "lost")
    assert left == [(hopeless.pk, tenant_a.schema_name, "system")]
    for job in (kept, unsent, died):
        jobs.run(job.pk)
        assert fresh(job).state == "succeeded"
    assert fresh(died).attempts == 2
    assert jobs.requeue_lost() == 0


def test_a_job_is_kept_though_the_broker_is_away(committed: Committed, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(job_id: str) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr("apps.core.tasks.run_job.delay", away)
        job = start(committed.tenant)
    assert fresh(job).state == "queued"
    lose(job)
    assert jobs.requeue_lost() == 1


@pytest.fixture
def at_each_pause(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What happens while somebody who follows a job waits, pause by pause."""

    def plan(*deeds: Callable[[], Any]) -> None:
        coming = iter(deeds)
        monkeypatch.setattr("time.sleep", lambda seconds: next(coming)())

    return plan


def test_who_follows_a_job_is_told_of_each_change_and_of_the_end(
    tenant_a: Any, at_each_pause: Callable[..., None]
) -> None:
    job = start(tenant_a, total=4)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    at_each_pause(
        lambda: jobs.step(job),
        lambda: None,
        lambda: jobs.step(job, 2),
        lambda: jobs.stop(fresh(job), actor=member(tenant_a)),
        ended(job),
    )
    told = [(found.state, found.done) for found in jobs.followed(fresh(job)) if found]
    assert told == [("running", 0), ("running", 1), ("running", 3), ("cancelled", 3)]


def ended(job: Job) -> Callable[[], Any]:
    return lambda: Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED)


def test_a_stream_of_a_job_that_stands_still_shows_life_and_ends_in_time(
    tenant_a: Any, at_each_pause: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 2))
    monkeypatch.setattr("apps.core.services.jobs.time.monotonic", lambda: float(next(clock)))
    at_each_pause(*[lambda: None] * 40)
    told = list(jobs.followed(start(tenant_a)))
    assert told[0]
    assert told[1:] == [None] * (len(told) - 1)
    assert 1 < len(told) <= jobs.FOLLOWED / jobs.BEAT + 1


def test_when_as_many_follow_as_may_the_job_is_told_once(tenant_a: Any, at_each_pause: Callable[..., None]) -> None:
    at_each_pause()
    job = start(tenant_a)
    held = [jobs._FOLLOWING.acquire(blocking=False) for _ in range(4)]
    try:
        assert held == [True] * 4
        assert list(jobs.followed(job)) == [job]
    finally:
        for _ in held:
            jobs._FOLLOWING.release()
    stream = jobs.followed(job)
    next(stream)
    at_each_pause(lambda: jobs.stop(fresh(job), actor=member(tenant_a)))
    assert [found.state for found in stream if found] == ["cancelled"]
