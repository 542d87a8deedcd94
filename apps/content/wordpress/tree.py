"""Post HTML as a parsed tree that is ready for conversion: odd elements replaced by ones that Markdown has."""

import html
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from .paragraphs import autop, segments
from .shelf import TOKEN_CHARACTERS, Shelf, replace_pairs
from .shortcodes import captions_to_figures, embeds_to_links, shelve
from .tables import square

DEEPEST = 100
"""Elements nested deeper than this leave only their text: conversion recurses."""

_SAME = {
    "code": "kbd samp tt",
    "del": "s strike",
    "div": "address aside center dd details dl dt fieldset figure footer form header hgroup main nav summary",
    "em": "cite i var",
    "p": "figcaption legend",
    "strong": "b",
    "ul": "menu",
}
RENAMED = {name: plain for plain, names in _SAME.items() for name in names.split()}
HEADINGS = {f"h{level}" for level in range(1, 7)}
BLOCKS = {"article", "blockquote", "div", "hr", "li", "ol", "p", "pre", "section"} | HEADINGS
BLOCKS |= {"table", "td", "th", "tr", "ul"}
INLINE = {"a", "del", "em", "q", "strong", "sub", "sup"}
KEPT = BLOCKS | INLINE | {"br", "code", "img"}
"""What the converter has words for; of any other element only the contents stay."""
DROPPED = ["script", "style", "svg", "template", "head", "select", "textarea", "input", "button"]
PLAYERS = ["iframe", "embed", "audio", "video"]

_UNWANTED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff{TOKEN_CHARACTERS}]")
_VERBATIM = re.compile(
    r"<(?P<tag>pre|code|script|style)\b[^<>]*>|\[(?P<short>sourcecode|code)\b(?P<attributes>[^\[\]<>]{0,300})\]", re.I
)
_NOT_STYLING = re.compile(
    r"<(?!/?(?:a|abbr|b|br|cite|code|del|em|font|i|ins|kbd|mark|pre|s|samp|small|span|strong|sub|sup|tt|u|var)\b[^<>]*>)",
    re.I,
)
_LANGUAGE = re.compile(r"""(?:lang|language)\s*=\s*["']?([\w+#-]+)|^\s*=?\s*["']?([\w+#-]+)["']?\s*$""")
_URL = re.compile(r"https?://[^\s<>]+")
_BACKGROUND = re.compile(r"""background-image:\s*url\(\s*["']?([^"')]+)""")


class _Element(Tag):
    """A tag that looks for a child near where it found the last: edits in order stay linear in their number."""

    _near = 0

    def index(self, element: PageElement) -> int:
        before = min(self._near, len(self.contents) - 1)
        after = before + 1
        while before >= 0 or after < len(self.contents):
            for place in (before, after):
                if 0 <= place < len(self.contents) and self.contents[place] is element:
                    self._near = place
                    return place
            before, after = before - 1, after + 1
        raise ValueError("not a child")


class _Soup(_Element, BeautifulSoup):
    """The document's own children are looked for in the same way."""


def parse(text: str, shelf: Shelf) -> BeautifulSoup:
    """The HTML with its paragraphs, captions and embeds spelled out. Other shortcodes are tokens of `shelf`."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    code = Shelf("code")
    text = replace_pairs(text, _VERBATIM, _end_of_verbatim, lambda opener, body: _shelved(code, opener, body))
    pieces = []
    for finished, piece in segments(text):
        piece = shelve(embeds_to_links(captions_to_figures(piece)), shelf)
        pieces.append(piece if finished else autop(piece))
    # The parser chokes on declarations; comments, the only ones with a use here, are gone by now.
    whole = re.sub(r"<(?=[!?])", "&lt;", code.restore("".join(pieces)))
    whole += "<p></p>"  # without any tag, the parser warns of what might be a file name or an address
    soup = _Soup(whole, "html.parser", element_classes={Tag: _Element})
    if _is_too_deep(soup):
        words = soup.get_text(" ")
        soup = _Soup("", "html.parser")
        soup.append(words)
    return soup


def _end_of_verbatim(opener: re.Match[str]) -> str:
    return rf"</{opener['tag']}\s*>" if opener["tag"] else rf"\[/{opener['short']}\]"


def _shelved(code: Shelf, opener: re.Match[str], body: str) -> str:
    """Code keeps every `<` that does not begin an element which only colours or emphasises."""
    tag = (opener["tag"] or "").lower()
    if tag in {"script", "style"}:
        return ""
    if tag:
        return code.put(f"{opener[0]}{_NOT_STYLING.sub('&lt;', body)}</{tag}>", block=tag == "pre")
    found = _LANGUAGE.search(opener["attributes"])
    language = f' class="language-{found[1] or found[2]}"' if found else ""
    return code.put(f"<pre{language}>{html.escape(html.unescape(body))}</pre>", block=True)


def _is_too_deep(soup: BeautifulSoup) -> bool:
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depth = depths[id(tag.parent)] + 1
        if depth > DEEPEST:
            return True
    return False


def prepare(soup: BeautifulSoup) -> None:
    """Rewrites the tree in place until the converter's few elements say all of it."""
    for tag in soup.find_all(DROPPED):
        tag.decompose()
    for button in soup.select("a.wp-block-file__button"):  # it repeats the link before it
        button.decompose()
    for tag in soup.find_all(["pre", "ul", "table", "a", "div", "dt", "section", *PLAYERS]):
        if tag.decomposed or tag.parent is None:
            continue
        if tag.name in PLAYERS:
            _link_to_player(tag, soup)
        elif tag.name == "table":
            square(tag, soup)
        else:
            _untangle(tag, soup)
    for tag in soup.find_all(True):
        tag.name = RENAMED.get(tag.name, tag.name)
    for tag in [soup, *soup.find_all(KEPT)]:
        _drop_wrappers(tag)
    soup.smooth()
    for code in soup.find_all("code"):
        if "\n" in code.get_text().strip() or code.find("br"):
            _make_listing(code)
    for tag in soup.find_all(["strong", "em", "del"]):
        if tag.find_parent(tag.name):
            tag.unwrap()
    for tag in soup.find_all(["strong", "em", "del", "code"]):
        while tag.parent and isinstance(twin := tag.next_sibling, Tag) and twin.name == tag.name:
            tag.extend(list(twin.contents))  # their marks would run together
            twin.decompose()
    _nest_lists(soup)
    _number_items(soup)
    for line_break in soup.find_all("br"):
        _hoist(line_break)
    for text in soup.find_all(string=_URL):
        _link_lonely_url(text, soup)


def _drop_wrappers(parent: Tag) -> None:
    """Leaves only the contents of elements that say nothing, and of empty ones; `unwrap` would be quadratic."""
    if any(_says_nothing(child) for child in parent.children):
        children = list(_said(parent))
        parent.clear()
        parent.extend(children)


def _said(parent: Tag) -> Iterator[PageElement]:
    for child in list(parent.children):
        if isinstance(child, Tag) and _says_nothing(child):
            yield from _said(child)
        else:
            yield child


def _says_nothing(node: PageElement) -> bool:
    if not isinstance(node, Tag) or node.name in BLOCKS or node.name == "br":
        return False
    if node.name == "img":
        return not node.get("src")
    return node.name not in KEPT or not (node.get_text().strip() or node.find(["img", "br"]))


def _untangle(tag: Tag, soup: BeautifulSoup) -> None:
    classes = set(tag.get_attribute_list("class"))
    if tag.name == "pre" and "wp-block-verse" in classes:  # a poem, not code
        tag.name = "p"
        for text in tag.find_all(string=True):
            for number, line in enumerate(str(text).split("\n")):
                if number:
                    text.insert_before(soup.new_tag("br"))
                text.insert_before(line)
            text.extract()
    elif tag.name == "ul" and classes & {"wp-block-gallery", "blocks-gallery-grid"}:
        for entry in tag.find_all("li", recursive=False):
            entry.name = "div"
        tag.name = "div"
    elif tag.name == "a":
        for inner in tag.find_all(True):
            if RENAMED.get(inner.name, inner.name) in BLOCKS:
                inner.append(" ")
                inner.unwrap()
    elif tag.name == "dt" and not tag.find(["b", "strong"]):
        words = soup.new_tag("strong")
        words.extend(list(tag.contents))
        tag.append(words)
    elif (background := _BACKGROUND.search(str(tag.get("style", "")))) and not tag.find("img", recursive=False):
        tag.insert(0, soup.new_tag("img", attrs={"src": background[1].strip(), "alt": ""}))


def _make_listing(code: Tag) -> None:
    """`wpautop` breaks lines inside `<code>`, so authors wrote listings in it."""
    if not any(parent.name in {"pre", "code", "td", "th"} | INLINE | HEADINGS for parent in code.parents):
        code.name = "pre"


def _link_to_player(tag: Tag, soup: BeautifulSoup) -> None:
    source = tag if tag.get("src") else tag.find("source", src=True)
    url = str(source["src"]).strip() if isinstance(source, Tag) else ""
    url = f"https:{url}" if url.startswith("//") else url
    paragraph = soup.new_tag("p")
    if re.match(r"https?://|/", url):
        link = soup.new_tag("a", attrs={"href": url})
        link.string = url
        paragraph.append(link)
    tag.replace_with(paragraph)


def _nest_lists(soup: BeautifulSoup) -> None:
    """A list directly inside a list belongs to the entry before it."""
    for inner in soup.find_all(["ul", "ol"]):
        if inner.parent and inner.parent.name in {"ul", "ol"}:
            before = inner.find_previous_sibling("li")
            if before is None:
                inner.wrap(soup.new_tag("li"))
            else:
                before.append(inner.extract())


def _number_items(soup: BeautifulSoup) -> None:
    """Writes each entry's number into its `value`, counting once instead of once per entry."""
    for ordered in soup.find_all("ol"):
        number = _number(ordered.get("start"), 1)
        for entry in ordered.find_all("li", recursive=False):
            number = _number(entry.get("value"), number)
            entry["value"] = str(number)
            number += 1


def _number(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,8}", value) else otherwise


def _hoist(line_break: Tag) -> None:
    """Moves a line break out of the emphasis or link that it begins or ends."""
    while (parent := line_break.parent) and parent.name in INLINE:
        if not _is_blank(line_break.next_siblings):
            if not _is_blank(line_break.previous_siblings):
                return
            parent.insert_before(line_break.extract())
        else:
            parent.insert_after(line_break.extract())


def _is_blank(nodes: Iterator[PageElement]) -> bool:
    return all(isinstance(node, NavigableString) and not node.strip() for node in nodes)


def _link_lonely_url(text: NavigableString, soup: BeautifulSoup) -> None:
    """WordPress embeds what a URL on its own line points to; here it becomes a link."""
    url = text.strip()
    if text.parent is None or text.parent.name not in {"p", "div", "[document]"} or not _URL.fullmatch(url):
        return
    if all(_ends_line(node) for node in (_neighbour(text, -1), _neighbour(text, 1))):
        link = soup.new_tag("a", attrs={"href": url})
        link.string = url
        text.replace_with(link)


def _neighbour(node: Tag | NavigableString, direction: int) -> Tag | NavigableString | None:
    siblings = node.next_siblings if direction > 0 else node.previous_siblings
    for sibling in siblings:
        if isinstance(sibling, Tag) or (isinstance(sibling, NavigableString) and sibling.strip()):
            return sibling
    return None


def _ends_line(node: Tag | NavigableString | None) -> bool:
    return node is None or (isinstance(node, Tag) and (node.name == "br" or node.name in BLOCKS))
