"""Freezing: making the finished public JSON of a published document, references resolved."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.utils import timezone

from apps.content import schemas, selectors, seo
from apps.content.models import DOCUMENTS, Document, PublicDocument
from apps.core import etag
from apps.core.encoding import dumps, loads, stamp
from apps.media import selectors as media
from apps.media.models import Media

_SECOND = datetime.timedelta(seconds=1)
HELD: dict[str, type[models.Model]] = {**DOCUMENTS, "media": Media}


def freeze(row: PublicDocument, document: Document) -> None:
    """Writes `body`, `etag` and `frozen_at` from `source`, a version of the document, and of a page `path` and
    `summary`; call inside the saving transaction."""
    finished = dumps(_BODIES[row.doc_type](row, loads(row.source), document))
    tag = etag.of_bytes(finished)
    if row.pk is None:
        row.frozen_at = timezone.now()
    elif tag != row.etag:
        row.frozen_at = max(timezone.now(), row.frozen_at + _SECOND)
    row.body, row.etag = finished.decode(), tag


def _element(row: PublicDocument, source: dict[str, Any], document: Any) -> dict[str, Any]:
    schema, data = document.type.schema, document.data_of(source)
    found = list(schemas.references(schema, data))
    locale = "" if row.original else row.locale
    return {
        "id": row.doc_id,
        "type_identifier": row.type_key,
        "data": schemas.resolved(schema, data, values(row.site_id, found, locale=locale)) if found else data,
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


def _page(row: PublicDocument, source: dict[str, Any], document: Any) -> dict[str, Any]:
    """A place whose element is not public is left out, and not counted."""
    found = list(document.references_in(source))
    pictures = values(row.site_id, [reference for reference in found if reference.target == "media"])
    shown = _elements(row, {reference.id for reference in found if reference.target == "element"})
    places = [
        {
            "id": place["id"],
            "position": place["position"],
            "section": place["section"],
            "layout_config": place["layout_config"],
            "content_element": shown[place["element_id"]],
        }
        for place in source["page_elements"]
        if place["element_id"] in shown
    ]
    locale = "" if row.original else row.locale
    above = selectors.paths([document.parent_id], public=True, locale=locale) if document.parent_id else {}
    row.path = f"{above.get(document.parent_id, '')}/{source['slug']}"
    summary = {
        "id": row.doc_id,
        "slug": source["slug"],
        "title": source["title"],
        "description": source["description"],
        "updated_at": stamp(row.updated_at),
        "element_count": len(places),
        "published": True,
        "parent_id": document.parent_id if above else None,
        "path": row.path,
    }
    row.summary = dumps(summary).decode()
    image = pictures.get(("media", source["seo"].get("image_media_id") or 0))
    more = {"locale": row.locale, "template": source["template"], "seo": seo.shown(source["seo"], image)}
    return summary | more | {"page_elements": places}


def _elements(row: PublicDocument, ids: set[int]) -> dict[int, dict[str, Any]]:
    """The elements as the public gets them by themselves, in the row's locale where they are translated."""
    hold("element", sorted(ids))
    rows = PublicDocument.objects.filter(site_id=row.site_id, doc_type="element", doc_id__in=ids)
    wanted = models.Q(original=True) if row.original else models.Q(original=True) | models.Q(locale=row.locale)
    found: dict[int, dict[str, Any]] = {}
    for doc_id, body in rows.filter(wanted).order_by("-original").values_list("doc_id", "body"):
        body = loads(body)
        found[doc_id] = {name: body[name] for name in ("id", "type_identifier", "data", "updated_at")}
    return found


_BODIES = {"element": _element, "post": _post, "page": _page}


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
        rows = rows.filter(models.Q(original=True) | models.Q(locale=locale)).order_by("-original")
        for doc in rows.only("doc_id", "doc_type", "type_key", "path", "source"):
            values[target, doc.doc_id] = _inlined(doc, loads(doc.source))
    return values


def _inlined(row: PublicDocument, source: dict[str, Any]) -> dict[str, Any]:
    if row.doc_type == "element":
        return {"id": row.doc_id, "type_identifier": row.type_key, "data": source["data"]}
    if row.doc_type == "page":
        return {"id": row.doc_id, "slug": source["slug"], "title": source["title"], "path": row.path}
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
