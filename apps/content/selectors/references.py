"""Who refers to whom."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import CharField, F, Q, QuerySet, Value

from apps.content.models import DOCUMENTS, Document, Element, Reference
from apps.core.query import Page
from apps.media.models import Media
from apps.sites.models import Site


def missing_targets(site: Site, targets: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the (kind, id) pairs that do not exist in the site."""
    missing: set[tuple[str, int]] = set()
    for kind in {kind for kind, _ in targets}:
        ids = {id for target, id in targets if target == kind}
        storable = [id for id in ids if 0 < id < 2**63]
        found = set(_existing(kind, site).filter(pk__in=storable).values_list("pk", flat=True))
        missing |= {(kind, id) for id in ids - found}
    return missing


def _existing(kind: str, site: Site) -> QuerySet[Any]:
    if kind == "media":
        return Media.objects.filter(site=site)
    model: Any = DOCUMENTS[kind]
    return model.objects.filter(site=site, deleted_at=None)


def keys_of_elements(site: Site, ids: set[int]) -> dict[int, str]:
    """The bare key of the type of each of the site's elements."""
    return dict(Element.objects.filter(site=site, pk__in=ids).values_list("pk", "type__key"))


def referrers(target_type: str, target_id: int) -> QuerySet[Reference]:
    """References to a document, of working and of published versions."""
    return Reference.objects.filter(target_type=target_type, target_id=target_id)


@dataclass(frozen=True, slots=True)
class Link:
    """One field that refers: `working` in the version that is worked on, `live` in the public one.

    `doc_type`, `id` and `label` name the document at the other end; `field` stands in whichever of them refers.
    """

    direction: str
    doc_type: str
    id: int
    label: str
    field: str
    locale: str
    working: bool
    live: bool
    published: bool
    missing: bool


def links_of(document: Document, query: dict[str, Any]) -> Page:
    """A page of what refers to the document and of what it refers to; `direction` leaves one of them."""
    wanted = [query["direction"]] if "direction" in query else ["incoming", "outgoing"]
    named = [_side(document, direction) for direction in wanted]
    every = named[0].union(*named[1:], all=True).order_by("direction", "other_type", "other_id", "field", "locale")
    page, size = query["page"], query["size"]
    rows = [dict(row) for row in every[(page - 1) * size : page * size]]
    others = _others(document.site_id, {(row["other_type"], row["other_id"]) for row in rows})
    items = []
    for row in rows:
        kind, id = row.pop("other_type"), row.pop("other_id")
        other = others.get((kind, id))
        items.append(Link(doc_type=kind, id=id, **_said(other), **row))
    return Page(items, sum(side.count() for side in named), page, size)


def _side(document: Document, direction: str) -> Any:
    own = Q(doc_type=document.doc_type, doc_id=document.pk)
    ends = ("target_type", "target_id")
    if direction == "incoming":
        own, ends = Q(target_type=document.doc_type, target_id=document.pk), ("doc_type", "doc_id")
    rows = Reference.objects.filter(own, site_id=document.site_id)
    return (
        rows.values("field", "locale", other_type=F(ends[0]), other_id=F(ends[1]))
        .annotate(working=BoolOr(Q(live=False)), live=BoolOr("live"))
        .annotate(direction=Value(direction, output_field=CharField()))
        .values("direction", "other_type", "other_id", "field", "locale", "live", "working")
        .order_by()
    )


def _others(site_id: int, named: set[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for kind in sorted({kind for kind, _ in named}):
        model: Any = Media if kind == "media" else DOCUMENTS[kind]
        rows = model.objects.filter(site_id=site_id, pk__in=[id for of, id in named if of == kind])
        if kind == "element":
            rows = rows.select_related("type").defer("query")
        found |= {(kind, row.pk): row for row in rows}
    return found


def _said(other: Any) -> dict[str, Any]:
    """Of what is at the other end; a file is public as soon as it is there."""
    gone = other is None or getattr(other, "deleted_at", None) is not None
    if isinstance(other, Media):
        return {"label": other.name, "published": other.status == Media.READY, "missing": False}
    return {"label": other.label if other else "", "published": bool(other and other.published), "missing": gone}
