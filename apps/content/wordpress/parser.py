"""Reads WXR 1.0 to 1.2, the RSS dialect of WordPress's exporter (wp-admin/includes/export.php).

The format has no specification; what is taken for granted here is what that exporter writes and what WordPress's
own importer accepts. XInclude and stylesheet instructions are never followed.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import errors as expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from .errors import HostileExport, UnreadableExport
from .records import Author, Export, Item, Term
from .slugs import decode_slug
from .source import CleanText, open_text

__all__ = ["Author", "Export", "HostileExport", "Item", "Term", "UnreadableExport", "read"]

DEEPEST = 32
"""WXR itself nests six deep."""
MOST_ELEMENTS = 200_000
"""In one entry, a comment's own elements not counted once it is read."""

_WORDPRESS = re.compile(r"\{https?://wordpress\.org/export/\d+\.\d+/(excerpt/)?\}(.+)")
_PREFIXES = {"http://purl.org/rss/1.0/modules/content/": "content", "http://purl.org/dc/elements/1.1/": "dc"}
_KINDS = {"post_tag": "tag"}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_CUT_OFF = {
    expat.codes[message]
    for message in (expat.XML_ERROR_NO_ELEMENTS, expat.XML_ERROR_UNCLOSED_TOKEN, expat.XML_ERROR_UNCLOSED_CDATA_SECTION)
}


def read(path: Path) -> Export:
    """Checks the whole file and reads all of it but the items, which are read when iterated.

    Raises `HostileExport` or `UnreadableExport`. Authors that the export credits without describing them (all of
    them in WXR 1.0) are there too, by their login.
    """
    head: dict[str, str] = {}
    authors: dict[str, Author] = {}
    credited: dict[str, Author] = {}
    terms: list[Term] = []
    counts: Counter[tuple[str, str]] = Counter()
    for name, element in _entries(path):
        if name == "wp:author":
            author = _author(_fields(element))
            authors[author.login] = author
        elif name in {"wp:category", "wp:tag", "wp:term"}:
            terms.append(_term(name, _fields(element)))
        elif name == "item":
            if not re.fullmatch(r"1\.\d+", head.get("wp:wxr_version", "")):
                break
            item = _item(element)
            counts[item.kind, item.status] += 1
            if item.author_login:
                credited[item.author_login] = Author(item.author_login, "", item.author_login)
        else:
            head.setdefault(name, (element.text or "").strip())
    version = head.get("wp:wxr_version")
    if version is None:
        raise UnreadableExport("This is a feed, but not a WordPress export: it states no WXR version")
    if not re.fullmatch(r"1\.\d+", version):
        raise UnreadableExport(f"WXR version “{version[:20]}” is not known; 1.0 to 1.2 are")
    return Export(
        title=_plain(head.get("title", "")),
        base_url=(head.get("wp:base_blog_url") or head.get("link", "")).rstrip("/"),
        language=head.get("language", ""),
        authors=tuple((credited | authors).values()),
        terms=tuple(terms),
        items=_FileItems(path, counts.total()),
        counts=MappingProxyType(dict(counts)),
    )


@dataclass(frozen=True, slots=True)
class _FileItems:
    path: Path
    count: int

    def __iter__(self) -> Iterator[Item]:
        return (_item(element) for name, element in _entries(self.path) if name == "item")

    def __len__(self) -> int:
        return self.count


def _entries(path: Path) -> Iterator[tuple[str, Element]]:
    """What stands directly in the channel, each whole when given and emptied when the next is asked for."""
    with open_text(path) as text:
        try:
            yield from _stream(text)
        except DefusedXmlException as error:
            raise HostileExport("The file declares a document type or entities, which no export does") from error
        except ParseError as error:
            line = error.position[0] + text.skipped_lines
            if not text.at_end or error.code not in _CUT_OFF:
                raise UnreadableExport(f"The file is not valid XML: {expat.messages[error.code]}", line) from error
            if error.position == (1, 0):
                raise UnreadableExport("The file is empty") from error
            raise UnreadableExport("The file is cut off: it ends in the middle", line) from error


def _stream(text: CleanText) -> Iterator[tuple[str, Element]]:
    depth = elements = before_comment = 0
    above: list[Element] = []
    for event, element in iterparse(text, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            elements += 1
            if depth > DEEPEST or elements > MOST_ELEMENTS:
                raise HostileExport("One entry nests too deep or holds too many elements")
            if depth == 1 and element.tag != "rss":
                raise UnreadableExport(f"The file is XML, but not a WordPress export: it is a <{element.tag[:80]}>")
            if depth <= 2:
                above[depth - 1 :] = [element]
            elif depth == 3:
                text.entry_starts()
                elements = 0
            elif depth == 4:
                before_comment = elements
        else:
            if depth == 4 and _name(element.tag) == "wp:comment":
                element.clear()  # only their number is wanted
                elements = before_comment
            elif depth == 3:
                yield _name(element.tag), element
            if depth in {2, 3}:
                above[depth - 2].clear()
            depth -= 1


@lru_cache(maxsize=512)
def _name(tag: str) -> str:
    """`{http://wordpress.org/export/1.2/}post_id` as `wp:post_id`, whatever the version and scheme."""
    if match := _WORDPRESS.fullmatch(tag):
        return f"{'excerpt' if match[1] else 'wp'}:{match[2]}"
    space, brace, local = tag.removeprefix("{").partition("}")
    return f"{_PREFIXES.get(space, space)}:{local}" if brace else tag


def _fields(element: Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for child in element:
        fields.setdefault(_name(child.tag), child.text or "")
    return fields


def _author(fields: dict[str, str]) -> Author:
    login = fields.get("wp:author_login", "").strip()
    parts = (fields.get("wp:author_first_name", "").strip(), fields.get("wp:author_last_name", "").strip())
    name = fields.get("wp:author_display_name", "").strip() or " ".join(filter(None, parts)) or login
    return Author(login, fields.get("wp:author_email", "").strip(), html.unescape(name))


_TERM_FIELDS = {
    "wp:category": ("wp:category_nicename", "wp:cat_name", "wp:category_parent", "wp:category_description"),
    "wp:tag": ("wp:tag_slug", "wp:tag_name", "", "wp:tag_description"),
    "wp:term": ("wp:term_slug", "wp:term_name", "wp:term_parent", "wp:term_description"),
}


def _term(element_name: str, fields: dict[str, str]) -> Term:
    slug, name, parent, description = (fields.get(key, "").strip() for key in _TERM_FIELDS[element_name])
    kind = fields.get("wp:term_taxonomy", "").strip() or element_name.removeprefix("wp:")
    return Term(
        _KINDS.get(kind, kind),
        decode_slug(slug),
        html.unescape(name) or slug,
        decode_slug(parent),
        html.unescape(description),
    )


def _item(element: Element) -> Item:
    fields = _fields(element)
    meta: dict[str, str] = {}
    terms: dict[tuple[str, str, str], None] = {}
    comments = 0
    for child in element:
        name = _name(child.tag)
        if name == "wp:comment":
            comments += 1
        elif name == "wp:postmeta":
            pair = _fields(child)
            meta.setdefault(pair.get("wp:meta_key", ""), pair.get("wp:meta_value", ""))
        elif name == "category" and (slug := child.get("nicename")):  # WXR 1.0 says each twice, once without a slug
            kind = child.get("domain") or "category"
            terms[_KINDS.get(kind, kind), decode_slug(slug), html.unescape((child.text or "").strip())] = None
    kind = fields.get("wp:post_type", "").strip() or "post"
    # WordPress's importer falls back to the guid for the file of an attachment too.
    attachment = (fields.get("wp:attachment_url") or fields.get("guid") or "").strip() if kind == "attachment" else ""
    return Item(
        wp_id=_integer(fields.get("wp:post_id")),
        kind=kind,
        title=_plain(fields.get("title", "")),
        slug=decode_slug(fields.get("wp:post_name", "").strip()),
        link=fields.get("link", "").strip(),
        author_login=fields.get("dc:creator", "").strip(" \t\n<>"),  # stray brackets do occur; no login has any
        status=fields.get("wp:status", "").strip() or "publish",
        published_at=_time(fields, "wp:post_date_gmt", "wp:post_date"),
        modified_at=_time(fields, "wp:post_modified_gmt", "wp:post_modified"),
        content_html=fields.get("content:encoded", ""),
        excerpt_html=fields.get("excerpt:encoded", ""),
        password=fields.get("wp:post_password", ""),
        parent_wp_id=_integer(fields.get("wp:post_parent")),
        menu_order=_integer(fields.get("wp:menu_order")),
        sticky=fields.get("wp:is_sticky", "").strip() == "1",
        terms=tuple(terms),
        attachment_url=attachment or None,
        meta=meta,
        comment_count=comments,
        thumbnail_wp_id=_integer(meta.get("_thumbnail_id")) or None,
    )


def _plain(title: str) -> str:
    """A title as its readers saw it: WordPress allows markup there, and exports it escaped or as it is."""
    return " ".join(html.unescape(_TAG.sub("", title)).split())


def _integer(text: str | None) -> int:
    """0 for anything that is no id; menu orders may be negative."""
    return int(match[0]) if text and (match := re.fullmatch(r"-?[0-9]{1,18}", text.strip())) else 0


def _time(fields: dict[str, str], *names: str) -> datetime | None:
    """The first of these that is a real date: unset ones read `0000-00-00 00:00:00` or `-0001-11-30 00:00:00`."""
    for name in names:
        try:
            return datetime.strptime(fields.get(name, "").strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
