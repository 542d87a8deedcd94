"""Reading documents of any kind, scoped to the site and to what the actor may see."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet

from apps.content.models import DOCUMENTS, ContentType, Document, Element, Page, Post
from apps.core import errors
from apps.core.actor import Actor
from apps.core.filters import Column
from apps.sites.models import Site

# What all kinds may be filtered by with `filter[…]`.
COLUMNS: Mapping[str, Column] = {
    "id": Column("id", "id"),
    "author_id": Column("id", "author_id"),
    "created_at": Column("moment", "created_at"),
    "updated_at": Column("moment", "updated_at"),
    "published_at": Column("moment", "published_at"),
}

Row = TypeVar("Row", ContentType, Document, Element, Page, Post)


def documents_of(doc_type: str, *, actor: Actor, site: Site, trashed: bool | None = False) -> QuerySet[Any]:
    """The documents of a kind, drafts included: not those in the trash, only those, or (None) both."""
    model: Any = DOCUMENTS.get(doc_type)
    if model is None:
        raise errors.NotFound
    rows: QuerySet[Any] = model.objects.filter(site=site)
    if trashed is not None:
        rows = rows.filter(deleted_at__isnull=not trashed)
    return rows.select_related("type").defer("query") if model is Element else rows


def document_for(
    doc_type: str, *, actor: Actor, site: Site, doc_id: int, lock: bool = False, trashed: bool | None = False
) -> Any:
    rows = documents_of(doc_type, actor=actor, site=site, trashed=trashed)
    return one(rows.select_for_update(of=("self",)) if lock else rows, doc_id, site)


def one(rows: QuerySet[Row], pk: int, site: Site) -> Row:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise errors.NotFound
    row.site = site  # spares the query for what is at hand
    return row


def published_or_not(rows: QuerySet[Any], query: dict[str, Any]) -> QuerySet[Any]:
    if "source_locale" in query:
        rows = rows.filter(locale=query["source_locale"])
    if "published" not in query:
        return rows
    return rows.exclude(published_version=None) if query["published"] else rows.filter(published_version=None)


def filtered_documents(rows: QuerySet[Any], query: dict[str, Any]) -> QuerySet[Any]:
    """By what a `DocumentQuery` asks of any kind."""
    if "author_id" in query:
        rows = rows.filter(author_id=query["author_id"])
    if "has_draft" in query:
        behind = Q(published_version__lt=F("version"))
        rows = rows.filter(behind if query["has_draft"] else ~behind | Q(published_version=None))
    match query.get("status"):
        case "published":
            rows = rows.exclude(published_version=None)
        case "scheduled":
            rows = rows.filter(published_version=None).exclude(publish_at=None)
        case "draft":
            rows = rows.filter(published_version=None, publish_at=None)
    return published_or_not(rows, query)
