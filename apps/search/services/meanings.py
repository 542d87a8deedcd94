"""Meanings: vectors of texts by the local model, so that no text leaves the machine and nothing is to be paid."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection

from apps.ai import catalogue
from apps.ai.providers.protocols import Call, Embed, Model
from apps.ai.services import calling
from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.services import jobs
from apps.search.errors import SemanticUnavailable
from apps.search.providers.postgres import vectors
from apps.search.providers.postgres.writing import meaning

KIND = "search.embed"
BATCH = 8
SECONDS = 2.0
"""How long the model may take over a question."""
BATCH_SECONDS = 600.0
_LOCK = 0x5EA4


def missing() -> str:
    """Why nothing can be searched by meaning here; an empty text when it can."""
    if why := vectors.missing():
        return why
    return "" if _model() else "No local model for embeddings is installed."


def require() -> None:
    """Refused where this installation cannot search by meaning, or where nothing of the tenant has a meaning yet."""
    if why := missing():
        raise SemanticUnavailable(why)
    if not vectors.ready():
        why = "Nothing has been indexed by meaning yet; `reindex` does it."
        raise SemanticUnavailable(why)


def of_question(text: str) -> tuple[float, ...]:
    return _of_question(" ".join(text.split())[:400])


@lru_cache(maxsize=2_000)
def _of_question(text: str) -> tuple[float, ...]:
    model = _model()
    assert model  # noqa: S101 - `require` was asked
    call = Call(deadline=time.monotonic() + SECONDS)
    return tuple(calling.call(model, Embed(texts=[text], kind="query"), call).vectors[0])


def _model() -> Model | None:
    return next((model for model in catalogue.models("embedding") if model.local), None)


def wake(tenant_id: int | None) -> None:
    """Starts the job that computes what is missing, unless one waits that will see it."""
    if not settings.SEARCH_SEMANTIC:
        return
    waiting = Job.objects.filter(tenant_id=tenant_id, kind=KIND, state=Job.State.QUEUED)
    if not waiting.exists() and not vectors.missing():
        jobs.start(actor=Actor.system(because="meanings of new texts", tenant_id=tenant_id), kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: computes the meanings of all texts that have none.

    While another one is at it this one has nothing to do: the other looks once more when it is done, after which
    nobody was turned away.
    """
    count = 0
    while not missing():
        with _alone() as mine:
            while mine and (done := compute()):
                count += done
                jobs.step(job, done)
        if not mine or not vectors.waiting(1):
            break
    return {"texts": count}


def compute(site_id: int | None = None) -> int:
    """One batch, of one site or of all; how many texts it were."""
    vectors.make()
    rows = vectors.waiting(BATCH, site_id)
    model = _model()
    if not rows or model is None:
        return 0
    asked = Embed(texts=[meaning(row) or "-" for row in rows], kind="passage")
    made = calling.call(model, asked, Call(deadline=time.monotonic() + BATCH_SECONDS)).vectors
    vectors.keep({(row.site_id, row.digest): vector for row, vector in zip(rows, made, strict=True)})
    return len(rows)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else computes for this tenant."""
    key = [_LOCK, connection.schema_name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key)
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


__all__ = ["KIND", "compute", "missing", "of_question", "require", "run", "wake"]
