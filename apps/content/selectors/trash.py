"""What is in the trash, of all kinds of documents."""

from typing import Any

from django.db.models import CharField, Value

from apps.content.models import DOCUMENTS
from apps.content.selectors.documents import documents_of
from apps.core.actor import Actor
from apps.core.query import Page
from apps.sites.models import Site


def trash_of(*, actor: Actor, site: Site, query: dict[str, Any]) -> Page:
    """A page of deleted documents, the last deleted first; one kind only when `doc_type` says so."""
    kinds = [query["doc_type"]] if "doc_type" in query else sorted(DOCUMENTS)
    rows = {kind: documents_of(kind, actor=actor, site=site, trashed=True) for kind in kinds}
    named = [
        rows[kind]
        .order_by()
        .annotate(kind=Value(kind, output_field=CharField()))
        .values_list("kind", "pk", "deleted_at")
        for kind in kinds
    ]
    every = named[0].union(*named[1:], all=True).order_by("-deleted_at", "kind", "-pk")
    page, size = query["page"], query["size"]
    wanted = list(every[(page - 1) * size : page * size])
    found: dict[tuple[str, int], Any] = {}
    for kind in kinds:
        ids = [pk for of, pk, _ in wanted if of == kind]
        if ids:
            found |= {(kind, row.pk): row for row in rows[kind].filter(pk__in=ids).select_related("deleted_by")}
    items = [found[kind, pk] for kind, pk, _ in wanted if (kind, pk) in found]
    return Page(items, sum(each.count() for each in rows.values()), page, size)
