"""Pictures made of pixels: bounded before anything is decoded, stored without what the camera wrote about its owner."""

import io
import struct
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin

from apps.media.errors import DamagedFile, TooManyPixels
from apps.media.pictures import stripping

MAX_PIXELS = 50_000_000
MAX_FRAMES = 1_000
# What turns a picture upright, by the orientation that its metadata states (EXIF 3.0, 4.6.5.1).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What decoders were seen to raise on hostile bytes, beside their own errors.
DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    RuntimeError,
    ArithmeticError,
    TypeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """`placeholder`: its thumbhash in base64, empty where its pixels cannot be read."""

    content: bytes
    width: int
    height: int
    placeholder: str = ""


def inspect(data: bytes, format: str) -> Picture:
    """The picture as it is stored, and its size as it is shown.

    Metadata and whatever follows the picture's end are cut out without touching a pixel. Only a picture that
    depends on an orientation in its metadata is decoded, turned and encoded again, at the quality it had.
    """
    try:
        # Lazy: reads the header only. One format is allowed, of the forty that would be guessed from.
        with Image.open(io.BytesIO(data), formats=[format]) as image:
            bounded(image)
            width, height = image.size
            turn = _turn(image, format)
            if turn is not None:
                (width, height), data = _turned(image, turn, format)
            return Picture(stripping.stripped(data, format), width, height)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(limit=MAX_PIXELS) from None
    except DAMAGED:
        raise DamagedFile from None


def bounded(image: Image.Image) -> None:
    """Refuses more pixels or frames than are decoded here."""
    if image.width * image.height > MAX_PIXELS:
        raise TooManyPixels(limit=MAX_PIXELS)
    if getattr(image, "n_frames", 1) > MAX_FRAMES:
        raise TooManyPixels(limit=MAX_FRAMES)


def _turn(image: Image.Image, format: str) -> Image.Transpose | None:
    """AVIF states its orientation outside of the metadata; moving pictures are shown as they are."""
    if format not in ("JPEG", "PNG", "WEBP") or getattr(image, "is_animated", False):
        return None
    value: Any = image.getexif().get(ExifTags.Base.Orientation)
    return _TURNS.get(value) if isinstance(value, int) else None


def _turned(image: Image.Image, turn: Image.Transpose, format: str) -> tuple[tuple[int, int], bytes]:
    """Size and bytes of the picture with its orientation applied. The profile of its colours stays."""
    options: dict[str, Any] = {"icc_profile": image.info.get("icc_profile")}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        options |= {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image), "optimize": True}
        options |= {"progressive": bool(image.info.get("progressive"))}
    elif format == "WEBP":
        options |= {"quality": 92, "method": 4}
    turned = image.transpose(turn)
    target = io.BytesIO()
    turned.save(target, format, **{name: value for name, value in options.items() if value is not None})
    return turned.size, target.getvalue()
