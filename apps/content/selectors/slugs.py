"""Slugs: which document one leads to, and which are free."""

import re
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.content.models import PublicDocument, Slug
from apps.content.selectors.documents import documents_of
from apps.content.slugs import LONGEST
from apps.core import errors
from apps.core.actor import Actor
from apps.sites.models import Site


def held_slugs(site_id: int, doc_type: str, locale: str) -> QuerySet[Slug]:
    """Those that nobody else may take: what documents have now, and what they are still public under."""
    shown = PublicDocument.objects.filter(
        site_id=OuterRef("site_id"),
        doc_type=OuterRef("doc_type"),
        slug=OuterRef("slug"),
        doc_id=OuterRef("doc_id"),
        locale=OuterRef("locale"),
    )
    rows = Slug.objects.filter(site_id=site_id, doc_type=doc_type, locale=locale)
    return rows.filter(Q(current=True) | Exists(shown))


def free_slug(site_id: int, doc_type: str, locale: str, base: str, *, but: int | None = None) -> str:
    """`base`, or with the first free number behind it; what only the past of a document holds is free.

    `but`: the document that the slug is for, whose own are free to it.
    """
    stem = base[: LONGEST - 8].strip("-")
    rows = held_slugs(site_id, doc_type, locale)
    rows = rows if but is None else rows.exclude(doc_id=but)
    pattern = rf"^{re.escape(stem)}(-[0-9]{{1,6}})?$"
    named = rows.filter(Q(slug=base) | Q(slug__startswith=stem, slug__regex=pattern))
    taken = set(named.values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def post_by_slug(*, actor: Actor, site: Site, slug: str, locale: str = "") -> Any:
    """The post that has the slug, else the one that had it; of several languages the asked one, then the site's."""
    wanted = (locale, site.default_locale)
    found = by_slug(site.pk, "post", slug)
    found.sort(key=lambda row: (not row.current, *(row.locale != name for name in wanted), row.locale))
    posts = documents_of("post", actor=actor, site=site).in_bulk([row.doc_id for row in found])
    for row in found:
        if row.doc_id in posts:
            return posts[row.doc_id]
    raise errors.NotFound


def by_slug(site_id: int, doc_type: str, slug: str) -> list[Slug]:
    """Rows of the slug in all locales, the current ones first."""
    return list(Slug.objects.filter(site_id=site_id, doc_type=doc_type, slug=slug).order_by("-current", "locale"))
