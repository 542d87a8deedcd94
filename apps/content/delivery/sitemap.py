"""The site's map for search engines (sitemaps.org 0.9)."""

import datetime
from io import StringIO
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.db.models import JSONField, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils.xmlutils import SimplerXMLGenerator

from apps.content import addresses
from apps.content.models import PublicDocument
from apps.core import errors
from apps.core.delivery import Answer
from apps.sites import settings
from apps.sites.models import Site

PER_FILE = 20_000
"""With addresses of at most 2,047 characters this keeps below both limits of the protocol: 50,000 and 50 MB."""
MAX_ADDRESS = 2_047
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(site: Site, query: dict[str, Any]) -> Answer:
    """Published pages and posts; of many, without `page`, the index of the files that `page` from 1 gives.

    Pages that ask search engines to leave them out are not in it. 404 for a file that there is not.
    """
    rows, where, page = _rows(site), addresses.of(site, settings.of(site).document), query.get("page")
    if page is None:
        count = rows.count()
        if count > PER_FILE:
            files = range(1, (count - 1) // PER_FILE + 2)
            return _answer(
                site, "sitemapindex", "sitemap", [(f"{where.api}/sitemap.xml?page={n}", None) for n in files]
            )
    start = ((page or 1) - 1) * PER_FILE
    found = list(rows[start : start + PER_FILE])
    if page is not None and page > 1 and not found:
        raise errors.NotFound
    entries = [(_address(where, row), row[4]) for row in found]
    return _answer(site, "urlset", "url", [entry for entry in entries if len(entry[0]) <= MAX_ADDRESS])


def _rows(site: Site) -> QuerySet[Any, Any]:
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type__in=("page", "post"), original=True)
    robots = Coalesce(KT("kept__seo__robots"), Value("", output_field=TextField()))
    rows = rows.annotate(kept=Cast("source", JSONField())).annotate(robots=robots)
    return (
        rows.exclude(robots__regex=r"(^|,)(noindex|none)(,|$)")
        .order_by("doc_type", "doc_id")
        .values_list("doc_type", "doc_id", "slug", "path", "updated_at")
    )


def _address(where: addresses.Addresses, row: tuple[Any, ...]) -> str:
    doc_type, doc_id, slug, path, _ = row
    return where.page(slug=slug, path=path) if doc_type == "page" else where.post(id=doc_id, slug=slug)


def _answer(site: Site, root: str, each: str, entries: list[tuple[str, datetime.datetime | None]]) -> Answer:
    tags = (f"site:{site.pk}:page", f"site:{site.pk}:post")
    return Answer(_xml(root, each, entries), tags, content_type="application/xml")


def _xml(root: str, each: str, entries: list[tuple[str, datetime.datetime | None]]) -> bytes:
    text = StringIO()
    xml = SimplerXMLGenerator(text, "utf-8")
    xml.startDocument()
    xml.startElement(root, AttributesImpl({"xmlns": _NAMESPACE}))
    for address, changed in entries:
        xml.startElement(each, AttributesImpl({}))
        xml.addQuickElement("loc", address)
        if changed is not None:
            xml.addQuickElement("lastmod", changed.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        xml.endElement(each)
    xml.endElement(root)
    return text.getvalue().encode()
