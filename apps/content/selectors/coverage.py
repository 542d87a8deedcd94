"""How far a site is translated: counted by type and locale, and the documents that are not."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from apps.content.models import DOCUMENTS, ContentType, Element, Translation
from apps.content.selectors.documents import documents_of
from apps.core.actor import Actor
from apps.sites import settings
from apps.sites.models import Site


@dataclass(slots=True)
class Covered:
    """Documents of one kind (of elements: of one type) in one locale. `source` are those written in it."""

    doc_type: str
    type_id: int | None
    type_identifier: str
    locale: str
    documents: int
    source: int = 0
    translated: int = 0
    outdated: int = 0

    @property
    def missing(self) -> int:
        # Not below zero: what was made between the two counts is in the second alone.
        return max(0, self.documents - self.source - self.translated - self.outdated)


@dataclass(slots=True)
class _Group:
    """A row of the table, before it is cut by locale."""

    documents: int = 0
    source: dict[str, int] = field(default_factory=dict)
    state: dict[tuple[str, bool], int] = field(default_factory=dict)


def coverage(*, actor: Actor, site: Site, doc_type: str = "", type_id: int | None = None) -> list[Covered]:
    """By kind, type and locale: those that the site offers, then those in which there are translations all the same.

    `type_id` is of elements alone. Two queries a kind and one for the names of types, whatever is in the site.
    Without the kinds and types of which there are no documents.
    """
    groups: dict[tuple[str, int | None], _Group] = {}
    kinds = ["element"] if type_id is not None else [doc_type] if doc_type else [*DOCUMENTS]
    for kind in kinds:
        for type_of, locale, count in _documents(kind, actor, site, type_id):
            group = groups.setdefault((kind, type_of), _Group())
            group.documents += count
            group.source[locale] = count
        for type_of, locale, outdated, count in _translations(kind, actor, site, type_id):
            groups.setdefault((kind, type_of), _Group()).state[locale, outdated] = count
    keys = dict(ContentType.objects.filter(site=site).values_list("id", "key")) if "element" in kinds else {}
    offered = settings.locales(site)
    others = {locale for group in groups.values() for locale, _ in group.state} - {*offered}
    return [
        Covered(
            kind,
            type_of,
            keys.get(type_of or 0, ""),
            locale,
            documents=group.documents,
            source=group.source.get(locale, 0),
            translated=group.state.get((locale, False), 0),
            outdated=group.state.get((locale, True), 0),
        )
        for (kind, type_of), group in sorted(groups.items(), key=lambda item: (item[0][0], item[0][1] or 0))
        for locale in [*offered, *sorted(others)]
    ]


def _documents(kind: str, actor: Actor, site: Site, type_id: int | None) -> list[tuple[int | None, str, int]]:
    rows = _living(kind, actor, site, type_id).order_by()
    if kind == "element":
        return list(rows.values_list("type_id", "locale").annotate(Count("pk")))
    return [(None, locale, count) for locale, count in rows.values_list("locale").annotate(Count("pk"))]


def _translations(kind: str, actor: Actor, site: Site, type_id: int | None) -> list[tuple[int | None, str, bool, int]]:
    living = _living(kind, actor, site, type_id)
    rows = Translation.objects.filter(site=site, doc_type=kind, doc_id__in=living.values("pk"))
    if kind == "element":
        types = Element.objects.filter(pk=OuterRef("doc_id")).values("type_id")
        rows = rows.annotate(type_of=Subquery(types))
        return list(rows.values_list("type_of", "locale", "outdated").annotate(Count("pk")))
    counted = rows.values_list("locale", "outdated").annotate(Count("pk"))
    return [(None, locale, outdated, count) for locale, outdated, count in counted]


def _living(kind: str, actor: Actor, site: Site, type_id: int | None) -> QuerySet[Any]:
    rows = documents_of(kind, actor=actor, site=site)
    return rows if type_id is None else rows.filter(type_id=type_id)


def lacking(
    *, actor: Actor, site: Site, doc_type: str, locale: str, state: str, type_id: int | None = None
) -> QuerySet[Any]:
    """The documents that are `translated`, `outdated` or `missing` in the locale, by id."""
    rows = _living(doc_type, actor, site, type_id).order_by("id")
    there = Translation.objects.filter(doc_type=doc_type, doc_id=OuterRef("pk"), locale=locale)
    if state == "missing":
        return rows.exclude(Q(locale=locale) | Exists(there))
    return rows.filter(Exists(there.filter(outdated=state == "outdated")))
