"""Elements and posts as the public reads them.

`locale` prefers by the site's fallback chain and leaves no document out; without it each comes in its own. A document
has one public `updated_at` in all its locales, that of its published version: lists have one order in every locale.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from apps.content.delivery.locales import shown
from apps.content.models import PublicDocument, Slug
from apps.core import errors
from apps.core.delivery import Answer
from apps.core.tenancy import pathless
from apps.sites import locales
from apps.sites.models import Site


def elements(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array, newest change first, then highest id. The type may be given bare or with the site's prefix."""
    return _array(site, query, "element", query["type"].removeprefix(f"{site.identifier}_"))


def posts(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array, newest change first."""
    return _array(site, query, "post")


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
    tag = f"site:{site.pk}:{doc_type}#{doc_id}"
    if locale:
        return one(_of(site, doc_type).filter(doc_id=doc_id), site, locale, tag)
    rows = _rows(site, _ONE, [site.pk, doc_type, doc_id], prepared=True)
    if not rows:
        raise errors.NotFound
    body, etag, modified = rows[0]
    return Answer(body.encode(), (tag,), etag, modified)


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


def _array(site: Site, query: dict[str, Any], doc_type: str, key: str = "") -> Answer:
    """The rows of the answer are found first, in an index: bodies and translations are read for those alone."""
    skip, limit, chain = query["skip"], query["limit"], locales.chain(site, query["locale"])
    tag = f"site:{site.pk}:{doc_type}" + (f":{key}" if key else "")
    if chain:
        order = ("-updated_at", "-doc_id")
        rows = _of(site, doc_type).filter(**({"type_key": key} if key else {})).order_by(*order)[skip : skip + limit]
        chosen = shown(PublicDocument.objects.filter(pk__in=rows.values("pk")), chain).order_by(*order)
        bodies: list[str] = list(chosen.values_list("shown_body", flat=True))
    else:
        statement, named = (_NEWEST_OF_TYPE, [key]) if key else (_NEWEST, [])
        bodies = [body for (body,) in _rows(site, statement, [site.pk, doc_type, *named, limit, skip])]
    return Answer(("[" + ",".join(bodies) + "]").encode(), (tag,))


# What nearly all readers ask, as the ORM would say it; saying it anew for each took three times as long as its answer.
_ONE = """
SELECT body, etag, frozen_at FROM {table} WHERE site_id = %s AND doc_type = %s AND doc_id = %s AND original
"""
_NEWEST = """
SELECT body FROM (
    SELECT doc_type, doc_id FROM {table} WHERE site_id = %s AND doc_type = %s AND original
    ORDER BY updated_at DESC, doc_id DESC LIMIT %s OFFSET %s
) found JOIN {table} USING (doc_type, doc_id) WHERE original ORDER BY updated_at DESC, doc_id DESC
"""
_NEWEST_OF_TYPE = _NEWEST.replace("AND original\n", "AND original AND type_key = %s\n", 1)


def _rows(site: Site, statement: str, values: list[Any], *, prepared: bool = False) -> list[Any]:
    table = f"{connection.ops.quote_name(site.tenant.schema_name)}.{PublicDocument._meta.db_table}"
    with pathless(prepared=prepared) as cursor:
        cursor.execute(statement.format(table=table), values)
        return list(cursor.fetchall())
