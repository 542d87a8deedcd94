"""A packet of XMP in a picture of ours: found by others, gone when the picture is uploaded, and no pixel changed."""

import io
from typing import Any

import pytest
from PIL import Image

from apps.media.pictures import marking, stripping

PACKET = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
NAMES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def picture(format: str, mode: str, **options: Any) -> bytes:
    image = Image.new(mode, (37, 21), (200, 40, 40, 90)[: len(mode)])
    image.paste((20, 60, 220, 255)[: len(mode)], (0, 0, 18, 21))
    target = io.BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def opened(data: bytes) -> Any:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("format", "mode", "options"),
    [
        ("PNG", "RGBA", {}),
        ("JPEG", "RGB", {"dpi": (300, 300)}),
        ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("WEBP", "RGBA", {"lossless": True}),
    ],
)
def test_a_packet_is_read_back_and_cut_out_again(format: str, mode: str, options: dict[str, Any]) -> None:
    plain = picture(format, mode, **options)
    marked = marking.marked(plain, NAMES[format], PACKET)
    before, after = opened(plain), opened(marked)
    assert (after.size, after.mode, after.tobytes()) == (before.size, before.mode, before.tobytes())
    assert (after.info.get("xmp") or after.info["XML:com.adobe.xmp"].encode()) == PACKET
    assert PACKET not in stripping.stripped(marked, format)
    assert opened(stripping.stripped(marked, format)).tobytes() == before.tobytes()


def test_what_cannot_have_one_stays_as_it_is() -> None:
    plain = picture("GIF", "RGB")
    assert marking.marked(plain, NAMES["GIF"], PACKET) == plain
