"""Generations: priced work that a model does in a job.

Delivered once and charged once, whoever dies: the hold and the job begin in one transaction; result, charge and the
end of the hold are another; a job that is run again finds either. What ends without a result gives its credits back.
"""

import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.accounts import selectors as accounts
from apps.accounts.models import ServiceAccount, User
from apps.accounts.services.service_accounts import actor_of_account
from apps.ai import selectors
from apps.ai.errors import Abandoned, GenerationBroken, GenerationUnpaid
from apps.ai.events import GenerationBegun, GenerationDelivered, GenerationFailed
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Model, Output
from apps.billing.errors import HoldClosed
from apps.billing.services import pricing
from apps.billing.services.quotes import Asked, exact
from apps.core import context
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Job
from apps.core.operation import TIMEOUTS, let_go
from apps.core.refusal import Refusal
from apps.core.services import jobs
from apps.sites.models import Site

HELD = timedelta(hours=1)
"""Longer than a job with all its attempts may take."""
TICK = 0.2
_WAITING = threading.BoundedSemaphore(8)
"""Half of a web process' threads: the others go on answering."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What shall be made. `kind` is a key of `JOBS`; `arguments` are for its function, and hold no bytes."""

    kind: str
    operation: str
    model: Model
    quantities: Mapping[str, float]
    prompt: str = ""
    requested_model: str = ""
    arguments: Mapping[str, Any]
    quote: str | None = None
    key: str | None = None
    """`Idempotency-Key` of the request: with the same one it is the same generation, for as long as there is a job."""


@transaction.atomic
def start(*, actor: Actor, site: Site, wanted: Wanted) -> Generation:
    """Holds the credits and queues the job; 402 when they lack or a limit is reached, and then nothing has begun."""
    work = pricing.begin(
        actor=actor,
        asked=Asked(
            operation=wanted.operation,
            model=wanted.model.id,
            quantities=wanted.quantities,
            quote=wanted.quote,
            site=site,
            reference=_reference(actor, wanted),
            lasts=HELD,
        ),
    )
    if begun := Generation.objects.select_related("job").filter(hold_id=work.hold.pk).first():
        return begun
    job = jobs.start(actor=actor, kind=wanted.kind, tenant_id=site.tenant_id, total=100)
    generation = Generation.objects.create(
        tenant_id=site.tenant_id,
        site_id=site.pk,
        job=job,
        hold_id=work.hold.pk,
        operation=wanted.operation,
        task=wanted.model.task,
        model=wanted.model.id,
        requested_model=wanted.requested_model[:120],
        provider=wanted.model.provider,
        prompt=wanted.prompt,
        arguments=dict(wanted.arguments),
        quantities={name: str(value) for name, value in exact(wanted.quantities).items()},
        held=work.hold.amount,
    )
    event = GenerationBegun(**_about(generation), held=generation.held)
    emit(event, actor=actor, tenant_id=generation.tenant_id)
    return generation


class AtWork:
    """A generation whose job is running."""

    def __init__(self, job: Job, generation: Generation) -> None:
        self.job, self.generation = job, generation
        self.actor = _actor_of(job)
        self._shown = 0

    @property
    def delivered(self) -> dict[str, Any] | None:
        """The result, if the job was run before and had come to its end."""
        return None if self.generation.result is None else dict(self.generation.result)

    def call(self, seconds: float = TIMEOUTS["ai"].provider, *, part: str = "") -> Call:
        """What a provider is asked with: it ends with the job, and its progress is the job's.

        `part` tells several calls of one work apart, in a word. When another process died over the same part, what a
        queue of the vendor had taken is gone on with.
        """
        before, _, handle = self.generation.handle.partition(" ")

        def remember(handle: str) -> None:
            Generation.objects.filter(pk=self.generation.pk).update(handle=f"{part} {handle}")

        return Call(
            deadline=time.monotonic() + seconds,
            wanted=self._wanted,
            progress=self._progress,
            remember=remember,
            handle=handle if before == part else "",
        )

    def deliver(self, output: Output, save: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        """Runs `save`, whose rows, the result that it returns and the charge (which it finds in `generation`) are one
        transaction; `actor` has the rights of that moment.

        409 `ai.generation.unpaid` when the hold has ended meanwhile: then nothing is saved.
        """
        with transaction.atomic():
            row = Generation.objects.select_for_update().get(pk=self.generation.pk)
            if row.result is None:
                work = pricing.resume(actor=self.actor, tenant_id=row.tenant_id, hold_id=row.hold_id)
                try:
                    row.charged = work.settle(_of(output.used, row.quantities))
                except HoldClosed:
                    raise GenerationUnpaid from None
                self.generation, self.actor = row, _actor_of(self.job)
                row.result, row.trace = dict(save()), dict(output.facts)
                row.save(update_fields=["result", "charged", "trace"])
                event = GenerationDelivered(**_about(row), charged=row.charged)
                emit(event, actor=self.actor, tenant_id=row.tenant_id)
        self.generation = row
        return dict(row.result or {})

    def _wanted(self) -> bool:
        return not Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists()

    def _progress(self, part: float) -> None:
        """Tells the job's progress, which also keeps its lease; raises when it shall end."""
        shown = min(99, int(part * 100))
        if shown > self._shown:
            jobs.step(self.job, shown - self._shown)
            self._shown = shown


@contextmanager
def at_work(job: Job) -> Iterator[AtWork]:
    """For the function of a job: what ends the block without a delivery gives the credits back, once."""
    generation = Generation.objects.get(job=job)
    work = AtWork(job, generation)
    try:
        yield work
    except Exception as error:  # not when the process is told to end: then another takes the job up
        if work.delivered is None:
            code = error.code if isinstance(error, Refusal) else type(error).__name__.lower()
            with suppress(DatabaseError):  # without a database the hold expires
                give_up(generation, actor=work.actor, code=code)
        raise


@transaction.atomic
def give_up(generation: Generation, *, actor: Actor, code: str) -> None:
    """The generation comes to nothing: its credits are available again, and it is said."""
    work = pricing.resume(actor=actor, tenant_id=generation.tenant_id, hold_id=generation.hold_id)
    with suppress(HoldClosed):
        work.release()
    event = GenerationFailed(**_about(generation), code=code)
    emit(event, actor=actor, tenant_id=generation.tenant_id)


def cancel(*, actor: Actor, site: Site, job_id: uuid.UUID) -> Generation:
    """Asks its job to end. One that has not begun ends at once, and its credits are back; one at work gives them back
    at its next step. What is delivered already stays."""
    generation = selectors.generation_for(actor=actor, site=site, job_id=job_id)
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=generation.job_id)
        generation.job = jobs.stop(job, actor=actor)
    return generation


def ended_unrun(job: Job, actor: Actor) -> None:
    """For a job that ended while nobody ran it, cancelled or lost: what was held is available again at once."""
    generation = Generation.objects.get(job_id=job.pk)
    if generation.result is None:
        code = "cancelled" if job.state == Job.State.CANCELLED else "lost"
        give_up(generation, actor=actor, code=code)


def finished(generation: Generation) -> Generation:
    """The generation once its job has ended, or as it is after `GENERATION_WAIT` seconds, or at once when as many
    threads of the process wait as may. Holds no connection meanwhile."""
    if not _WAITING.acquire(blocking=False):
        return generation
    try:
        return _finished(generation, time.monotonic() + settings.GENERATION_WAIT)
    finally:
        _WAITING.release()


def _finished(generation: Generation, end: float) -> Generation:
    while True:
        found = Generation.objects.select_related("job").get(pk=generation.pk)
        if ended(found) or time.monotonic() >= end:
            return found
        if connection.in_atomic_block:
            return found  # whoever is in a transaction cannot see it end
        let_go()
        time.sleep(TICK)


def ended(generation: Generation) -> bool:
    return generation.job.state in Job.FINAL


def result_of(generation: Generation) -> dict[str, Any]:
    """What was delivered; otherwise the refusal with which the job ended, as if it had been met here."""
    if generation.result is not None:
        context.charge(generation.charged or 0)
        return dict(generation.result)
    error = generation.job.error or {}
    if generation.job.state == Job.State.CANCELLED:
        raise Abandoned
    detail = error.get("detail", "")
    message = detail.get("message", "") if isinstance(detail, dict) else str(detail)
    met = Refusal.known.get(str(error.get("code")), GenerationBroken)
    raise met(message) if met.status != 500 else GenerationBroken


def _reference(actor: Actor, wanted: Wanted) -> str:
    if wanted.key is None:
        return ""
    return "generation:" + hashlib.sha256(f"{actor.principal} {wanted.operation} {wanted.key}".encode()).hexdigest()


def _actor_of(job: Job) -> Actor:
    """Who asked for it, with the rights it has now; with none when it is gone."""
    kind: Any = job.actor_kind
    bare = Actor(kind=kind, id=job.actor_id, label=job.actor_label, tenant_id=job.tenant_id)
    if kind == "user":
        user = User.objects.filter(pk=job.actor_id or 0, is_active=True).first()
        return accounts.actor_of(user, job.tenant_id) if user else bare
    if kind == "service":
        account = ServiceAccount.objects.filter(pk=job.actor_id, tenant_id=job.tenant_id).first()  # type: ignore[misc]
        return actor_of_account(account) if account and account.lives(timezone.now()) else bare
    return bare


def _of(used: Mapping[str, float], held: Mapping[str, str]) -> dict[str, float]:
    """What was used, by the quantities that were held for; one that the provider does not tell counts as held."""
    return {name: used.get(name, float(most)) for name, most in held.items()}


def _about(generation: Generation) -> dict[str, Any]:
    return {
        "subject_id": generation.pk,
        "label": generation.prompt[:100] or generation.operation,
        "site_id": generation.site_id,
        "model": generation.model,
    }
