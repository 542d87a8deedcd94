"""Indexes of fields that a type's schema marks with `x-index: true`.

What there shall be is read from the schemas, what there is from the database: nothing else is recorded, so that a run
which was broken off is finished by the next one. They are built beside running writes, one after the other.
"""

import datetime
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from apps.content import fields
from apps.content.models import ContentType
from apps.core.actor import Actor
from apps.core.models import Due, EventRow, Job
from apps.core.operation import Timeout, statement_timeout
from apps.core.services import due, jobs
from apps.sites.services import schemas

log = structlog.get_logger(__name__)

KIND = "content.build_indexes"
AGAIN = datetime.timedelta(minutes=10)
# An index waits for the transactions that run; a single one has so long, which is less than a job's lease.
_PATIENCE = Timeout(240_000, 0)
_LOCK_TIMEOUT = "60s"
_LOCK = 0x5C50  # first key of this module's advisory locks, beside those of `apps.sites.services.schemas`


@dataclass(frozen=True, slots=True)
class DataIndex:
    """A marked field. `state`: `ready`; `waiting` to be built; `refused`, beyond what the tenant may have;
    `unsupported`, where nothing can be compared."""

    field: str
    kind: str
    name: str
    definition: str
    state: str


def indexes_of(kind: ContentType) -> list[DataIndex]:
    """The marked fields of a type with where their indexes stand."""
    return [index for type_id, index in _planned() if type_id == kind.pk]


def follow_schema(event: EventRow) -> None:
    """Reaction: starts the job when a schema's marks and the indexes have come apart."""
    if Job.objects.filter(tenant_id=event.tenant_id, kind=KIND, state=Job.State.QUEUED).exists():
        return  # it will see this change as well
    if _excess() or any(index.state == "waiting" for _, index in _planned()):
        start(tenant_id=event.tenant_id, because=f"indexes after {event.name}")


def start(*, tenant_id: int | None, because: str) -> Job:
    return jobs.start(actor=Actor.system(because=because, tenant_id=tenant_id), kind=KIND)


def build_due(row: Due) -> None:
    """Due: what could not be done the last time is tried again."""
    start(tenant_id=row.tenant_id, because="indexes that could not be built")


def build_job(job: Job) -> dict[str, int]:
    """Job: drops what no schema marks any more, and what a broken run left, then builds what is missing.

    While another runner is at it, or when one cannot be built, it is tried again ten minutes later.
    """
    tenant_id = job.tenant_id or 0
    with _alone(tenant_id) as mine:
        done = _build(job) if mine else {"built": 0, "dropped": 0, "failed": 1}
    if done["failed"]:
        due.plan(tenant_id=tenant_id, kind=KIND, subject=f"tenant:{tenant_id}", at=timezone.now() + AGAIN)
    return done


def _build(job: Job) -> dict[str, int]:
    excess = _excess()
    waiting = [index for _, index in _planned() if index.state == "waiting"]
    jobs.step(job, 0, total=len(excess) + len(waiting))
    failed = 0
    with statement_timeout(_PATIENCE), _patience():
        for name in excess:
            _execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{connection.schema_name}"."{name}"')
            jobs.step(job)
        for index in waiting:
            try:
                _execute(index.definition)
            except DatabaseError as error:
                log.warning("index_not_built", index=index.name, error=schemas.summary(error))
                failed += 1
            jobs.step(job)
        if waiting:
            _execute("ANALYZE content_element")  # the planner knows nothing of an expression before
    return {"built": len(waiting) - failed, "dropped": len(excess), "failed": failed}


def _planned() -> list[tuple[int, DataIndex]]:
    """All marked fields of the tenant. Those that are built keep their places when there are more than may be."""
    built = _built()
    found: list[tuple[int, DataIndex]] = []
    for kind in ContentType.objects.order_by("pk"):
        for field in fields.declared(kind.source).values():
            if field.indexed:
                found.append((kind.pk, _index(kind.pk, field, built)))
    there = sum(index.state == "ready" for _, index in found)
    left = max(0, settings.DATA_INDEXES - there)
    planned = []
    for type_id, index in found:
        if index.state == "waiting":
            left -= 1
            index = replace(index, state="waiting" if left >= 0 else "refused")
        planned.append((type_id, index))
    return planned


def _index(type_id: int, field: fields.DataField, built: dict[str, bool]) -> DataIndex:
    if not field.kind:
        return DataIndex(field.name, "", "", "", "unsupported")
    sql = field.sql("query")
    keys = f"USING gin ({sql} jsonb_path_ops)" if field.kind == "list" else f"({sql}, id)"
    told = f"{keys} WHERE type_id = {type_id} AND deleted_at IS NULL"
    # The name follows the definition: another definition is another index.
    name = f"data_{type_id}_{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    definition = f'CREATE INDEX CONCURRENTLY "{name}" ON content_element {told}'
    return DataIndex(field.name, field.kind, name, definition, "ready" if built.get(name) else "waiting")


def _excess() -> list[str]:
    """Indexes that no schema marks, or that a broken run left half built."""
    kept = {index.name for _, index in _planned() if index.state == "ready"}
    return sorted(set(_built()) - kept)


def _built() -> dict[str, bool]:
    """The indexes of fields that are in the tenant's schema, and whether each can be used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indrelid = 'content_element'::regclass AND c.relname LIKE 'data\\_%'"
        )
        return dict(cursor.fetchall())


@contextmanager
def _alone(tenant_id: int) -> Iterator[bool]:
    """Whether nobody else builds this tenant's indexes. A lock of its own: a migration that meets a build waits for
    it as for any other statement, instead of leaving the tenant out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, tenant_id % 2**31])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(DatabaseError):  # a lost connection has lost its locks too
                _execute(f"SELECT pg_advisory_unlock({_LOCK}, {tenant_id % 2**31})")


@contextmanager
def _patience() -> Iterator[None]:
    _execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
    try:
        yield
    finally:
        _execute("RESET lock_timeout")


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
