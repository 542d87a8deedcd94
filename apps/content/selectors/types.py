from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from apps.content import schemas
from apps.content.models import ContentType, Element, TypeVersion
from apps.content.selectors.documents import one
from apps.core.actor import Actor
from apps.core.query import Page
from apps.core.rows import one as row
from apps.sites.models import Site


def bare_key(site: Site, identifier: str) -> str:
    """`acme-site_author` and `author` are both `author`."""
    return identifier.removeprefix(f"{site.identifier}_")


def types_of(*, actor: Actor, site: Site) -> QuerySet[ContentType]:
    return ContentType.objects.filter(site=site).select_related("site").order_by("id")


def type_for(*, actor: Actor, site: Site, type_id: int, lock: bool = False) -> ContentType:
    rows = types_of(actor=actor, site=site)
    return one(rows.select_for_update(of=("self",)) if lock else rows, type_id, site)


def type_kept(site: Site, type_id: int) -> ContentType | None:
    """The type as it stays until our commit, whoever wants to change it; others may keep it at the same time."""
    return row(ContentType, "site_id = %s AND id = %s FOR SHARE", [site.pk, type_id])


def version_page(kind: ContentType, query: dict[str, Any]) -> Page:
    """What the type was after each change, newest first, each with what it changed."""
    rows = TypeVersion.objects.filter(type=kind).select_related("author").order_by("-number")
    start, size = (query["page"] - 1) * query["size"], query["size"]
    found = list(rows[start : start + size + 1])
    for version, before in pairwise(found):
        old = before.schema
        paths = schemas.moved(schemas.fields(old), version.renames)
        version.changes = schemas.differences(old, version.schema, paths)
    return Page(found[:size], rows.order_by().count(), query["page"], size)


def in_batches(kind: ContentType, size: int = 500) -> Iterator[list[Element]]:
    """The living elements of a type by id, a statement a batch: neither memory nor a statement's time grows."""
    rows = Element.objects.filter(type=kind, site=kind.site_id, deleted_at=None).defer("query").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:size]):
        for element in batch:
            element.type = kind
        yield batch
        last = batch[-1].pk
