"""Which renditions of a picture may be asked for: a bounded set by anybody, anything by who has a signed address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

WIDTHS = (64, 128, 256, 384, 512, 640, 768, 960, 1200, 1600, 1920, 2560)
"""What a side in pixels is rounded up to."""
QUALITIES = (50, 65, 80, 90)
"""What a quality is rounded up to."""
SHOWN = (384, 640, 960, 1200, 1600, 1920)
"""The widths of a `srcset`."""
FITS = ("cover", "contain", "inside")
FORMATS = ("webp", "avif", "jpeg", "png")
LARGEST = 4096
_QUALITY = {"avif": 65, "png": 90}
_ASKED = ("w", "h", "fit", "format", "q", "fp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A rendition, written in one way only; sides in pixels, 0 for as large as it comes."""

    width: int
    height: int
    fit: str
    format: str
    quality: int
    focal: tuple[float, float]
    signed: bool = False

    @property
    def key(self) -> str:
        x, y = self.focal
        return f"{self.width}x{self.height}-{self.fit}-{self.format}-{self.quality}-{x:g}-{y:g}"


def asked(media: Any, query: dict[str, Any]) -> Size | None:
    """The rendition of the media that `w, h, fit, format, q, fp` ask for; None when they ask for the file itself.

    Without the signature `s` over them sides and quality are rounded up to what there is and the focal point to a grid
    of three by three.
    """
    if not any(query.get(name) for name in ("w", "h", "format")):
        return None
    signed = constant_time_compare(query.get("s", ""), signature(media, query))
    width, height = (_side(query.get(name) or 0, most or LARGEST, signed) for name, most in
                     (("w", media.width), ("h", media.height)))  # fmt: skip
    form = query.get("format") or "webp"
    quality = query.get("q") or _QUALITY.get(form, 80)
    fit = (query.get("fit") or "cover") if width and height else "inside"
    focal = (0.5, 0.5)
    if fit == "cover":
        focal = query.get("fp") or (0.5 if media.focal_x is None else media.focal_x,
                                    0.5 if media.focal_y is None else media.focal_y)  # fmt: skip
        if query.get("fp") and not signed:
            focal = (round(focal[0] * 2) / 2, round(focal[1] * 2) / 2)
        focal = (round(focal[0], 3), round(focal[1], 3))
    quality = quality if signed else next((one for one in QUALITIES if one >= quality), QUALITIES[-1])
    if form == "png":
        quality = _QUALITY["png"]
    return Size(width=width, height=height, fit=fit, format=form, quality=quality, focal=focal, signed=signed)


def _side(side: int, most: int, signed: bool) -> int:
    """Nothing is made larger than the picture is."""
    if side and not signed:
        side = next((one for one in WIDTHS if one >= side), WIDTHS[-1])
    return min(side, most)


def signature(media: Any, query: dict[str, Any]) -> str:
    """Over the media and what is asked of it; whoever may read media gets one from `media_renditions`."""
    return Signer(salt="media.rendition").signature(f"{media.uid}:{_written(query)}")


def address(media: Any, query: dict[str, Any], *, signed: bool = False) -> str:
    """Absolute; of the media's `/view`, with what is asked for."""
    more = f"&s={signature(media, query)}" if signed else ""
    path = f"{settings.PUBLIC_BASE_URL}/public/{media.site.identifier}/media/{media.pk}/view"
    return f"{path}?{_written(query)}{more}"


def srcset(media: Any) -> str:
    """For an `img` element: the picture in widths up to its own; empty for what has no renditions."""
    if not media.is_picture or not media.width:
        return ""
    widths = [width for width in SHOWN if width < media.width] or [media.width]
    return ", ".join(f"{address(media, {'w': width})} {width}w" for width in widths)


def _written(query: dict[str, Any]) -> str:
    given = {name: query[name] for name in _ASKED if query.get(name)}
    if "fp" in given:
        given["fp"] = ",".join(f"{part:g}" for part in given["fp"])
    return urlencode(given, safe=",")
