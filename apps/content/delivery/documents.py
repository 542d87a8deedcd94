"""Elements and posts as the public reads them.

`locale` prefers by the site's fallback chain and leaves no document out; without it each comes in its own. A document
has one public `updated_at` in all its locales, that of its published version: lists have one order in every locale.
"""

from typing import Any

from django.db.models import QuerySet

from apps.content.delivery.locales import shown
from apps.content.models import PublicDocument, Slug
from apps.core import errors
from apps.core.delivery import Answer
from apps.sites import locales
from apps.sites.models import Site


def elements(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array, newest change first, then highest id. The type may be given bare or with the site's prefix."""
    rows, tags = _of(site, "element"), [f"site:{site.pk}:element"]
    if kind := query["type"]:
        keys = {kind, kind.removeprefix(f"{site.identifier}_")}
        rows, tags = rows.filter(type_key__in=keys), [f"site:{site.pk}:element:{key}" for key in keys]
    return _array(site, rows, query, tags)


def posts(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array, newest change first."""
    return _array(site, _of(site, "post"), query, [f"site:{site.pk}:post"])


def element(site: Site, query: dict[str, Any], *, element_id: int) -> Answer:
    """One published element; 404 otherwise."""
    return by_id(site, "element", element_id, query["locale"])


def post(site: Site, query: dict[str, Any], *, post_ref: str) -> Answer:
    """One published post, by id or slug."""
    if post_ref.isdecimal() and len(post_ref) <= 18:
        try:
            return by_id(site, "post", int(post_ref), query["locale"])
        except errors.NotFound:
            pass  # a slug may consist of digits
    return by_slug(site, "post", post_ref, locale=query["locale"])


def tags_of(site_id: int | None, doc_type: str, doc_id: int, type_key: str = "") -> list[str]:
    """What is touched when a public document comes, changes or goes."""
    tags = [f"site:{site_id}:{doc_type}", f"site:{site_id}:{doc_type}#{doc_id}"]
    return [*tags, f"site:{site_id}:{doc_type}:{type_key}"] if type_key else tags


def by_id(site: Site, doc_type: str, doc_id: int, locale: str) -> Answer:
    rows = _of(site, doc_type).filter(doc_id=doc_id)
    return one(rows, site, locale, f"site:{site.pk}:{doc_type}#{doc_id}")


def by_slug(site: Site, doc_type: str, slug: str, *, locale: str = "") -> Answer:
    """The document that has the slug, in the locale as everywhere; without one in that of the slug.

    Where documents have the same slug in different locales the reader's wins, then the site's own.
    """
    chain = locales.chain(site, locale) or [site.default_locale]
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type=doc_type, slug=slug)
    found = shown(rows, chain if locale else []).values_list("locale", "shown_body", "shown_etag", "shown_frozen_at")
    ranked = sorted(found, key=lambda row: (chain.index(row[0]) if row[0] in chain else len(chain), row[0]))
    if not ranked:
        raise errors.NotFound
    _, body, etag, modified = ranked[0]
    # Whose the slug is may change with any document of the kind.
    return Answer(body.encode(), (f"site:{site.pk}:{doc_type}",), etag, modified)


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


def one(rows: QuerySet[PublicDocument], site: Site, locale: str, tag: str) -> Answer:
    """Of the one row that there is; 404 when there is none."""
    row = shown(rows, locales.chain(site, locale)).values_list("shown_body", "shown_etag", "shown_frozen_at").first()
    if row is None:
        raise errors.NotFound
    body, etag, modified = row
    return Answer(body.encode(), (tag,), etag, modified)


def _array(site: Site, rows: QuerySet[PublicDocument], query: dict[str, Any], tags: list[str]) -> Answer:
    order, skip, limit = ("-updated_at", "-doc_id"), query["skip"], query["limit"]
    # The rows of the answer first: translations are looked up for those alone, not for all that is skipped.
    chosen = rows.order_by(*order)[skip : skip + limit]
    if chain := locales.chain(site, query["locale"]):
        chosen = shown(PublicDocument.objects.filter(pk__in=chosen.values("pk")), chain).order_by(*order)
    bodies: QuerySet[Any] = chosen.values_list("shown_body" if chain else "body", flat=True)
    return Answer(("[" + ",".join(bodies) + "]").encode(), tuple(tags))
