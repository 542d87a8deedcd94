"""Pages as the public reads them: by id, slug or path, as a list and as a menu."""

from typing import Any

from django.db import connection
from django.db.models import JSONField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from apps.content.delivery.documents import by_id, by_slug, one
from apps.content.delivery.locales import shown
from apps.content.forest import forest
from apps.content.models import PublicDocument, Slug
from apps.core import errors
from apps.core.delivery import Answer
from apps.core.encoding import dumps
from apps.sites import locales
from apps.sites.models import Site

_MENU = """
SELECT d.doc_id, coalesce(above.id, 0), p.parent_id IS NULL OR above.deleted_at IS NOT NULL,
  d.source::jsonb ->> 'title', d.slug, d.path
FROM content_publicdocument d
JOIN content_page p ON p.id = d.doc_id
LEFT JOIN content_page above ON above.id = p.parent_id
WHERE d.site_id = %s AND d.doc_type = 'page' AND d.original AND (d.source::jsonb -> 'in_navigation') <> 'false'
ORDER BY p.position, p.id
"""


class Moved(errors.NotFound):
    """What was asked for is at another address now: its slug and path."""

    def __init__(self, slug: str, path: str) -> None:
        super().__init__()
        self.slug, self.path = slug, path


def pages(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array without the pages' elements, newest change first. `search` looks into title and description."""
    rows, offset = _rows(site).filter(original=True), query.get("skip", query["offset"])
    if slug := query["slug"]:
        rows = rows.filter(slug=slug)
    if search := query["search"]:
        said = rows.annotate(said=Cast("summary", JSONField()))
        said = said.annotate(title=KT("said__title"), description=KT("said__description"))
        rows = said.filter(Q(title__icontains=search) | Q(description__icontains=search))
    chosen = rows.order_by("-updated_at", "-doc_id")[offset : offset + query["limit"]]
    if chain := locales.chain(site, query["locale"]):
        found = PublicDocument.objects.filter(pk__in=chosen.values("pk")).order_by("-updated_at", "-doc_id")
        chosen = shown(found, chain, ["summary"])
    summaries = chosen.values_list("shown_summary" if chain else "summary", flat=True)
    return Answer(("[" + ",".join(summaries) + "]").encode(), (_tag(site),))


def page(site: Site, query: dict[str, Any], *, page_ref: str) -> Answer:
    """One published page, by id or slug, as posts are. `Moved` when it had that slug before."""
    if page_ref.isdecimal() and len(page_ref) <= 18:
        try:
            return by_id(site, "page", int(page_ref), query["locale"])
        except errors.NotFound:
            pass  # a slug may consist of digits
    try:
        return by_slug(site, "page", page_ref, locale=query["locale"])
    except errors.NotFound:
        now = _once_called(site, page_ref)
        raise Moved(now.slug, now.path) from None


def by_path(site: Site, query: dict[str, Any]) -> Answer:
    """One published page by its path. A slug is unique in its site and locale, so the last one of a path says which
    page is meant: `Moved` when that one stands elsewhere now, or had the slug before."""
    path = "/" + query["path"].strip("/")
    slug = path.rpartition("/")[2]
    rows = _rows(site).filter(slug=slug)
    row = _best(site, rows.filter(path=path)) or _best(site, rows) or _once_called(site, slug)
    if row.path != path:
        raise Moved(row.slug, row.path)
    if not query["locale"]:
        return Answer(row.body.encode(), (_tag(site),), row.etag, row.frozen_at)
    return one(_rows(site).filter(pk=row.pk), site, query["locale"], _tag(site))


def navigation(site: Site, query: dict[str, Any]) -> Answer:
    """The tree of published pages, ordered; one that is left out takes what is below it along. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_MENU, [site.pk])
        rows = cursor.fetchall()
    found = (
        (id, None if top else parent, {"id": id, "title": title, "slug": slug, "path": path})
        for id, parent, top, title, slug, path in rows
    )
    return Answer(dumps(forest(found, strays=False)), (_tag(site),))


def _tag(site: Site) -> str:
    """Touched with any of the site's pages."""
    return f"site:{site.pk}:page"


def _rows(site: Site) -> QuerySet[PublicDocument]:
    return PublicDocument.objects.filter(site_id=site.pk, doc_type="page").defer("source")


def _best(site: Site, rows: QuerySet[PublicDocument]) -> PublicDocument | None:
    return min(rows, key=lambda row: (row.locale != site.default_locale, row.locale, row.doc_id), default=None)


def _once_called(site: Site, slug: str) -> PublicDocument:
    """The published page that had the slug before; one that only a draft has leads nowhere."""
    past = Slug.objects.filter(site_id=site.pk, doc_type="page", slug=slug, current=False)
    row = _best(site, _rows(site).filter(doc_id__in=past.values("doc_id"), original=True))
    if row is None:
        raise errors.NotFound
    return row
