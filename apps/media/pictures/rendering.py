"""One picture made into others of other sizes, formats and parts; runs in the child process only."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageOps

from apps.media.pictures.images import DAMAGED, bounded
from apps.media.pictures.thumbhash import thumbhash

FORMATS = {"webp": "WEBP", "avif": "AVIF", "jpeg": "JPEG", "png": "PNG"}
_RGB = "RGB"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One rendition: its box in pixels, of which `height` may be 0 for as high as it comes.

    `cover` fills the box and cuts off what is farthest from the focal point, `contain` lays the whole picture into
    the box on transparent (white where a format has none) ground, `inside` makes it as large as the box lets it be.
    Nothing is ever made larger than it is.
    """

    width: int
    height: int
    fit: str
    format: str
    quality: int
    focal: tuple[float, float]


def render(data: bytes, format: str, wanted: list[Wanted]) -> list[tuple[int, int, bytes]]:
    """Width, height and bytes of each, from one decoding: the largest is made first, the others of it."""
    with Image.open(io.BytesIO(data), formats=[format]) as image:
        bounded(image)
        size = image.size
        if format == "JPEG":
            # The decoder scales by halves for nothing; it must stay at least as large as what is made of it.
            image.draft(None, tuple(max(side) for side in zip(*(_needed(one, size) for one in wanted), strict=True)))
        picture = _plain(image)
    found: dict[int, tuple[int, int, bytes]] = {}
    source = picture
    for place in sorted(range(len(wanted)), key=lambda place: -_scale(wanted[place], size)):
        one = wanted[place]
        source = _smaller(source, _needed(one, size))
        found[place] = _encoded(_framed(source, one, size), one)
    return [found[place] for place in range(len(wanted))]


def _scale(one: Wanted, size: tuple[int, int]) -> float:
    """How large the whole picture is in the rendition, as a fraction of what it is."""
    across = one.width / size[0] if one.width else 0.0
    down = one.height / size[1] if one.height else 0.0
    both = (max if one.fit == "cover" else min)(across or down, down or across)
    return min(1.0, both or 1.0)


def _needed(one: Wanted, size: tuple[int, int]) -> tuple[int, int]:
    scale = _scale(one, size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _smaller(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size[0] >= picture.width and size[1] >= picture.height:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _framed(picture: Image.Image, one: Wanted, size: tuple[int, int]) -> Image.Image:
    if not one.width or not one.height or one.fit == "inside":
        return picture
    if one.fit == "cover":
        # Of a picture that is too small for the box, the largest part of the box's shape.
        part = min(1.0, picture.width / one.width, picture.height / one.height)
        box = max(1, round(one.width * part)), max(1, round(one.height * part))
        left = _start(picture.width, box[0], one.focal[0])
        top = _start(picture.height, box[1], one.focal[1])
        return picture.crop((left, top, left + box[0], top + box[1]))
    ground = Image.new("RGBA", (one.width, one.height), (255, 255, 255, 0))
    ground.paste(picture, ((one.width - picture.width) // 2, (one.height - picture.height) // 2))
    return ground


def _start(whole: int, part: int, focal: float) -> int:
    return min(max(0, round(whole * focal - part / 2)), whole - part)


def _plain(image: Image.Image) -> Image.Image:
    """The first frame in sRGB, with transparency only where there is some."""
    profile = image.info.get("icc_profile")
    transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if transparent else _RGB) if image.mode != "CMYK" or not profile else image.copy()
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(plain, own, ImageCms.createProfile("sRGB"), outputMode=None)
            plain = changed or plain
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # A profile that cannot be read is none.
    return plain if plain.mode in ("RGBA", _RGB) else plain.convert(_RGB)


def _encoded(picture: Image.Image, one: Wanted) -> tuple[int, int, bytes]:
    options: dict[str, Any] = {"quality": one.quality}
    if one.format == "jpeg":
        options |= {"progressive": True, "optimize": True}
        if picture.mode == "RGBA":
            ground = Image.new(_RGB, picture.size, "white")
            ground.paste(picture, mask=picture.getchannel("A"))
            picture = ground
    elif one.format == "png":
        options = {"compress_level": 6}
    elif one.format == "webp":
        options |= {"method": 3}
    else:
        options |= {"speed": 8}
    target = io.BytesIO()
    # Without the info of the source, in which EXIF and places would travel on.
    clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    clean.save(target, FORMATS[one.format], **options)
    return *clean.size, target.getvalue()


def placeholder(data: bytes, format: str) -> str:
    """The thumbhash of a picture that `inspect` has let in."""
    try:
        with Image.open(io.BytesIO(data), formats=[format]) as image:
            return thumbhash(_thumbnail(image))
    except (MemoryError, *DAMAGED):
        return ""


def _thumbnail(image: Image.Image) -> Image.Image:
    """At most 48 pixels a side, for the placeholder."""
    if image.format == "JPEG":
        image.draft(_RGB, (96, 96))
    return ImageOps.contain(_plain(image), (48, 48)) if max(image.size) > 48 else _plain(image)
