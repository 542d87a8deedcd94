"""Reading the index's rows and state, scoped to the actor."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from apps.core.actor import Actor
from apps.search.models import IndexedDocument, SiteIndex
from apps.sites.models import Site
from apps.sites.selectors import sites_of

_DOCUMENTS, _STATES = IndexedDocument._meta.db_table, SiteIndex._meta.db_table


def searchable_sites(actor: Actor, code: str) -> list[Site]:
    """The sites on which the actor holds the code, by its tenant's roles or those on single sites."""
    return [site for site in sites_of(actor).order_by("pk") if actor.may(code, site.pk)]


def rows_by_id(ids: Collection[int]) -> dict[int, IndexedDocument]:
    """What hits show, with their authors."""
    rows = IndexedDocument.objects.filter(pk__in=ids).select_related("author").defer("text", "head", "suggest")
    return {row.pk: row for row in rows}


def searched(site_ids: Sequence[int]) -> Any:
    """The rows of these sites that are searched."""
    states = SiteIndex.objects.filter(site_id__in=site_ids).values_list("site_id", "generation")
    wanted = Q(pk=None)
    for site_id, generation in states:
        wanted |= Q(site_id=site_id, generation=generation)
    return IndexedDocument.objects.filter(wanted)


def counts(site_ids: Sequence[int]) -> dict[str, Any]:
    """How many documents are searched: as the public sees them and as they are worked on, by kind."""
    found: dict[str, Any] = {"live": 0, "working": 0, "by_type": {}}
    rows = searched(site_ids).order_by().values("doc_type")
    for row in rows.annotate(seen=Count("pk", filter=Q(live=True)), edited=Count("pk", filter=Q(working=True))):
        found["live"] += row["seen"]
        found["working"] += row["edited"]
        found["by_type"][row["doc_type"]] = row["edited"]
    return found


def lag(site_ids: Sequence[int]) -> dict[str, Any]:
    """Milliseconds from a change to the index, of what was indexed within a day; nulls where nothing was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY lag), "  # noqa: S608 - names of our own
            "percentile_cont(0.95) WITHIN GROUP (ORDER BY lag), max(indexed_at) "
            f"FROM {_DOCUMENTS} WHERE lag IS NOT NULL AND site_id = ANY(%s) AND indexed_at > now() - interval '1 day'",
            [list(site_ids)],
        )
        count, median, p95, last = cursor.fetchone()
    return {"documents": count, "p50_ms": _whole(median), "p95_ms": _whole(p95), "last_indexed_at": last}


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def size_bytes() -> int:
    """Of the tenant's index in the database, vectors included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
            "WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'search\\_%%'",
            [f'"{connection.schema_name}"'],
        )
        return int(cursor.fetchone()[0])
