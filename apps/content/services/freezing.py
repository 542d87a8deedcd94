"""Freezing: making the finished public JSON of a published document, references resolved."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction

from apps.content import schemas
from apps.content.models import ContentType, Element, Post, PublicDocument, Reference
from apps.core import etag
from apps.core.encoding import dumps, loads, stamp
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.media import selectors as media
from apps.media.models import Media

BATCH = 200
MODELS: dict[str, type[models.Model]] = {"post": Post, "element": Element, "media": Media}


def freeze(row: PublicDocument, schema: Any = None) -> None:
    """Writes `body` and `etag` from `source`. `schema` is the element type's; call inside the saving transaction."""
    source = loads(row.source)
    if row.doc_type == "element":
        found = list(schemas.references(schema, source["data"]))
        body: dict[str, Any] = {
            "id": row.doc_id,
            "type_identifier": row.type_key,
            "data": schemas.resolved(schema, source["data"], _values(row.site_id, found)) if found else source["data"],
            "updated_at": stamp(row.updated_at),
            "tags": source["tags"],
        }
    else:
        body = {
            "id": row.doc_id,
            "slug": source["slug"],
            "title": source["title"],
            "content": source["content"],
            "short_description": source["short_description"],
            "keywords": source["keywords"],
            "locale": source["locale"],
            "updated_at": stamp(row.updated_at),
        }
    finished = dumps(body)
    row.body, row.etag = finished.decode(), etag.of_bytes(finished)


def _values(site_id: int, found: Iterable[schemas.Found]) -> dict[tuple[str, int], Any]:
    """What stands in the place of each reference; nothing for what is not public in this site."""
    wanted: dict[str, set[int]] = {}
    for reference in found:
        wanted.setdefault(reference.target, set()).add(reference.id)
    values: dict[tuple[str, int], Any] = {}
    for target in sorted(wanted):
        _hold(target, sorted(wanted[target]))
        if target == "media":
            values |= {("media", id): url for id, url in media.urls_of(site_id, wanted[target]).items()}
            continue
        rows = PublicDocument.objects.filter(site_id=site_id, doc_type=target, doc_id__in=wanted[target])
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


def _hold(target: str, ids: list[int]) -> None:
    """Keeps what is referred to from changing until our commit.

    Otherwise a post published between our read and our commit would look for its referrers before it could see
    this one, and the old text would stay in it for good.
    """
    table = connection.ops.quote_name(MODELS[target]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE", [ids])  # noqa: S608


def refreeze_referrers(event: EventRow) -> None:
    """Reaction: freezes again what shows the event's subject. Large crowds become a job."""
    rows = Reference.objects.filter(target_type=event.subject_type, target_id=event.subject_id, live=True)
    ids = list(rows.values_list("doc_id", flat=True).distinct()[: BATCH + 1])
    if len(ids) > BATCH:
        _later(event, target_type=event.subject_type, target_id=event.subject_id)
    else:
        refreeze("element", ids)


def refreeze_type(event: EventRow) -> None:
    """Reaction to a changed schema: a format that came or went changes what its elements show."""
    if event.data.get("schema_changed"):
        _later(event, type_id=event.subject_id)


def _later(event: EventRow, **arguments: Any) -> None:
    from apps.core.actor import Actor

    because = f"refreezing after {event.name}"
    jobs.start(actor=Actor.system(because=because, tenant_id=event.tenant_id), kind="content.refreeze", **arguments)


def refreeze_job(job: Job) -> dict[str, int]:
    """Job: freezes again all referrers of a target, all elements of a type, or (no argument) everything."""
    wanted = job.arguments
    rows = PublicDocument.objects.order_by("doc_id")
    if "type_id" in wanted:
        rows = rows.filter(
            doc_type="element", doc_id__in=Element.objects.filter(type_id=wanted["type_id"]).values("id")
        )
    elif "target_id" in wanted:
        shown = Reference.objects.filter(
            target_type=wanted["target_type"], target_id=wanted["target_id"], live=True, doc_type="element"
        )
        rows = rows.filter(doc_type="element", doc_id__in=shown.values("doc_id"))
    found = list(rows.values_list("doc_type", "doc_id"))
    jobs.step(job, 0, total=len(found))
    for start in range(0, len(found), BATCH):
        chunk = found[start : start + BATCH]
        for doc_type in {doc_type for doc_type, _ in chunk}:
            refreeze(doc_type, [doc_id for kind, doc_id in chunk if kind == doc_type])
        jobs.step(job, len(chunk))
    return {"documents": len(found)}


def refreeze(doc_type: str, doc_ids: list[int]) -> None:
    """Freezes documents again from their published source, one short transaction each."""
    for doc_id in sorted(set(doc_ids)):
        with transaction.atomic():
            document: Any = MODELS[doc_type]
            if not document.objects.select_for_update().filter(pk=doc_id).values("pk").first():
                continue
            row = PublicDocument.objects.select_for_update().filter(doc_type=doc_type, doc_id=doc_id).first()
            if row is None:
                continue
            schema = None
            if doc_type == "element":
                kind = ContentType.objects.get(elements__pk=doc_id)
                schema = kind.schema
                record_references(doc_type, doc_id, row.site_id, schema, loads(row.source)["data"], live=True)
            before = row.etag
            freeze(row, schema)
            if row.etag != before:
                row.save(update_fields=["body", "etag"])


def record_references(doc_type: str, doc_id: int, site_id: int, schema: Any, data: Any, *, live: bool) -> None:
    """Replaces the document's recorded references of that version by those in the data."""
    Reference.objects.filter(doc_type=doc_type, doc_id=doc_id, live=live).delete()
    Reference.objects.bulk_create(
        Reference(
            site_id=site_id,
            doc_type=doc_type,
            doc_id=doc_id,
            field=found.path[:300],
            target_type=found.target,
            target_id=found.id,
            live=live,
        )
        for found in schemas.references(schema, data)
        if 0 < found.id < 2**63
    )
