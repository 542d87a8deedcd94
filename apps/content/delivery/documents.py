"""Elements and posts as the public reads them.

`locale` prefers by the site's fallback chain and leaves no document out; without it each comes in its own. A document
has one public `updated_at` in all its locales, that of its published version: lists have one order in every locale.
"""

import datetime
from typing import Any

from django.db.models import QuerySet

from apps.content.delivery.locales import shown
from apps.content.models import PublicDocument, Slug
from apps.core import errors
from apps.sites import locales
from apps.sites.models import Site

Finished = tuple[bytes, str, datetime.datetime]


def elements(site: Site, *, type: str = "", locale: str = "", limit: int, skip: int) -> bytes:
    """A bare array, newest change first, then highest id. The type may be given bare or with the site's prefix."""
    rows = _of(site, "element")
    if type:
        rows = rows.filter(type_key__in={type, type.removeprefix(f"{site.identifier}_")})
    return _array(site, rows, locale, limit, skip)


def posts(site: Site, *, locale: str = "", limit: int, skip: int) -> bytes:
    """A bare array, newest change first."""
    return _array(site, _of(site, "post"), locale, limit, skip)


def element(site: Site, element_id: int, *, locale: str = "") -> Finished:
    """Body, validator and last change of one published element; 404 otherwise."""
    return one(_of(site, "element").filter(doc_id=element_id), site, locale)


def post(site: Site, ref: str, *, locale: str = "") -> Finished:
    """Body, validator and last change of one published post, by id or slug."""
    if ref.isdecimal() and len(ref) <= 18:
        try:
            return one(_of(site, "post").filter(doc_id=int(ref)), site, locale)
        except errors.NotFound:
            pass  # a slug may consist of digits
    return by_slug(site, "post", ref, locale=locale)


def by_slug(site: Site, doc_type: str, slug: str, *, locale: str = "") -> Finished:
    """The document that has the slug, in the locale as everywhere; without one in that of the slug.

    Where documents have the same slug in different locales the reader's wins, then the site's own.
    """
    chain = locales.chain(site, locale) or [site.default_locale]
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type=doc_type, slug=slug)
    found = shown(rows, chain if locale else []).values_list("locale", "shown_body", "shown_etag", "shown_frozen_at")
    ranked = sorted(found, key=lambda row: (chain.index(row[0]) if row[0] in chain else len(chain), row[0]))
    if not ranked:
        raise errors.NotFound
    return ranked[0][1].encode(), ranked[0][2], ranked[0][3]


def moved_post(site: Site, ref: str) -> str:
    """The slug that a post is public under by now which had this one; 404 when there is none.

    A slug that somebody has taken since leads to its new owner only.
    """
    was = Slug.objects.filter(site_id=site.pk, doc_type="post", slug=ref, current=False)
    past = {row.doc_id: row.locale for row in was.order_by("pk")[:50]}
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="post", doc_id__in=past).exclude(slug="")
    found = [
        (past[doc_id] != locale, locale != site.default_locale, not original, doc_id, slug)
        for doc_id, locale, original, slug in rows.values_list("doc_id", "locale", "original", "slug")
    ]
    if not found:
        raise errors.NotFound
    return min(found)[-1]


def _of(site: Site, doc_type: str) -> QuerySet[PublicDocument]:
    return PublicDocument.objects.filter(site_id=site.pk, doc_type=doc_type, original=True)


def one(rows: QuerySet[PublicDocument], site: Site, locale: str) -> Finished:
    """Of the one row that there is; 404 when there is none."""
    row = shown(rows, locales.chain(site, locale)).values_list("shown_body", "shown_etag", "shown_frozen_at").first()
    if row is None:
        raise errors.NotFound
    return row[0].encode(), row[1], row[2]


def _array(site: Site, rows: QuerySet[PublicDocument], locale: str, limit: int, skip: int) -> bytes:
    order = ("-updated_at", "-doc_id")
    # The rows of the answer first: translations are looked up for those alone, not for all that is skipped.
    chosen = rows.order_by(*order)[skip : skip + limit]
    if chain := locales.chain(site, locale):
        chosen = shown(PublicDocument.objects.filter(pk__in=chosen.values("pk")), chain).order_by(*order)
    bodies: QuerySet[Any] = chosen.values_list("shown_body" if chain else "body", flat=True)
    return ("[" + ",".join(bodies) + "]").encode()
