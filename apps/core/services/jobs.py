"""Jobs: long work with progress, a result or an error, and a way to stop it."""

import datetime
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.core import errors, metrics
from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.operation import let_go
from apps.core.problems import body
from apps.core.reactions import listed
from apps.core.refusal import Refusal
from apps.core.tenancy import inside

log = structlog.get_logger(__name__)

LEASE = datetime.timedelta(minutes=5)
MAX_ATTEMPTS = 3

TICK, BEAT, FOLLOWED = 0.3, 5.0, 30.0
_FOLLOWING = threading.BoundedSemaphore(4)
"""A quarter of a web process' threads: the others go on answering."""


class Cancelled(Exception):
    """Raised inside a job at its next step after somebody asked for its end."""


def start(*, actor: Actor, kind: str, tenant_id: int | None = None, total: int | None = None, **arguments: Any) -> Job:
    """Records a job and queues it after the commit. `kind` is a key of `JOBS` in `cognitor/reactions.py`."""
    job = Job.objects.create(
        tenant_id=actor.tenant_id if tenant_id is None else tenant_id,
        kind=kind,
        arguments=arguments,
        total=total,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        lease_until=timezone.now() + LEASE,
    )
    transaction.on_commit(lambda: _queue(job.pk))
    return job


def job_for(*, actor: Actor, job_id: uuid.UUID) -> Job:
    """The actor's own job; of the whole tenant for those who may read users. 404 for any other.

    Whoever runs the installation, in no tenant, finds those that it started in tenants.
    """
    own = Q(actor_kind=actor.kind, actor_id=actor.id)
    platform = actor.tenant_id is None and actor.may("platform.tenants")
    visible = Job.objects.filter(own) if platform else Job.objects.filter(tenant_id=actor.tenant_id)
    job = (visible if actor.may("users.read") else visible.filter(own)).filter(pk=job_id).first()
    if job is None:
        raise errors.NotFound
    return job


def step(job: Job, done: int = 1, *, total: int | None = None) -> None:
    """Reports progress and keeps the lease; raises `Cancelled` when the job shall end.

    Call it outside of any transaction of the work itself, so that others see the progress.
    """
    changes: dict[str, Any] = {"done": F("done") + done, "lease_until": timezone.now() + LEASE}
    if total is not None:
        changes["total"] = total
    if not Job.objects.filter(pk=job.pk, cancel_requested=False).update(**changes):
        raise Cancelled


def cancel(*, actor: Actor, job_id: uuid.UUID) -> Job:
    """Asks a job to end at its next step; one that has not begun ends at once."""
    return stop(job_for(actor=actor, job_id=job_id), actor=actor)


@transaction.atomic
def stop(job: Job, *, actor: Actor) -> Job:
    """The same of a job that the caller may end by a right of its own."""
    ended = {"state": Job.State.CANCELLED, "finished_at": timezone.now()}
    if Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(**ended):
        _settle(job, actor)
    else:
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)
        job.refresh_from_db()
    return job


def _settle(job: Job, actor: Actor) -> None:
    """What a job leaves open that ended while nobody ran it, in the transaction of its end."""
    job.refresh_from_db()
    if settle := listed().ENDED.get(job.kind):
        with inside(job.tenant_id):
            settle(job, actor)


def followed(job: Job) -> Iterator[Job | None]:
    """The job as it is now and whenever it has changed, to its end; None when nothing was new for `BEAT` seconds.

    Ends after `FOLLOWED` seconds at most, and at once when as many threads of the process follow as may. Holds no
    connection while it waits.
    """
    yield job
    if job.state in Job.FINAL or not _FOLLOWING.acquire(blocking=False):
        return
    try:
        end = told = time.monotonic()
        while job.state not in Job.FINAL and time.monotonic() < end + FOLLOWED:
            let_go()
            time.sleep(TICK)
            now = Job.objects.get(pk=job.pk)
            if (now.state, now.done, now.total) != (job.state, job.done, job.total):
                job, told = now, time.monotonic()
                yield job
            elif time.monotonic() > told + BEAT:
                told = time.monotonic()
                yield None
    finally:
        _FOLLOWING.release()
        let_go()


def run(job_id: str | uuid.UUID) -> None:
    """Runs a job in its tenant. Only one runner gets past the claim, whatever the queue delivers."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    claimed = Job.objects.filter(free, pk=job_id, attempts__lt=MAX_ATTEMPTS).update(
        state=Job.State.RUNNING, started_at=now, lease_until=now + LEASE, attempts=F("attempts") + 1, done=0
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    try:
        with inside(job.tenant_id):
            result = listed().JOBS[job.kind](job)
    except Cancelled:
        _end(job, Job.State.CANCELLED)
    except Refusal as refusal:
        _end(job, Job.State.FAILED, error=body(refusal))
    except Exception:
        log.exception("job_failed", job=str(job.pk), kind=job.kind)
        _end(job, Job.State.FAILED, error={"detail": "Something went wrong here; it was logged.", "code": "internal"})
    else:
        _end(job, Job.State.SUCCEEDED, result=result)


def _end(job: Job, state: Job.State, *, result: Any = None, error: Any = None) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, result=result, error=error, finished_at=timezone.now())
    metrics.JOBS.labels(job.kind, state.value).inc()


def requeue_lost() -> int:
    """Queues again what nobody is at work on any more (its worker died, or its message was lost)."""
    now = timezone.now()
    lost = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], lease_until__lt=now)
    for job in lost.filter(attempts__gte=MAX_ATTEMPTS)[:100]:
        try:
            _give_up(job, now)
        except Exception:  # the others are not kept from their end; the next sweep tries again
            log.exception("job_not_given_up", job=str(job.pk), kind=job.kind)
    ids = list(lost.filter(attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True)[:100])
    for job_id in ids:
        _queue(job_id)
    Job.objects.filter(pk__in=ids, state=Job.State.QUEUED).update(lease_until=now + LEASE)
    return len(ids)


@transaction.atomic
def _give_up(job: Job, now: datetime.datetime) -> None:
    row = Job.objects.filter(pk=job.pk, state=job.state, lease_until__lt=now)
    error = {"detail": "The worker died several times.", "code": "lost"}
    if row.update(state=Job.State.FAILED, finished_at=now, error=error):
        _settle(job, Actor.system(because="its worker died several times", tenant_id=job.tenant_id))


def _queue(job_id: uuid.UUID) -> None:
    from apps.core.tasks import run_job

    try:
        run_job.delay(str(job_id))
    except Exception as error:  # the row is committed; `requeue_lost` finds it
        log.warning("job_left_to_the_sweep", job=str(job_id), error=type(error).__name__)
