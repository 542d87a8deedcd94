"""Translations, and documents as they are in another locale."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from apps.content.models import Document, Translation, laid_over
from apps.content.selectors.documents import document_for
from apps.core import errors
from apps.core.actor import Actor
from apps.sites import locales, settings
from apps.sites.models import Site

Row = TypeVar("Row", bound=Document)


def translations_of(document: Document) -> QuerySet[Translation]:
    return Translation.objects.filter(doc_type=document.doc_type, doc_id=document.pk)


def translation_of(document: Document, locale: str) -> Translation:
    found = translations_of(document).filter(locale=locales.named(locale)).first()
    if found is None:
        raise errors.NotFound
    return found


def translation_for(*, actor: Actor, site: Site, doc_type: str, doc_id: int, locale: str) -> Translation:
    return translation_of(document_for(doc_type, actor=actor, site=site, doc_id=doc_id), locale)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How a document stands in a locale: `source` (its own), `translated`, `outdated` or `missing`."""

    locale: str
    state: str
    translation: Translation | None = None


def freshness(*, actor: Actor, site: Site, doc_type: str, doc_id: int) -> list[Freshness]:
    """A document in all its locales and in those that the site offers: its own first, then by tag."""
    return freshness_of(document_for(doc_type, actor=actor, site=site, doc_id=doc_id))


def freshness_of(document: Document) -> list[Freshness]:
    found = {row.locale: row for row in translations_of(document)}
    others = ({*found} | {*settings.locales(document.site)}) - {document.locale}
    rows = [Freshness(document.locale, "source")]
    for locale in sorted(others):
        row = found.get(locale)
        rows.append(Freshness(locale, row.state if row else "missing", row))
    return rows


def in_locale(documents: Iterable[Row], site: Site, locale: str) -> list[Row]:
    """The documents, all of one kind, as a reader of the locale sees their working versions.

    Each comes in the first locale of the chain that it is written in or translated into, else in its own; `locale`
    and `translation` of a document say which. At most one query, whatever their number.
    """
    rows, order = list(documents), {tag: place for place, tag in enumerate(locales.chain(site, locale))}
    if not rows or not order:
        return rows
    best: dict[int, Translation] = {}
    wanted = Translation.objects.filter(doc_type=rows[0].doc_type, doc_id__in=[row.pk for row in rows])
    for found in wanted.filter(locale__in=order):
        if found.doc_id not in best or order[found.locale] < order[best[found.doc_id].locale]:
            best[found.doc_id] = found
    for row in rows:
        chosen = best.get(row.pk)
        if chosen and order[chosen.locale] < order.get(row.locale, len(order)):
            row.apply(laid_over(row.snapshot(), chosen.members) | {"locale": chosen.locale})
            row.translation = chosen
    return rows
