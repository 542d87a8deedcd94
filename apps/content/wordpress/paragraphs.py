"""Paragraphs as WordPress shows them: `wpautop` (wp-includes/formatting.php) and the block editor's comments.

Text from the classic editor holds paragraphs parted by blank lines, without `<p>`, and its line breaks count. Text
between the block editor's comments is finished HTML where they do not.
"""

import re

from .shelf import BLOCK_TOKEN

_NAMES = (
    "address|article|aside|blockquote|caption|center|col|colgroup|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|h[1-6]|header|hgroup|hr|legend|li|main|menu|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_BLOCK = re.compile(rf"<(/?)({_NAMES})(?:\s[^<>]*)?/?>|{BLOCK_TOKEN}", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/][^<>]*>")
_BREAK = re.compile(r"(?:<br\s*/?>)?[ \t]*\n[ \t]*", re.IGNORECASE)
_ONLY_TAGS = re.compile(r"(?:</?(?!img\b)[a-zA-Z][^<>]*>)+")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

_VOID = {"hr", "col"}
_STRUCTURE = {"ul", "ol", "menu", "dl", "table", "thead", "tbody", "tfoot", "tr", "colgroup"}
_TIGHT = {"p", "li", "dt", "dd", "td", "th", "caption", "figure", "figcaption", "summary", "legend", "address"}
_TIGHT |= {f"h{level}" for level in range(1, 7)}
_CELLS = {"td", "th"}
_IMPLIED = {"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "td": _CELLS, "th": _CELLS, "tr": _CELLS | {"tr"}}
"""Which open element a new one ends, where HTML lets authors leave the end tag out; a `<p>` is ended by any."""


def segments(text: str) -> list[tuple[bool, str]]:
    """The text without comments, as (finished HTML?, piece). Page breaks become rules."""
    pieces: list[tuple[bool, list[str]]] = []
    depth = 0

    def add(piece: str) -> None:
        if not pieces or pieces[-1][0] != (depth > 0):
            pieces.append((depth > 0, []))
        pieces[-1][1].append(piece)

    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        add(text[at:start])
        at = end + len("-->")
        comment = text[start + 4 : end].strip()
        if re.match(r"/?wp:(?:core/)?(?:freeform|classic)\b", comment):
            add("\n\n")
        elif comment.startswith("wp:"):
            depth += not comment.endswith("/")
        elif comment.startswith("/wp:"):
            depth = max(0, depth - 1)
        elif comment == "nextpage":
            add("\n\n<hr>\n\n")
        elif re.match(r"more\b", comment):
            add("\n\n")
    add(text[at:])
    return [(finished, "".join(parts)) for finished, parts in pieces]


def autop(text: str) -> str:
    """Classic-editor text with its paragraphs and line breaks, and the end tags left out, written as HTML."""
    text = _TAG.sub(lambda tag: tag[0].replace("\n", " "), text)
    done: list[str] = []
    opened: list[str] = []
    at = 0
    for tag in _BLOCK.finditer(text):
        done.append(_paragraphs(text[at : tag.start()], opened[-1] if opened else ""))
        at = tag.end()
        name = (tag[2] or "").lower()
        if tag[1]:
            if name in opened[-50:]:
                while opened.pop() != name:
                    pass
        else:
            while opened and (opened[-1] == "p" or opened[-1] in _IMPLIED.get(name, ())):
                done.append(f"</{opened.pop()}>")
            if name and name not in _VOID:
                opened.append(name)
        done.append(tag[0])
    done.append(_paragraphs(text[at:], opened[-1] if opened else ""))
    return "".join(done)


def _paragraphs(text: str, inside: str) -> str:
    if inside in _STRUCTURE:
        return text
    chunks = [_BREAK.sub("<br>", chunk.strip()) for chunk in _BLANK_LINES.split(text) if chunk.strip()]
    if inside in _TIGHT and len(chunks) <= 1:
        return "".join(chunks)
    return "".join(chunk if _ONLY_TAGS.fullmatch(chunk) else f"<p>{chunk}</p>" for chunk in chunks)
