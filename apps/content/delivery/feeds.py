"""The newest posts for feed readers: RSS 2.0 and JSON Feed 1.1."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery
from django.utils.feedgenerator import Rss201rev2Feed

from apps.content import addresses, markdown
from apps.content.models import Post, PublicDocument
from apps.core.delivery import Answer
from apps.core.encoding import dumps, loads, stamp
from apps.sites import settings
from apps.sites.models import Site

NEWEST = 50
RENDERED = 300_000
"""Characters of Markdown that one feed renders; posts past that, and very long ones, come with their summary only."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _RSS(Rss201rev2Feed):
    def latest_post_date(self) -> datetime.datetime:
        """When the feed became another one; Django takes the present moment for an empty feed."""
        found: datetime.datetime = self.feed["modified"]
        return found


@dataclass(frozen=True, slots=True)
class Feed:
    title: str
    description: str
    language: str
    home: str
    api: str
    items: list[dict[str, Any]]
    modified: datetime.datetime


def rss(site: Site, query: dict[str, Any]) -> Answer:
    """RSS 2.0; characters that XML cannot hold are left out."""
    feed = _feed(site)
    out = _RSS(
        title=_xml(feed.title),
        link=feed.home,
        description=_xml(feed.description or feed.title),
        language=feed.language,
        feed_url=f"{feed.api}/feed.xml",
        modified=feed.modified,
    )
    for item in feed.items:
        out.add_item(
            title=_xml(item["title"]),
            link=item["url"],
            description=_xml(item["html"] or markdown.plain(item["summary"])),
            unique_id=item["uid"],
            unique_id_is_permalink=False,
            pubdate=item["published"],
            categories=[_xml(tag) for tag in item["tags"]],
        )
    return _answer(site, out.writeString("utf-8").encode(), "application/rss+xml; charset=utf-8", feed)


def json_feed(site: Site, query: dict[str, Any]) -> Answer:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed = _feed(site)
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": f"{feed.api}/feed.json",
        **({"description": feed.description} if feed.description else {}),
        "language": feed.language,
        "items": [_item(item) for item in feed.items],
    }
    return _answer(site, dumps(said), "application/feed+json", feed)


def _answer(site: Site, body: bytes, kind: str, feed: Feed) -> Answer:
    return Answer(body, (f"site:{site.pk}:post",), modified=feed.modified, content_type=kind)


def _item(item: dict[str, Any]) -> dict[str, Any]:
    text = {"content_html": item["html"]} if item["html"] else {"content_text": item["summary"] or item["title"]}
    return {
        "id": item["uid"],
        "url": item["url"],
        "title": item["title"],
        **text,
        **({"summary": item["summary"]} if item["summary"] else {}),
        "date_published": stamp(item["published"]),
        "date_modified": stamp(item["modified"]),
        **({"tags": item["tags"]} if item["tags"] else {}),
        "language": item["language"],
    }


def _feed(site: Site) -> Feed:
    document = settings.of(site).document
    where = addresses.of(site, document)
    of_post = Post.objects.filter(pk=OuterRef("doc_id"))
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="post", original=True)
    rows = rows.annotate(published=Subquery(of_post.values("published_at")), uid=Subquery(of_post.values("uid")))
    rows = rows.order_by(F("published").desc(nulls_last=True), "-doc_id")[:NEWEST]
    left, items = RENDERED, []
    for row in rows:
        body = loads(row.body)
        short = len(body["content"]) <= min(left, markdown.LONGEST)
        left -= len(body["content"]) if short else 0
        items.append(
            {
                "uid": f"urn:uuid:{row.uid}",
                "url": where.post(id=row.doc_id, slug=row.slug),
                "title": body["title"],
                "html": markdown.html(body["content"]) if short else "",
                "summary": body["short_description"] or "",
                "published": row.published or row.updated_at,
                "modified": row.updated_at,
                "tags": body["keywords"] or [],
                "language": row.locale,
            }
        )
    # Those that were taken back or deleted too: what is gone from the feed has changed it.
    changed = Post.objects.filter(site_id=site.pk).aggregate(last=Max("updated_at"))["last"]
    modified = max(changed or site.updated_at, site.updated_at)
    names = (document["title"], document["description"], document["default_locale"])
    return Feed(*names, where.home, where.api, items, modified)


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
