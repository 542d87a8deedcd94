"""Indexing anew: a second generation of rows beside the one that is searched, which takes its place when it is whole.

What changes meanwhile is written to both. A run that ended early is gone on with by the next one, from its last batch.
Searches never see a part of the new, nor miss the old.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.search.errors import ReindexRunning
from apps.search.events import ReindexStarted
from apps.search.models import IndexedDocument, SiteIndex
from apps.search.providers.postgres import vectors, writing
from apps.search.services import documents, indexing, meanings
from apps.sites.models import Site

KIND = "search.reindex"
BATCH = 100
DELETED_AT_ONCE = 1_000
Step = Callable[[int], object]
_LOCK = 0x5EA5


@transaction.atomic
def start(*, actor: Actor, tenant_id: int, site: Site | None = None) -> Job:
    """The job over one site, or over all of the tenant; the one that is at it already, if there is one."""
    wanted = {"tenant_id": tenant_id, "kind": KIND, "arguments": {"site_id": site.pk if site else None}}
    if found := Job.objects.filter(**wanted).exclude(state__in=Job.FINAL).order_by("created_at").first():
        return found
    job = jobs.start(actor=actor, kind=KIND, tenant_id=tenant_id, site_id=site.pk if site else None)
    event = ReindexStarted(
        subject_id=site.pk if site else tenant_id,
        label=site.name if site else "all sites",
        site_id=site.pk if site else None,
        whole_tenant=site is None,
    )
    emit(event, actor=actor, tenant_id=tenant_id)
    return job


def start_imported(event: EventRow) -> None:
    """Reaction: a site has arrived with rows that no event told of."""
    actor = Actor.system(because=f"indexing after {event.name}", tenant_id=event.tenant_id)
    site = Site.objects.get(pk=event.subject_id)
    start(actor=actor, tenant_id=site.tenant_id, site=site)


def run(job: Job) -> dict[str, int]:
    """Job: the sites one after the other."""
    sites = sites_of(job.tenant_id or 0, job.arguments["site_id"])
    jobs.step(job, 0, total=sum(documents.count_of(site) for site in sites))
    done = sum(rebuild(site, step=lambda count: jobs.step(job, count)) for site in sites)
    meanings.wake(job.tenant_id)
    return {"sites": len(sites), "documents": done}


def sites_of(tenant_id: int, site_id: int | None = None) -> list[Site]:
    rows = Site.objects.select_related("tenant").filter(tenant_id=tenant_id).exclude(status=Site.Status.DELETING)
    return list(rows.filter(pk=site_id) if site_id else rows.order_by("pk"))


def rebuild(site: Site, *, workers: int = 1, step: Step = lambda count: None) -> int:
    """Makes the site's index anew; how many documents were read. `step` is told of each batch, outside transactions.

    `ReindexRunning` when another process is at it. With several `workers` each has a connection of its own.
    """
    with _alone(site.pk):
        state = _begin(site)
        count = 0
        for doc_type, batches in _left(site, state, workers):
            _write(site, doc_type, batches, state.building or 0)
            SiteIndex.objects.filter(pk=state.pk).update(cursor={"kind": doc_type, "id": batches[-1][-1]})
            done = sum(map(len, batches))
            count += done
            step(done)
        _swap(state)
        _clear(state, step)
    return count


@transaction.atomic
def _begin(site: Site) -> SiteIndex:
    """The site's state with a generation that is being built: a new one, or that of a run which ended early."""
    writing.hold_site(site.pk, alone=True)
    state, _ = SiteIndex.objects.get_or_create(site_id=site.pk)
    if state.building is None:
        last = IndexedDocument.objects.filter(site_id=site.pk).order_by("-generation").values_list("generation").first()
        state.building = max(state.generation, last[0] if last else 0) + 1
        state.cursor, state.started_at = {}, timezone.now()
        state.save(update_fields=["building", "cursor", "started_at"])
    return state


def _left(site: Site, state: SiteIndex, workers: int) -> Iterator[tuple[str, list[list[int]]]]:
    """What is still to be read: a kind, and as many batches of its ids as there are workers."""
    kind, after = state.cursor.get("kind", documents.KINDS[0]), state.cursor.get("id", 0)
    for doc_type in documents.KINDS[documents.KINDS.index(kind) :]:
        while ids := documents.next_ids(site, doc_type, after, BATCH * workers):
            yield doc_type, [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
            after = ids[-1]
        after = 0


def _write(site: Site, doc_type: str, batches: Sequence[Sequence[int]], building: int) -> None:
    if len(batches) == 1:
        indexing.write([(doc_type, id) for id in batches[0]], building=building)
        return

    def one(ids: Sequence[int]) -> None:
        try:
            with inside(site.tenant):
                indexing.write([(doc_type, id) for id in ids], building=building)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(batches)) as pool:
        list(pool.map(one, batches))


@transaction.atomic
def _swap(state: SiteIndex) -> None:
    """From here on the new generation is searched; whoever writes has written to both, or writes to the new alone."""
    writing.hold_site(state.site_id, alone=True)
    state.generation, state.building, state.cursor, state.built_at = state.building or 1, None, {}, timezone.now()
    state.save(update_fields=["generation", "building", "cursor", "built_at"])


def _clear(state: SiteIndex, step: Step) -> None:
    old = IndexedDocument.objects.filter(site_id=state.site_id).exclude(generation=state.generation)
    while ids := list(old.values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        IndexedDocument.objects.filter(pk__in=ids).delete()
        step(0)
    vectors.sweep(state.site_id)


@contextmanager
def _alone(site_id: int) -> Iterator[None]:
    key: list[Any] = [_LOCK, site_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            raise ReindexRunning
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection has lost its locks too
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def job_of(tenant_id: int | None, job_id: uuid.UUID) -> Job | None:
    return Job.objects.filter(tenant_id=tenant_id, kind=KIND, pk=job_id).first()
