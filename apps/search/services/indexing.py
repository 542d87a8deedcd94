"""Keeping the index: what follows when a document or a file has changed.

A reaction writes all rows of a document anew from what is there now, so it may come twice or late. Words are there at
once; meanings follow by a job.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.content.models import Element
from apps.content.services import refreezing
from apps.core.actor import Actor
from apps.core.models import EventRow, Job
from apps.core.reactions import Together
from apps.core.services import jobs
from apps.search.models import IndexedDocument
from apps.search.providers import Row, engine
from apps.search.providers.protocol import Document
from apps.search.services import documents, meanings

REFERRERS, OF_TYPE = "search.index_referrers", "search.index_type"
BATCH = 100
_LONGEST_LAG = 2**31 - 1


@Together
def follow(events: Sequence[EventRow]) -> None:
    """Reaction: the documents, or those whose translations they are, as they are now."""
    lags = _lags(events)
    write(lags, lags=lags)
    meanings.wake(events[0].tenant_id)


@Together
def follow_public(events: Sequence[EventRow]) -> None:
    """Reaction: the documents and those that show them, whose text behind references is another now."""
    lags = _lags(events)
    found = refreezing.shown_by(list(lags), limit=BATCH + 1)
    if len(found) > BATCH and len(events) > 1:
        for event in events:
            follow_public(event)
        return
    if len(found) > BATCH:
        actor = Actor.system(because=f"indexing after {events[0].name}", tenant_id=events[0].tenant_id)
        doc_type, doc_id = _subject(events[0])
        jobs.start(actor=actor, kind=REFERRERS, doc_type=doc_type, doc_id=doc_id)
        found = []
    write({*lags, *found}, lags=lags)
    meanings.wake(events[0].tenant_id)


def index_referrers(job: Job) -> dict[str, int]:
    """Job: all documents that show another one."""
    return _all(job, refreezing.shown_by([(job.arguments["doc_type"], job.arguments["doc_id"])]))


def follow_type(event: EventRow) -> None:
    """Reaction to a changed schema: a field of another name may be the title now, a format may lead to other texts."""
    if event.data.get("schema_changed"):
        actor = Actor.system(because=f"indexing after {event.name}", tenant_id=event.tenant_id)
        jobs.start(actor=actor, kind=OF_TYPE, type_id=event.subject_id)


def index_type(job: Job) -> dict[str, int]:
    """Job: all elements of a type."""
    ids = Element.objects.filter(type_id=job.arguments["type_id"], deleted_at=None).order_by("pk")
    return _all(job, [("element", id) for id in ids.values_list("pk", flat=True)])


def _all(job: Job, found: Sequence[Document]) -> dict[str, int]:
    jobs.step(job, 0, total=len(found))
    for first in range(0, len(found), BATCH):
        write(found[first : first + BATCH])
        jobs.step(job, len(found[first : first + BATCH]))
    meanings.wake(job.tenant_id)
    return {"documents": len(found)}


def forget_elements(event: EventRow) -> None:
    """Reaction to a deleted type: its elements went without a word of their own."""
    table = IndexedDocument._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} d WHERE d.site_id = %s AND d.doc_type = 'element' "  # noqa: S608 - a name of our own
            "AND NOT EXISTS (SELECT FROM content_element e WHERE e.id = d.doc_id)",
            [event.site_id],
        )


@transaction.atomic
def write(
    found: Collection[Document], *, lags: Mapping[Document, int] | None = None, building: int | None = None
) -> None:
    """Puts the documents into the index as they are now; what is not there any more goes.

    `lags`: of those that an event told of, how many milliseconds ago.
    """
    if not found:
        return
    engine().hold(found)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for doc_type, doc_id in found:
        by_kind[doc_type].append(doc_id)
    rows: list[Row] = []
    for doc_type, ids in by_kind.items():
        rows += documents.rows_of(doc_type, ids)
    rows = [replace(row, lag=lags.get((row.doc_type, row.doc_id))) for row in rows] if lags else rows
    engine().put(found, rows, building=building)


def _lags(events: Sequence[EventRow]) -> dict[Document, int]:
    """The documents of the events, and how long ago the event of each was."""
    now = timezone.now()
    passed = {_subject(event): int((now - event.created_at).total_seconds() * 1000) for event in events}
    return {document: max(0, min(lag, _LONGEST_LAG)) for document, lag in passed.items()}


def _subject(event: EventRow) -> Document:
    data: Any = event.data
    return (data["doc_type"], data["doc_id"]) if "doc_id" in data else (event.subject_type, event.subject_id)
