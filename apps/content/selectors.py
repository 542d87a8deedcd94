"""Reading content, scoped to the site and to what the actor may see."""

import re
from typing import Any, TypeVar

from django.db.models import QuerySet

from apps.content.models import ContentType, Element, Post
from apps.core import errors
from apps.core.actor import Actor
from apps.media.models import Media
from apps.sites.models import Site

Row = TypeVar("Row", ContentType, Element, Post)


def bare_key(site: Site, identifier: str) -> str:
    """`acme-site_author` and `author` are both `author`."""
    return identifier.removeprefix(f"{site.identifier}_")


def types_of(*, actor: Actor, site: Site) -> QuerySet[ContentType]:
    return ContentType.objects.filter(site=site).select_related("site").order_by("id")


def type_for(*, actor: Actor, site: Site, type_id: int, lock: bool = False) -> ContentType:
    rows = types_of(actor=actor, site=site)
    return _one(rows.select_for_update(of=("self",)) if lock else rows, type_id, site)


def elements_of(*, actor: Actor, site: Site) -> QuerySet[Element]:
    """Elements that are not in the trash, drafts included."""
    return Element.objects.filter(site=site, deleted_at=None).select_related("type").defer("query")


def element_for(*, actor: Actor, site: Site, element_id: int, lock: bool = False) -> Element:
    rows = elements_of(actor=actor, site=site)
    return _one(rows.select_for_update(of=("self",)) if lock else rows, element_id, site)


def posts_of(*, actor: Actor, site: Site) -> QuerySet[Post]:
    """Posts that are not in the trash, drafts included."""
    return Post.objects.filter(site=site, deleted_at=None)


def post_for(*, actor: Actor, site: Site, post_id: int, lock: bool = False) -> Post:
    rows = posts_of(actor=actor, site=site)
    return _one(rows.select_for_update() if lock else rows, post_id, site)


def _one(rows: QuerySet[Row], pk: int, site: Site) -> Row:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise errors.NotFound
    row.site = site  # spares the query for what is at hand
    return row


def filtered_elements(rows: QuerySet[Element], query: dict[str, Any]) -> QuerySet[Element]:
    if "type_id" in query:
        rows = rows.filter(type_id=query["type_id"])
    if "type_identifier" in query:
        rows = rows.filter(type__key=query["type_identifier"])
    return _published(rows, query)


def filtered_posts(rows: QuerySet[Post], query: dict[str, Any]) -> QuerySet[Post]:
    if "locale" in query:
        rows = rows.filter(locale=query["locale"])
    return _published(rows, query)


def _published(rows: QuerySet[Any], query: dict[str, Any]) -> QuerySet[Any]:
    if "published" not in query:
        return rows
    return rows.exclude(published_version=None) if query["published"] else rows.filter(published_version=None)


def missing_targets(site: Site, targets: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the (kind, id) pairs that do not exist in the site."""
    missing: set[tuple[str, int]] = set()
    rows: dict[str, QuerySet[Any]] = {
        "post": Post.objects.filter(site=site, deleted_at=None),
        "element": Element.objects.filter(site=site, deleted_at=None),
        "media": Media.objects.filter(site=site),
    }
    for kind in {kind for kind, _ in targets}:
        ids = {id for target, id in targets if target == kind}
        storable = [id for id in ids if 0 < id < 2**63]
        found = set(rows[kind].filter(pk__in=storable).values_list("pk", flat=True))
        missing |= {(kind, id) for id in ids - found}
    return missing


def free_slug(site_id: int, locale: str, base: str) -> str:
    """`base`, or with the first free number behind it."""
    rows = Post.objects.filter(site_id=site_id, locale=locale, deleted_at=None)
    pattern = rf"^{re.escape(base)}(-[0-9]{{1,6}})?$"
    taken = set(rows.filter(slug__startswith=base, slug__regex=pattern).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
