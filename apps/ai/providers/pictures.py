"""Sizes and files of pictures, the same for every provider."""

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from apps.ai.errors import AskedTooMuch
from apps.ai.providers.protocols import Made, Paint

if TYPE_CHECKING:
    from PIL import Image

PIXELS = 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


def ratio(aspect_ratio: str) -> float:
    """Width over height of "16:9"; 1 where it says nothing that can be drawn, and never past 4:1."""
    width, _, height = aspect_ratio.partition(":")
    try:
        found = float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        return 1.0
    return min(4.0, max(0.25, found)) if math.isfinite(found) and found > 0 else 1.0


def size_for(aspect_ratio: str, pixels: int = PIXELS) -> tuple[int, int]:
    """Width and height, both even, of about `pixels` in that ratio."""
    wide = ratio(aspect_ratio)
    height = math.sqrt(pixels / wide)
    return round(height * wide / 2) * 2, round(height / 2) * 2


def opened(picture: bytes) -> "Image.Image":
    """The picture, decoded; raises `AskedTooMuch` for what is no picture or too large to work on."""
    from PIL import Image, ImageOps

    try:
        image = Image.open(io.BytesIO(picture), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise AskedTooMuch(limit="pixels", most=MOST_PIXELS)
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise AskedTooMuch("The picture cannot be read.") from error
    turned = ImageOps.exif_transpose(image)
    turned.format = image.format
    return turned


def cover(mask: "Image.Image") -> "Image.Image":
    """Where a mask is opaque; of one without transparency, where it is light."""
    return mask.getchannel("A") if "A" in mask.getbands() else mask.convert("L")


def saved(image: "Image.Image", format: str) -> tuple[bytes, str]:
    """The file and its media type; what is transparent becomes white in a format that has no transparency."""
    from PIL import Image

    format = format if format in MEDIA_TYPES else "png"
    out = io.BytesIO()
    if format == "jpeg" and image.mode != "RGB":
        ground = Image.new("RGB", image.size, "white")
        rgba = image.convert("RGBA")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        image = ground
    options = {"jpeg": {"quality": 90, "optimize": True}, "webp": {"quality": 90}, "png": {"compress_level": 6}}[format]
    image.save(out, format.upper(), **options)
    return out.getvalue(), MEDIA_TYPES[format]


def finished(content: bytes, asked: Paint, seed: int | None = None) -> Made:
    """A vendor's picture in the aspect ratio and format that were asked for: cut around its middle where it is not."""
    from PIL import ImageOps

    image = opened(content)
    kind, wide = image.format or "", ratio(asked.aspect_ratio)
    if abs(image.width / image.height / wide - 1) > 0.02:
        width = min(image.width, round(image.height * wide))
        image = ImageOps.fit(image, (max(1, width), max(1, round(width / wide))))
        kind = ""
    if kind.lower() == asked.format:
        media_type = MEDIA_TYPES[asked.format]
    else:
        content, media_type = saved(image, asked.format)
    return Made(content=content, media_type=media_type, seed=seed, width=image.width, height=image.height)


def as_made(content: bytes, format: str) -> Made:
    """A vendor's picture in that format."""
    image = opened(content)
    if (image.format or "").lower() != format:
        content, media_type = saved(image, format)
    else:
        media_type = MEDIA_TYPES[format]
    return Made(content=content, media_type=media_type, width=image.width, height=image.height)


def megapixels(files: Sequence[Made]) -> float:
    return round(sum((made.width or 0) * (made.height or 0) for made in files) / 1e6, 4)
