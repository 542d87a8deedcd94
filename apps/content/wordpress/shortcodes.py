"""WordPress shortcodes: two become HTML, code becomes `<pre>`, the rest waits on a shelf to come back verbatim."""

import html
import re
from collections.abc import Callable

from .shelf import TOKEN_CHARACTERS, Shelf, replace_pairs

_BODY = rf"[^\[\]<>{TOKEN_CHARACTERS}]{{0,1000}}"
_ANY = re.compile(rf"\[?\[/?[A-Za-z][\w-]*(?:[\s=]{_BODY})?/?\]\]?(?![(\[:])")
_CAPTION = re.compile(rf"(?<!\[)\[((?:wp_)?caption)\b({_BODY})\]", re.IGNORECASE)
_EMBED = re.compile(rf"(?<!\[)\[embed\b{_BODY}\]", re.IGNORECASE)
_OLD_CAPTION = re.compile(r"""\scaption=(?:"([^"]*)"|'([^']*)')""")
_IMAGE = re.compile(r"\s*((?:<a\s[^<>]*>\s*)?<img\s[^<>]*>(?:\s*</a>)?)", re.IGNORECASE)
_URL = re.compile(r"(?:https?:)?//[^\s<>\"'\[\]]+")
_GALLERY = re.compile(r"(?<!\[)\[gallery\b([^\[\]]*)\](?!\])", re.IGNORECASE)
_GALLERY_IDS = re.compile(r"""\b(?:ids|include)\s*=\s*["']?([\d\s,]+)""")


def captions_to_figures(text: str) -> str:
    """`[caption]` in both of its forms (the caption as attribute, and after the image) as `<figure>`."""

    def figure(opener: re.Match[str], body: str) -> str:
        image = _IMAGE.match(body)
        if image is None:
            return body
        old = _OLD_CAPTION.search(opener[2])
        words = body[image.end() :].strip() or (html.unescape(old[1] or old[2] or "") if old else "")
        caption = f"<figcaption>{words}</figcaption>" if words else ""
        return f"\n\n<figure>{image[1]}{caption}</figure>\n\n"

    return replace_pairs(text, _CAPTION, lambda opener: rf"\[/{opener[1]}\]", figure)


def embeds_to_links(text: str) -> str:
    """`[embed]url[/embed]` as a link of its own line; anything but a URL inside leaves it alone."""

    def link(opener: re.Match[str], body: str) -> str:
        url = body.strip()
        return f'\n\n<a href="{url}">{url}</a>\n\n' if _URL.fullmatch(url) else f"{opener[0]}{body}[/embed]"

    return replace_pairs(text, _EMBED, lambda opener: r"\[/embed\]", link)


def shelve(text: str, shelf: Shelf) -> str:
    """Every other shortcode out of the reach of escaping. `[words](…)` is no shortcode, `[[escaped]]` is kept so."""
    return _ANY.sub(lambda found: shelf.put(re.sub(r"\s*\n\s*", " ", found[0])), text)


def replace_galleries(markdown: str, show: Callable[[tuple[int, ...]], str]) -> str:
    """Puts `show(ids)`, Markdown, in the place of each `[gallery]` outside code.

    The ids are those of attachments, in order; none means all images attached to the post, as in WordPress.
    """

    def shown(gallery: re.Match[str]) -> str:
        ids = _GALLERY_IDS.search(gallery[1])
        return show(tuple(int(number) for number in re.findall(r"\d{1,18}", ids[1])) if ids else ())

    lines: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        fence = next_fence(fence, line)
        lines.append(line if fence else _GALLERY.sub(shown, line))
    return "\n".join(lines)


_FENCE = re.compile(r"^(?:[ >]|- |\d{1,9}\. )*(`{3,})([^`]*)$")


def next_fence(fence: str, line: str) -> str:
    """The code fence that is open on this line and after it, given the one open before; empty outside code."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    if not fence:
        return match[1]
    return "" if match[1] == fence and not match[2].strip() else fence
