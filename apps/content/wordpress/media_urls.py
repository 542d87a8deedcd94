"""Addresses of media in posts, and their new ones."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

IMAGE = re.compile(r"[^?#]+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|heic)(?:[?#]|$)", re.IGNORECASE)

_URL = re.compile(r"""(?:https?:)?//[^\s"'<>()\[\]|\\`]+""", re.IGNORECASE)
_PROXY = re.compile(r"^(?:i[0-9]\.wp\.com/)(?=[^/]+\.[^/]+/)")
_SIZE = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w{1,5}$)")
_SCALED = re.compile(r"-scaled(?=\.\w{1,5}$)")


def rewrite_urls(text: str, mapping: Mapping[str, str]) -> str:
    """Markdown or HTML in which each URL that is a key of `mapping` is its value.

    So are its http and https forms, its sizes (`photo-300x200.jpg`, and `photo-scaled.jpg` for `photo.jpg` or the
    other way round), its form through WordPress's image proxy (`i0.wp.com/…`), with whatever query. URLs that
    already are values stay, so doing it twice changes nothing.
    """
    new = set(mapping.values())
    known: dict[str, str] = {}
    for old, target in mapping.items():
        known.setdefault(_key(old), target)
    for key, target in list(known.items()):
        known.setdefault(_SCALED.sub("", key), target)

    def moved(found: re.Match[str]) -> str:
        url = found[0].rstrip(".,;:!?*_~")
        if url in new:
            return found[0]
        target = _lookup(url.replace("&amp;", "&"), known)
        return found[0] if target is None else target + found[0][len(url) :]

    return _URL.sub(moved, text)


def _lookup(url: str, known: Mapping[str, str]) -> str | None:
    bare, hash_, fragment = url.partition("#")
    whole = _key(bare)
    path = whole.partition("?")[0]
    for key in (whole, path, _SIZE.sub("", path), _SCALED.sub("", _SIZE.sub("", path))):
        if key in known:
            return known[key] + hash_ + fragment
    return None


def _key(url: str) -> str:
    """Without the scheme, the host in lower case, the path in letters rather than percent signs."""
    rest = _PROXY.sub("", re.sub(r"^(?:https?:)?//", "", url.strip(), flags=re.IGNORECASE))
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{unquote(path)}"
