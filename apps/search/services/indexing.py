"""Keeping the index: what follows when a document or a file has changed.

A reaction writes all rows of a document anew from what is there now, so it may come twice or late. Words are there at
once; meanings follow by a job.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.content.services import refreezing
from apps.core.actor import Actor
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.search.models import IndexedDocument
from apps.search.providers import Row, engine
from apps.search.providers.protocol import Document
from apps.search.services import documents, meanings

REFERRERS = "search.index_referrers"
BATCH = 100
_LONGEST_LAG = 2**31 - 1


def follow(event: EventRow) -> None:
    """Reaction: the document, or that whose translation it is, as it is now."""
    subject = _subject(event)
    lag = int((timezone.now() - event.created_at).total_seconds() * 1000)
    write([subject], lag=max(0, min(lag, _LONGEST_LAG)))
    meanings.wake(event.tenant_id)


def follow_public(event: EventRow) -> None:
    """Reaction: the document and those that show it, whose text behind references is another now."""
    follow(event)
    subject = _subject(event)
    found = refreezing.shown_by([subject], limit=BATCH + 1)
    if len(found) > BATCH:
        actor = Actor.system(because=f"indexing after {event.name}", tenant_id=event.tenant_id)
        jobs.start(actor=actor, kind=REFERRERS, doc_type=subject[0], doc_id=subject[1])
    else:
        write([document for document in found if document != subject])


def index_referrers(job: Job) -> dict[str, int]:
    """Job: all documents that show another one."""
    found = refreezing.shown_by([(job.arguments["doc_type"], job.arguments["doc_id"])])
    jobs.step(job, 0, total=len(found))
    for first in range(0, len(found), BATCH):
        write(found[first : first + BATCH])
        jobs.step(job, len(found[first : first + BATCH]))
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
def write(found: Collection[Document], *, lag: int | None = None, building: int | None = None) -> None:
    """Puts the documents into the index as they are now; what is not there any more goes."""
    if not found:
        return
    engine().hold(found)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for doc_type, doc_id in found:
        by_kind[doc_type].append(doc_id)
    rows: list[Row] = []
    for doc_type, ids in by_kind.items():
        rows += documents.rows_of(doc_type, ids)
    engine().put(found, [replace(row, lag=lag) for row in rows] if lag is not None else rows, building=building)


def _subject(event: EventRow) -> Document:
    data: Any = event.data
    return (data["doc_type"], data["doc_id"]) if "doc_id" in data else (event.subject_type, event.subject_id)
