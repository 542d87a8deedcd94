"""How long sounds and films take, as their heads say: 1.4 seconds each, made by ffmpeg."""

import io
from pathlib import Path
from typing import Any

import pytest

from apps.media.inspection import clips
from apps.media.tests import factories
from conftest import AsRole

CLIPS = Path(__file__).parent / "clips"
TYPES = {"mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}


@pytest.mark.parametrize("path", sorted(CLIPS.iterdir()), ids=lambda path: path.name)
def test_a_clip_tells_its_length_and_size(as_role: AsRole, site_a: Any, path: Path) -> None:
    form = {"file": factories.file(path.name, path.read_bytes())}
    body = as_role("author").upload("/alpha-site/media", form).json()
    size = (64, 36) if path.suffix in (".mp4", ".webm") else (None, None)
    assert (body["media_type"], body["width"], body["height"]) == (TYPES[path.suffix[1:]], *size)
    assert body["duration"] == pytest.approx(1.4, abs=0.12)


@pytest.mark.parametrize("path", sorted(CLIPS.iterdir()), ids=lambda path: path.name)
def test_a_clip_cut_or_changed_anywhere_is_read_or_not_and_never_an_error(path: Path) -> None:
    given = path.read_bytes()
    kind = TYPES[path.suffix[1:]]
    for place in range(0, min(len(given), 3000), 3):
        changed = given[:place] + bytes((given[place] ^ 0xFF,)) + given[place + 1 :]
        for data in (given[:place], changed):
            found = clips.read(io.BytesIO(data), kind, len(data))
            assert found.duration is None or 0 < found.duration < clips.LONGEST
            assert found.width is None or 0 < found.width < 2**16
