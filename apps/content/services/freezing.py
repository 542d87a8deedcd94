"""Freezing: making the finished public JSON of a published document, references resolved."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.db.models import Q

from apps.content import schemas
from apps.content.models import DOCUMENTS, Document, PublicDocument
from apps.core import etag
from apps.core.encoding import dumps, loads, stamp
from apps.media import selectors as media
from apps.media.models import Media

HELD: dict[str, type[models.Model]] = {**DOCUMENTS, "media": Media}


def freeze(row: PublicDocument, document: Document) -> None:
    """Writes `body` and `etag` from `source`, a version of the document; call inside the saving transaction."""
    finished = dumps(_BODIES[row.doc_type](row, loads(row.source), document))
    row.body, row.etag = finished.decode(), etag.of_bytes(finished)


def _element(row: PublicDocument, source: dict[str, Any], document: Any) -> dict[str, Any]:
    schema = document.type.schema
    found = list(schemas.references(schema, source["data"]))
    shown = values(row.site_id, found, locale="" if row.original else row.locale)
    return {
        "id": row.doc_id,
        "type_identifier": row.type_key,
        "data": schemas.resolved(schema, source["data"], shown) if found else source["data"],
        "updated_at": stamp(row.updated_at),
        "tags": source["tags"],
    }


def _post(row: PublicDocument, source: dict[str, Any], document: Any) -> dict[str, Any]:
    return {
        "id": row.doc_id,
        "slug": source["slug"],
        "title": source["title"],
        "content": source["content"],
        "short_description": source["short_description"],
        "keywords": source["keywords"],
        "locale": row.locale,
        "updated_at": stamp(row.updated_at),
    }


_BODIES = {"element": _element, "post": _post}


def values(site_id: int, found: Iterable[schemas.Found], *, locale: str = "") -> dict[tuple[str, int], Any]:
    """What stands in the place of each reference; nothing for what is not public in this site.

    Documents come in the given locale where they are public in it, else (and without one) in their own.
    """
    wanted: dict[str, set[int]] = {}
    for reference in found:
        wanted.setdefault(reference.target, set()).add(reference.id)
    values: dict[tuple[str, int], Any] = {}
    for target in sorted(wanted):
        hold(target, sorted(wanted[target]))
        if target == "media":
            values |= {("media", id): url for id, url in media.urls_of(site_id, wanted[target]).items()}
            continue
        rows = PublicDocument.objects.filter(site_id=site_id, doc_type=target, doc_id__in=wanted[target])
        rows = rows.filter(Q(original=True) | Q(locale=locale)).order_by("-original")
        for doc_id, type_key, source in rows.values_list("doc_id", "type_key", "source"):
            values[target, doc_id] = _inlined(target, doc_id, type_key, loads(source))
    return values


def _inlined(target: str, doc_id: int, type_key: str, source: dict[str, Any]) -> dict[str, Any]:
    if target == "element":
        return {"id": doc_id, "type_identifier": type_key, "data": source["data"]}
    keywords = source["keywords"]
    return {
        "title": source["title"],
        "content": source["content"],
        "short_description": source["short_description"],
        "keywords": keywords if keywords is None else ",".join(keywords),
    }


def hold(target: str, ids: list[int]) -> None:
    """Keeps what is referred to from changing until our commit.

    Otherwise a post published between our read and our commit would look for its referrers before it could see
    this one, and the old text would stay in it for good.
    """
    table = connection.ops.quote_name(HELD[target]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [ids])  # noqa: S608
