"""The prepared tree as CommonMark with GFM tables and strike-through. No raw HTML gets through."""

import re
from collections.abc import Callable

from bs4 import Tag
from bs4.element import NavigableString, PageElement
from markdownify import MarkdownConverter

from .tree import BLOCKS, KEPT

_LINKABLE = {"http", "https", "mailto", "tel", "sms", "ftp", "ftps", "magnet", "geo", "xmpp", "irc", "webcal"}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif);", re.IGNORECASE)
_URL = re.compile(r"(https?://[^\s<>\[\]()*`\\]+)")
_SPECIAL = r"""\\(?=[!-/:-@\[-`{-~]|\s*$)  # would escape what follows
    |[*`]
    |(?<![^\W_])_|_(?![^\W_])        # inside a word it is harmless
    |<(?=[A-Za-z/!?])                # HTML
    |&(?=\#?\w{1,32};)               # a character reference
    |~(?=~)|(?<=~)~
    |\](?=[(\[:])                    # a link, or its definition
"""
_IN_TEXT = re.compile(_SPECIAL, re.VERBOSE | re.MULTILINE)
_IN_LINK = re.compile(rf"{_SPECIAL}|[\[\]]", re.VERBOSE | re.MULTILINE)
_AT_LINE_START = re.compile(
    r"^([ ]{0,3})(\#{1,6}(?=\s|$) | [-+](?=\s|$) | > | =+[ ]*$ | (?=[|:\ ]*-[|:\ -]*$)[|:-])", re.MULTILINE | re.VERBOSE
)
_NUMBER_AT_LINE_START = re.compile(r"^([ ]{0,3}[0-9]{1,9})([.)])(?=\s|$)", re.MULTILINE)
_LANGUAGE = re.compile(r"(?:^|[\s;])(?:language|lang|brush)[-:]\s*([\w+#-]{1,30})")
_SUPERSCRIPT = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


class Converter(MarkdownConverter):
    """markdownify's traversal with our own words for most elements, so that nothing changes its meaning on the way.

    Its dispatch by attribute name is narrowed to `KEPT`: an element called `<soup>` would call `convert_soup`.
    """

    def __init__(self) -> None:
        super().__init__(heading_style="atx", newline_style="backslash", strip_document=None)

    def get_conv_fn(self, tag_name: str) -> Callable[..., str] | None:
        return super().get_conv_fn(tag_name) if tag_name in KEPT else None  # type: ignore[misc]

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text: str = super().process_text(el, parent_tags=parent_tags)  # type: ignore[misc]
        if "_noformat" in (parent_tags or ()):
            return text
        if "_inline" not in (parent_tags or ()):
            head, newline, tail = ("", "", text) if _begins_line(el) else text.partition("\n")
            tail = _NUMBER_AT_LINE_START.sub(r"\1\\\2", _AT_LINE_START.sub(r"\1\\\2", tail))
            text = f"{head}{newline}{tail}"
        previous, following = el.previous_sibling, el.next_sibling
        text = text.lstrip() if _is(previous, "br") else text
        text = text.rstrip() if _is(following, "br") else text
        if text.endswith("!") and isinstance(following, Tag) and following.name == "a":
            text = f"{text[:-1]}\\!"
        return text

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """As few backslashes as keep the text from turning into markup; URLs stay as they are."""
        special = _IN_LINK if "a" in parent_tags else _IN_TEXT
        pieces = _URL.split(text)
        pieces[::2] = [special.sub(r"\\\g<0>", piece) for piece in pieces[::2]]
        return "".join(pieces)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        before, words, after = _trimmed(re.sub(r"\s*\n{2,}\s*", " ", text))
        url = str(el.get("href") or "").strip()
        if not words or not url or not _is_harmless(url):
            return text
        title = _title(el)
        if el.get_text().strip() == url and not title and re.fullmatch(r"(?:https?://|mailto:)[^\s<>]+", url):
            return f"{before}<{url}>{after}"
        return f"{before}[{words}]({_destination(url)}{title}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        url = str(el.get("src") or "").strip()
        alt = re.sub(r"([\[\]\\*_`<])", r"\\\1", " ".join(str(el.get("alt") or "").split()))
        if {"emoji", "wp-smiley"} & set(el.get_attribute_list("class")) or "_noformat" in parent_tags:
            return alt
        if not url or not (_is_harmless(url) or _PICTURE.match(url)):
            return ""
        return f"![{alt}]({_destination(url)}{_title(el)})"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_inline" in parent_tags or "_noformat" in parent_tags:
            return " "
        before, after = _sibling(el, -1), _sibling(el, 1)
        if _is(after, "br"):
            return "\n\n"
        if _is(before, "br") or _is_block(before) or _is_block(after) or (after is None and _is_block(el.parent)):
            return "\n"
        return "\\\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        code = _code(el).strip("\n").rstrip()
        if not code.strip():
            return ""
        if "_inline" in parent_tags:
            return _code_span(code)
        inner = el.find("code")
        found = _LANGUAGE.search(_classes(el)) or (_LANGUAGE.search(_classes(inner)) if inner else None)
        return _fenced(code, found[1].lower() if found else "")

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "pre" in parent_tags or "code" in parent_tags:
            return text
        code = _code(el).strip()
        if not code:
            return " " if text else ""
        before, _, after = _trimmed(text)
        return f"{before and ' '}{_code_span(code)}{after and ' '}"

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _emphasised("**", el, text, parent_tags)

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _emphasised("*", el, text, parent_tags)

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _emphasised("~~", el, text, parent_tags)

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Figures have characters of their own; letters (1st, Mme) read well without."""
        return text.translate(_SUPERSCRIPT) if re.fullmatch(r"[0-9+\-=()ni]+", text) else text

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text.translate(_SUBSCRIPT) if re.fullmatch(r"[0-9+\-=()]+", text) else text

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = " ".join(text.split())
        if "_inline" in parent_tags or not words:
            return words
        words = re.sub(r"(#+)$", r"\\\1", words)
        return f"\n\n{'#' * n} {words}\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\n\n---\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        if not text:
            return ""
        if "_inline" in parent_tags:
            return f" {text} "
        mark = f"{el['value']}. " if el.parent and el.parent.name == "ol" else "- "
        indented = re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), text)
        return f"{mark}{indented}\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = " ".join(text.split()).replace("|", "\\|")
        return f" {words} |" if words else " |"

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        width = len(el.find_all("th", recursive=False))
        return f"|{text}\n" + (f"|{' --- |' * width}\n" if width else "")


def _trimmed(text: str) -> tuple[str, str, str]:
    """The space before, the words, the space after; a line break at either end is but a space in HTML."""
    words = text.strip()
    start = text.find(words) if words else len(text)
    before, after = (re.sub(r"[ \n]*\n[ \n]*", " ", space) for space in (text[:start], text[start + len(words) :]))
    return before, words, after


def _emphasised(mark: str, el: Tag, text: str, parent_tags: set[str]) -> str:
    """Each paragraph by itself, spaces outside, and a closing mark that the word after it cannot cancel."""
    if "_noformat" in parent_tags:
        return text
    runs_on = isinstance(el.next_sibling, NavigableString) and el.next_sibling[:1].isalnum()
    parts = re.split(r"(\n{2,})", text)
    for number, part in enumerate(parts):
        before, words, after = _trimmed(part)
        outside = ""
        if number == len(parts) - 1 and not after and runs_on:
            outside = words[len(words.rstrip(".,:;!?…")) :]
            words = words[: len(words) - len(outside)]
        parts[number] = f"{before}{mark}{words}{mark}{outside}{after}" if words.strip("\\") else part
    return "".join(parts)


def _code(el: Tag) -> str:
    for line_break in el.find_all("br"):
        line_break.replace_with("\n")
    return el.get_text()


def _code_span(code: str) -> str:
    code = re.sub(r"\s*\n\s*", " ", code)
    fence = "`" * (max(map(len, re.findall(r"`+", code)), default=0) + 1)
    pad = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{fence}{pad}{code}{pad}{fence}"


def _fenced(code: str, language: str) -> str:
    fence = "`" * max(3, max(map(len, re.findall(r"`+", code)), default=0) + 1)
    return f"\n\n{fence}{language}\n{code}\n{fence}\n\n"


def _classes(tag: Tag) -> str:
    return " ".join(map(str, tag.get_attribute_list("class")))


def _is_harmless(url: str) -> bool:
    """No script, no embedded page: a scheme on the list, or none."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", url))
    return scheme is None or scheme[1].lower() in _LINKABLE


def _destination(url: str) -> str:
    url = re.sub(r"[\t\n]", "", url)
    unsafe = r"""[\s<>\\"]""" if _is_balanced(url) else r"""[\s<>\\"()]"""
    url = re.sub(unsafe, lambda char: "".join(f"%{byte:02X}" for byte in char[0].encode()), url)
    return re.sub(r"&(?=#?\w{1,32};)", "&amp;", url)


def _is_balanced(url: str) -> bool:
    depth = 0
    for char in url:
        depth += (char == "(") - (char == ")")
        if depth < 0 or depth > 20:
            return False
    return depth == 0


def _title(el: Tag) -> str:
    words = " ".join(str(el.get("title") or "").split())
    return ' "{}"'.format(re.sub(r'(["\\])', r"\\\1", words)) if words else ""


def _sibling(el: PageElement, direction: int) -> PageElement | None:
    siblings = el.next_siblings if direction > 0 else el.previous_siblings
    return next((node for node in siblings if isinstance(node, Tag) or str(node).strip()), None)


def _is(node: PageElement | None, name: str) -> bool:
    return isinstance(node, Tag) and node.name == name


def _is_block(node: PageElement | None) -> bool:
    return isinstance(node, Tag) and (node.name in BLOCKS or node.name == "[document]")


def _begins_line(el: PageElement) -> bool:
    """Whether nothing stands between this and the start of its line."""
    node: PageElement | None = el
    while node is not None:
        before = _sibling(node, -1)
        if before is not None:
            return _is(before, "br") or _is_block(before)
        node = node.parent
        if _is_block(node):
            return True
    return True
