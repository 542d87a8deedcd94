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


def documents_of(doc_type: str, *, actor: Actor, site: Site) -> QuerySet[Any]:
    """The documents of a kind that are not in the trash, drafts included."""
    model: Any = DOCUMENTS[doc_type]
    rows: QuerySet[Any] = model.objects.filter(site=site, deleted_at=None)
    return rows.select_related("type").defer("query") if model is Element else rows


def document_for(doc_type: str, *, actor: Actor, site: Site, doc_id: int, lock: bool = False) -> Any:
    rows = documents_of(doc_type, actor=actor, site=site)
    return one(rows.select_for_update(of=("self",)) if lock else rows, doc_id, site)


def one(rows: QuerySet[Row], pk: int, site: Site) -> Row:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise errors.NotFound
    row.site = site  # spares the query for what is at hand
    return row


def published_or_not(rows: QuerySet[Any], query: dict[str, Any]) -> QuerySet[Any]:
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
