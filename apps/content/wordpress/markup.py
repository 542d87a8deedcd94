"""WordPress post HTML as Markdown, and what else an import wants to know of it.

None of these raises on any text, and all take time about linear in its length.
"""

import re

from bs4 import Tag

from .converter import Converter
from .media_urls import IMAGE, rewrite_urls
from .shelf import Shelf, drop_tokens
from .shortcodes import next_fence, replace_galleries
from .tree import BLOCKS, DROPPED, RENAMED, parse, prepare

__all__ = ["image_urls", "plain_excerpt", "replace_galleries", "rewrite_urls", "to_markdown"]

_MORE = re.compile(r"<!--\s*more\b")
_ONLY_URL = re.compile(r"^\s*https?://\S+\s*$")
_DANGLING_BREAK = re.compile(r"(?<!\\)((?:\\\\)*)\\$")


def to_markdown(html: str) -> str:
    """CommonMark with GFM tables; no raw HTML, no blank space at either end or at line ends.

    Paragraphs and line breaks are those WordPress shows. The block editor's comments go, `<!--nextpage-->` becomes
    a rule, `[caption]` an image with its caption below, `[embed]` and players a link; `[gallery]` and all other
    shortcodes stay verbatim. Code keeps every character. Colours, alignment, sizes, underlines and forms are lost.
    """
    shortcodes = Shelf("shortcode")
    soup = parse(html, shortcodes)
    prepare(soup)
    return _tidy(shortcodes.restore(Converter().convert_soup(soup)))


def image_urls(html: str) -> list[str]:
    """The images shown and the image files linked to, as written, each once, in order. Embedded data is none."""
    soup = parse(html, Shelf("shortcode"))
    prepare(soup)
    urls: dict[str, None] = {}
    for tag in soup.find_all(["img", "a"]):
        url = str(tag.get("src" if tag.name == "img" else "href") or "").strip()
        if tag.name == "a" and not IMAGE.match(url):
            continue
        if url and not url.lower().startswith("data:") and not _is_emoji(tag):
            urls[url] = None
    return list(urls)


def plain_excerpt(html: str, limit: int = 300) -> str:
    """The beginning as one line of plain text, up to `<!--more-->` if there is text before it.

    At most `limit` characters, ended at a word with “…” where cut. Captions, code, tables, bare URLs and shortcodes
    are left out.
    """
    more = _MORE.search(html)
    text = (_plain(html[: more.start()]) if more else "") or _plain(html)
    if len(text) <= limit:
        return text
    cut = text[: max(0, limit - 1)]
    if not text[len(cut)].isspace() and " " in cut:
        cut = cut[: cut.rfind(" ")]
    return cut.rstrip(" ,;:.-") + "…"


def _plain(html: str) -> str:
    soup = parse(html, Shelf("shortcode"))
    for tag in soup.find_all([*DROPPED, "figure", "pre", "table"]):
        tag.decompose()
    for url in soup.find_all(string=_ONLY_URL):
        url.extract()
    for tag in soup.find_all(BLOCKS | set(RENAMED) | {"br"}):
        if tag.name in {"br", *BLOCKS} or RENAMED[tag.name] in BLOCKS:
            tag.insert(0, " ")
            tag.append(" ")
    return " ".join(drop_tokens(soup.get_text()).split())


def _is_emoji(tag: Tag) -> bool:
    return bool({"emoji", "wp-smiley"} & set(tag.get_attribute_list("class")))


def _tidy(markdown: str) -> str:
    """Outside code: no spaces at line ends, no double blank lines, no line break that ends a paragraph."""
    lines: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        was_code = bool(fence)
        fence = next_fence(fence, line)
        if was_code:
            lines.append(line)
            continue
        line = line.rstrip()
        if not line.strip("> "):
            if lines:
                lines[-1] = _DANGLING_BREAK.sub(r"\1", lines[-1]).rstrip()
            if lines and not lines[-1].strip("> "):
                lines[-1] = min(lines[-1], line, key=len)
                continue
        lines.append(line)
    return _DANGLING_BREAK.sub(r"\1", "\n".join(lines).strip())
