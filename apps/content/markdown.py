"""Markdown made HTML that is safe to show: for feeds and whoever else hands it out finished.

Text is kept as it was written; here, where it becomes a page, what could run is taken out.
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

LONGEST = 50_000

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_SCHEMES = {"http", "https", "mailto"}


@lru_cache(maxsize=200)
def html(text: str) -> str:
    """CommonMark with tables, as HTML without scripts, styles, forms, frames, handlers and `javascript:` addresses."""
    return nh3.clean(_PARSER.render(text), url_schemes=_SCHEMES, link_rel="noopener noreferrer")


def plain(text: str) -> str:
    """A line of text as HTML that shows just that."""
    return nh3.clean_text(text)
