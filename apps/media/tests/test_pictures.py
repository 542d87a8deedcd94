"""What is kept of a picture, and what is not."""

import io
from contextlib import suppress

import pytest
from PIL import Image

from apps.media.errors import DamagedFile, TooManyPixels
from apps.media.pictures import images
from apps.media.tests import factories


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_where_and_with_what_a_picture_was_taken_is_not_kept_and_no_pixel_changes(format: str) -> None:
    given = factories.camera(format)
    assert b"CAMERA-MAKER" in given
    kept = images.inspect(given, format)
    assert b"CAMERA-MAKER" not in kept.content
    assert b"\x88\x25" not in kept.content or format == "AVIF"
    assert (kept.width, kept.height) == (32, 16)
    assert not opened(kept.content).getexif().get_ifd(0x8825)
    assert opened(kept.content).tobytes() == opened(given).tobytes()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_is_turned_upright(format: str) -> None:
    given = factories.camera(format, orientation=6)
    kept = images.inspect(given, format)
    assert (kept.width, kept.height) == (16, 32)
    image = opened(kept.content)
    assert image.size == (16, 32)
    assert not dict(image.getexif())
    # What was left is at the top now.
    top, bottom = image.convert("RGB").getpixel((8, 2)), image.convert("RGB").getpixel((8, 29))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] > 150 > top[0]
    assert bottom[0] > 150 > bottom[2]


def test_an_upright_jpeg_without_metadata_is_stored_byte_for_byte() -> None:
    given = factories.picture("JPEG", quality=83, progressive=True)
    assert images.inspect(given, "JPEG").content == given


def test_comments_and_texts_go_and_colour_profiles_stay() -> None:
    profile = b"\0" * 200 + b"PROFILE"
    jpeg = factories.picture("JPEG", comment="SECRET-WORD", icc_profile=profile)
    kept = images.inspect(jpeg, "JPEG").content
    assert b"SECRET-WORD" not in kept
    assert opened(kept).info["icc_profile"] == profile
    gif = factories.picture("GIF", comment=b"SECRET-WORD")
    assert b"SECRET-WORD" in gif
    assert b"SECRET-WORD" not in images.inspect(gif, "GIF").content


def moving(format: str, frames: int) -> bytes:
    target = io.BytesIO()
    pages = [Image.new("RGB", (4, 4), (n * 40, 255 - n * 40, 9)) for n in range(frames)]
    pages[0].save(target, format, save_all=True, append_images=pages[1:], duration=50, loop=0, lossless=True)
    return target.getvalue()


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_moving_pictures_keep_moving(format: str) -> None:
    kept = opened(images.inspect(moving(format, 5), format).content)
    assert (kept.n_frames, kept.info["loop"]) == (5, 0)  # type: ignore[attr-defined]


def test_a_picture_of_too_many_frames_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_FRAMES", 4)
    with pytest.raises(TooManyPixels) as caught:
        images.inspect(moving("GIF", 5), "GIF")
    assert caught.value.data == {"limit": 4}


def test_the_pixel_limit_is_a_limit_of_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 48)
    assert images.inspect(factories.picture(size=(8, 6)), "PNG").width == 8
    with pytest.raises(TooManyPixels):
        images.inspect(factories.picture(size=(7, 7)), "PNG")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_cut_anywhere_is_damaged_or_a_picture_and_never_another_error(format: str) -> None:
    given = factories.camera(format) if format != "GIF" else factories.picture("GIF")
    for length in range(3, len(given), max(1, len(given) // 150)):
        try:
            kept = images.inspect(given[:length], format)
        except DamagedFile:
            continue
        assert (kept.width, kept.height) in ((32, 16), (8, 6))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_with_any_byte_changed_never_causes_another_error(format: str) -> None:
    given = bytearray(factories.camera(format, orientation=3) if format != "GIF" else factories.picture("GIF"))
    for place, value in enumerate(given):
        changed = bytes(given[:place]) + bytes((value ^ 0xFF,)) + bytes(given[place + 1 :])
        with suppress(DamagedFile, TooManyPixels):
            images.inspect(changed, format)
