"""SVG: a drawing, or a program that looks like one. Only drawings come in, and they are stored as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree
from django.core.files.base import File

from apps.core.errors import TooLarge
from apps.media.errors import DamagedFile, UnsafeFile

MAX_BYTES = 5 * 1024 * 1024
_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_REFUSED = {"script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener"}
_ANIMATES = {"animate", "set", "animatetransform", "animatemotion", "animatecolor"}
_RASTER_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
_STYLE_OUTSIDE = re.compile(r"@import|expression\s*\(|javascript:|-moz-binding|behavior\s*:|\\", re.IGNORECASE)
_STYLE_URL = re.compile(r"(?:url|image|image-set|src)\(\s*['\"]?\s*(?P<target>[^)'\"]*)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(?:px)?\s*")
_STYLED = {
    "style",
    "fill",
    "stroke",
    "filter",
    "mask",
    "clip-path",
    "cursor",
    "marker-start",
    "marker-mid",
    "marker-end",
}


def inspect(upload: File[Any]) -> tuple[int | None, int | None]:
    """Width and height in pixels where the drawing states them. Refused: scripts, handlers, foreign content, entities
    and every reference that leaves the file."""
    if (upload.size or 0) > MAX_BYTES:
        raise TooLarge(limit=MAX_BYTES)
    upload.seek(0)
    try:
        text = upload.read().decode("utf-8-sig")
        root: Element = ElementTree.fromstring(text)
    except DefusedXmlException:
        raise UnsafeFile(reason="entity") from None
    except (UnicodeDecodeError, ParseError, ValueError):
        raise DamagedFile from None
    finally:
        upload.seek(0)
    if re.search(r"<\?xml-stylesheet|<!ENTITY|<!ATTLIST", text, re.IGNORECASE):
        raise UnsafeFile(reason="instruction")
    if root.tag not in (f"{{{_SVG}}}svg", "svg"):
        raise UnsafeFile(reason="root")
    for reason in _faults(root):
        raise UnsafeFile(reason=reason)
    return _size(root)


def _faults(root: Element) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        namespace, _, name = element.tag.rpartition("}")
        name = name.lower()
        if name in _REFUSED or namespace == f"{{{_XHTML}":
            yield f"element {name}"
        if name == "style" and _leaves(element.text or ""):
            yield "style"
        for key, value in element.attrib.items():
            yield from _attribute_faults(name, key, value)


def _attribute_faults(element: str, key: str, value: str) -> Iterator[str]:
    namespace, _, name = key.rpartition("}")
    name = name.lower()
    if name.startswith("on") and not namespace:
        yield f"attribute {name}"
    elif name == "base" and namespace:
        yield "attribute base"
    elif name in ("href", "src"):
        target = re.sub(r"[\x00-\x20]", "", value)
        drawn = element in ("image", "feimage") and _RASTER_DATA.match(target)
        if target and not target.startswith("#") and not drawn:
            yield f"reference in {element}"
    elif name == "attributename" and element in _ANIMATES:
        if value.strip().lower().rpartition(":")[2] in ("href", "src") or value.strip().lower().startswith("on"):
            yield f"attribute {value.strip()[:40]}"
    elif name in _STYLED and _leaves(value):
        yield f"attribute {name}"


def _leaves(style: str) -> bool:
    """Whether CSS loads or runs anything from outside of the file."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    targets = (found["target"].strip() for found in _STYLE_URL.finditer(style))
    return bool(_STYLE_OUTSIDE.search(style)) or any(
        target and not target.startswith("#") and not _RASTER_DATA.match(target) for target in targets
    )


def _size(root: Element) -> tuple[int | None, int | None]:
    width, height = _length(root.get("width")), _length(root.get("height"))
    if width is None or height is None:
        numbers = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
        if len(numbers) == 4:
            width, height = _length(numbers[2]), _length(numbers[3])
    return (width, height) if width and height else (None, None)


def _length(text: str | None) -> int | None:
    found = _LENGTH.fullmatch(text or "")
    return min(round(float(found[1])), 2**31 - 1) if found else None
