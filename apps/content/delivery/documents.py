"""Elements and posts as the public reads them."""

import datetime

from apps.content.models import PublicDocument, Slug
from apps.core import errors
from apps.sites.models import Site

Finished = tuple[bytes, str, datetime.datetime]


def elements(site: Site, *, type: str = "", limit: int, skip: int) -> bytes:
    """A bare array, newest change first, then highest id. The type may be given bare or with the site's prefix."""
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="element", original=True)
    if type:
        rows = rows.filter(type_key__in={type, type.removeprefix(f"{site.identifier}_")})
    return _array(rows.order_by("-updated_at", "-doc_id").values_list("body", flat=True)[skip : skip + limit])


def posts(site: Site, *, limit: int, skip: int) -> bytes:
    """A bare array, newest change first."""
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="post", original=True).order_by(
        "-updated_at", "-doc_id"
    )
    return _array(rows.values_list("body", flat=True)[skip : skip + limit])


def element(site: Site, element_id: int) -> Finished:
    """Body, validator and last change of one published element; 404 otherwise."""
    return _one(site, doc_type="element", doc_id=element_id, original=True)


def post(site: Site, ref: str) -> Finished:
    """One published post with validator and last change, by id or slug; the site's own locale wins where slugs
    are equal."""
    if ref.isdecimal() and len(ref) <= 18:
        try:
            return _one(site, doc_type="post", doc_id=int(ref), original=True)
        except errors.NotFound:
            pass  # a slug may consist of digits
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="post", slug=ref)
    found = rows.values_list("locale", "body", "etag", "frozen_at")
    best = min(found, key=lambda row: (row[0] != site.default_locale, row[0]), default=None)
    if best is None:
        raise errors.NotFound
    return best[1].encode(), best[2], best[3]


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


def _one(site: Site, **filters: object) -> Finished:
    row = PublicDocument.objects.filter(site_id=site.pk, **filters).values_list("body", "etag", "frozen_at").first()
    if row is None:
        raise errors.NotFound
    return row[0].encode(), row[1], row[2]


def _array(bodies: object) -> bytes:
    return ("[" + ",".join(bodies) + "]").encode()  # type: ignore[arg-type]
