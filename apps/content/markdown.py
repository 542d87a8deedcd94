"""Markdown made HTML that is safe to show, for feeds and whoever else hands it out finished; and made to be said.

Text is kept as it was written; here, where it becomes a page, what could run is taken out.
"""

import html as entities
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 50_000

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_BLOCKS = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("inline")
_LINE = 10_000
"""Characters of a paragraph in which marks are looked for, which takes the longer the more brackets there are."""
_SCHEMES = {"http", "https", "mailto"}
_CODE = {"fence", "code_block"}
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_BREAK = re.compile(r"</?(?:p|div|h[1-6]|li|ul|ol|tr|table|section|article|blockquote|br|hr)\b[^<>]*+>", re.I)


@lru_cache(maxsize=200)
def html(text: str) -> str:
    """CommonMark with tables, as HTML without scripts, styles, forms, frames, handlers and `javascript:` addresses."""
    return nh3.clean(_PARSER.render(text), url_schemes=_SCHEMES, link_rel="noopener noreferrer")


def plain(text: str) -> str:
    """A line of text as HTML that shows just that."""
    return nh3.clean_text(text)


def said(text: str) -> str:
    """What is said aloud of a Markdown text: each heading, item, paragraph and row of a table as a sentence in a line
    of its own. Code, addresses and marks are not said; of a picture its alternative text is."""
    lines: list[str] = []
    cells: list[str] | None = None
    known: dict[str, Any] = {}
    for token in _BLOCKS.parse(text, known):
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            lines.append(", ".join(filter(None, map(str.strip, cells or ()))))
            cells = None
        elif token.type == "inline":
            words = token.content
            if len(words) <= _LINE:
                words = _words(_PARSER.parseInline(words, known)[0].children or ())
            (lines if cells is None else cells).append(words)
        elif token.type == "html_block":
            lines.append(bare(token.content))
    return sentences("\n".join(lines))


def _words(tokens: Iterable[Token]) -> str:
    found = []
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                found.append(token.content)
            case "softbreak" | "hardbreak":
                found.append(" ")
            case "image":
                found.append(_words(token.children or ()))
    return "".join(found)


def bare(markup: str) -> str:
    """The text of some HTML without its tags, scripts and styles; what stands in a block of its own is a line."""
    return entities.unescape(nh3.clean(_BREAK.sub("\n", markup), tags=set()))


def sentences(text: str) -> str:
    """The lines of a plain text without addresses, each ended like a sentence."""
    lines = (" ".join(_ADDRESS.sub("", line).split()) for line in text.splitlines())
    return "\n".join(
        line if line.rstrip("\"'”’»)")[-1:] in tuple(".!?…:;。！？") else f"{line.rstrip(',')}."
        for line in lines
        if any(map(str.isalnum, line))
    )


def without_code(text: str) -> list[tuple[str, bool]]:
    """The text cut between its paragraphs, and of each part whether it holds words: blocks of code and empty lines do
    not. The parts one after the other are the text, with line ends of `\\n`."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text.replace("\r\n", "\n").replace("\r", "\n"))
    code: set[int] = set()
    for token in _BLOCKS.parse("".join(lines)):
        if token.type in _CODE and token.map:
            code.update(range(*token.map))
    parts: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        kind = "code" if number in code else "words" if line.strip() else "empty"
        if parts and parts[-1][1] == kind:
            parts[-1] = (parts[-1][0] + line, kind)
        else:
            parts.append((line, kind))
    return [(part, kind == "words") for part, kind in parts]
