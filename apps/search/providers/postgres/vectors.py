"""Vectors of meanings, in a table that is there only where the database has pgvector: made by statements of our own,
in no migration, so that a schema is the same with and without it.

A vector is kept by the digest of its text: versions that say the same share it, and an index made anew takes it over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from apps.search.models import IndexedDocument, SiteIndex

DIMENSIONS = 384
TABLE = "search_vector"
_DOCUMENTS, _STATES = IndexedDocument._meta.db_table, SiteIndex._meta.db_table
_LOCK = 0x5EA3


def missing() -> str:
    """Why this installation cannot search by meaning; an empty text when it can."""
    if not settings.SEARCH_SEMANTIC:
        return "It is switched off (SEARCH_SEMANTIC)."
    if not _one("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector')"):
        return "The database lacks the extension `vector` (pgvector)."
    return ""


def ready() -> bool:
    """Whether this tenant has vectors already."""
    return bool(_one("SELECT to_regclass(%s) IS NOT NULL", f'"{connection.schema_name}".{TABLE}'))


def make() -> None:
    """Makes the tenant's table when it is not there."""
    if ready():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, connection.schema_name])
        cursor.execute(
            f'CREATE TABLE IF NOT EXISTS "{connection.schema_name}".{TABLE} (site_id bigint NOT NULL, '
            f"digest varchar(32) NOT NULL, embedding vector({DIMENSIONS}) NOT NULL, PRIMARY KEY (site_id, digest))"
        )


def waiting(limit: int, site_id: int | None = None) -> list[IndexedDocument]:
    """Rows whose text has no vector yet, one of each digest; of one site, or of all."""
    only = "d.site_id = %s AND " if site_id else ""
    return list(
        IndexedDocument.objects.raw(
            f"SELECT DISTINCT ON (d.site_id, d.digest) d.id, d.site_id, d.digest, d.title, d.description, d.keywords, "  # noqa: S608
            f"left(d.content, 2000) AS content FROM {_DOCUMENTS} d WHERE {only}NOT EXISTS "
            f"(SELECT FROM {TABLE} v WHERE v.site_id = d.site_id AND v.digest = d.digest) LIMIT %s",
            [*([site_id] if site_id else []), limit],
        )
    )


def keep(vectors: Mapping[tuple[int, str], Sequence[float]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TABLE} (site_id, digest, embedding) VALUES (%s, %s, %s::vector) ON CONFLICT DO NOTHING",  # noqa: S608
            [(site_id, digest, str(list(vector))) for (site_id, digest), vector in vectors.items()],
        )


def sweep(site_id: int) -> int:
    """Deletes those of the site whose text no row has any more; answers how many."""
    if not ready():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} v WHERE v.site_id = %s AND NOT EXISTS "  # noqa: S608
            f"(SELECT FROM {_DOCUMENTS} d WHERE d.site_id = v.site_id AND d.digest = v.digest)",
            [site_id],
        )
        return int(cursor.rowcount)


def counts(sites: Sequence[int]) -> tuple[int, int]:
    """How many rows of what is searched in these sites have a vector, and how many have none."""
    if not ready():
        return 0, int(_one(f"SELECT count(*) {_SEARCHED}", list(sites)))
    have = int(
        _one(f"SELECT count(*) {_SEARCHED} AND EXISTS (SELECT FROM {TABLE} v WHERE {_SAME})", list(sites))  # noqa: S608
    )
    return have, int(_one(f"SELECT count(*) {_SEARCHED}", list(sites))) - have


_SAME = "v.site_id = d.site_id AND v.digest = d.digest"
_SEARCHED = (
    f"FROM {_DOCUMENTS} d JOIN {_STATES} s ON s.site_id = d.site_id AND s.generation = d.generation "
    "WHERE d.site_id = ANY(%s)"
)


def _one(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None
