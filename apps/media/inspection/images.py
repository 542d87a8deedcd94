"""Pictures made of pixels: bounded before anything is decoded, stored without what the camera wrote about its owner."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

from apps.media.errors import DamagedFile, TooManyPixels
from apps.media.inspection import stripping

MAX_PIXELS = 50_000_000
MAX_FRAMES = 1_000
_UPRIGHT = (0, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    width: int
    height: int


def inspect(data: bytes, format: str) -> Picture:
    """The picture as it is stored, and its size as it is shown.

    Metadata and whatever follows the picture's end are cut out without touching a pixel. Only a picture that
    depends on an orientation in its metadata is decoded, turned and encoded again, at the quality it had.
    """
    try:
        # Lazy: reads the header only. One format is allowed, of the forty that would be guessed from.
        with Image.open(io.BytesIO(data), formats=[format]) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise TooManyPixels(limit=MAX_PIXELS)
            if getattr(image, "n_frames", 1) > MAX_FRAMES:
                raise TooManyPixels(limit=MAX_FRAMES)
            if format in ("JPEG", "PNG", "WEBP") and _orientation(image) not in _UPRIGHT and not _moves(image):
                turned, data = _turned(image, format)
                width, height = turned
            return Picture(stripping.stripped(data, format), width, height)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(limit=MAX_PIXELS) from None
    except (UnidentifiedImageError, stripping.Broken, OSError, SyntaxError, ValueError, EOFError, IndexError):
        # The errors that decoders are known to raise on hostile bytes.
        raise DamagedFile from None


def _orientation(image: Image.Image) -> int:
    value: Any = image.getexif().get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) and 0 <= value <= 8 else 1


def _moves(image: Image.Image) -> bool:
    return bool(getattr(image, "is_animated", False))


def _turned(image: Image.Image, format: str) -> tuple[tuple[int, int], bytes]:
    """Size and bytes of the picture with its orientation applied. The profile of its colours stays."""
    options: dict[str, Any] = {"icc_profile": image.info.get("icc_profile")}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        options |= {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image), "optimize": True}
        options |= {"progressive": bool(image.info.get("progressive"))}
    elif format == "WEBP":
        options |= {"quality": 92, "method": 4}
    turned = ImageOps.exif_transpose(image)
    target = io.BytesIO()
    turned.save(target, format, **{name: value for name, value in options.items() if value is not None})
    return turned.size, target.getvalue()
