"""The processes in which pictures are decoded, and what becomes of one that dies over it."""

import base64
import io
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from PIL import Image

from apps.core.errors import Unavailable
from apps.media.errors import DamagedFile, TooManyPixels
from apps.media.pictures import child as decoder
from apps.media.pictures import pool
from apps.media.pictures.rendering import Wanted
from apps.media.pictures.thumbhash import thumbhash
from apps.media.tests import factories
from cognitor.installation import ROOT

SMALL = Wanted(8, 0, "inside", "png", 90, (0.5, 0.5))


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A pool of one child of this test alone."""
    monkeypatch.setattr(pool, "CHILDREN", 1)
    found = pool._Pool()
    monkeypatch.setattr(pool, "_pool", found)
    yield found
    for child in found.idle:
        child.end()


def test_a_picture_is_decoded_in_another_process_that_has_no_secrets_and_stays(fresh: Any) -> None:
    first = pool.inspect(factories.camera(), "JPEG")
    assert (first.width, first.height, b"CAMERA" in first.content) == (32, 16, False)
    (child,) = fresh.idle
    assert pool.inspect(factories.picture(), "PNG").width == 8
    assert [one.process.pid for one in fresh.idle] == [child.process.pid] != [os.getpid()]
    with open(f"/proc/{child.process.pid}/environ", "rb") as environment:
        names = {entry.split(b"=")[0] for entry in environment.read().split(b"\0") if entry}
    assert names == {b"PATH", b"LANG", b"MALLOC_ARENA_MAX"}
    with open(f"/proc/{child.process.pid}/limits") as limits:
        told = {line[:26].strip(): line[26:].split()[0] for line in limits}
    assert (told["Max address space"], told["Max file size"]) == (str(1024**3), "0")
    assert int(told["Max cpu time"]) <= 40


def test_a_bomb_and_a_torso_are_refused_by_the_child(fresh: Any) -> None:
    with pytest.raises(TooManyPixels):
        pool.inspect(factories.bomb(), "PNG")
    with pytest.raises(DamagedFile):
        pool.inspect(factories.picture()[:20], "PNG")
    with pytest.raises(TooManyPixels):
        pool.render(factories.bomb(), "PNG", [SMALL])
    assert len(fresh.idle) == 1


def test_a_picture_over_which_the_child_takes_too_long_is_damaged_and_the_next_one_is_not(
    fresh: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.inspect(factories.picture(), "PNG")
    (child,) = fresh.idle
    os.kill(child.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(pool, "SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(DamagedFile):
        pool.inspect(factories.picture(), "PNG")
    assert (time.monotonic() - began < 2, child.process.returncode, fresh.idle) == (True, -signal.SIGKILL, [])
    monkeypatch.setattr(pool, "SECONDS", 30)
    assert pool.inspect(factories.picture(), "PNG").width == 8


def test_a_child_that_died_between_two_pictures_is_replaced(fresh: Any) -> None:
    pool.inspect(factories.picture(), "PNG")
    fresh.idle[0].process.kill()
    fresh.idle[0].process.wait()
    assert pool.inspect(factories.picture(), "PNG").width == 8


def test_a_child_that_has_waited_long_is_not_used_any_more(fresh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool.inspect(factories.picture(), "PNG")
    (waiting,) = fresh.idle
    monkeypatch.setattr(pool, "IDLE", 0.0)
    assert pool.inspect(factories.picture(), "PNG").width == 8
    assert (waiting.process.returncode, len(fresh.idle)) == (-signal.SIGKILL, 1)


def test_a_child_without_work_ends_but_not_before_its_parent_has_done_with_it() -> None:
    assert decoder.IDLE > pool.IDLE
    soon = "from apps.media.pictures import child; child.IDLE = 0.2; child.main()"
    with subprocess.Popen([sys.executable, "-c", soon], stdin=subprocess.PIPE, cwd=ROOT) as waiting:
        assert waiting.wait(10) == 0


def test_who_finds_all_children_at_work_is_told_to_come_again(fresh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool.inspect(factories.picture(), "PNG")
    os.kill(fresh.idle[0].process.pid, signal.SIGSTOP)
    monkeypatch.setattr(pool, "SECONDS", 1.0)
    monkeypatch.setattr(pool, "PATIENCE", 0.1)

    def wait() -> None:
        with pytest.raises(DamagedFile):
            pool.inspect(factories.picture(), "PNG")

    other = threading.Thread(target=wait)
    other.start()
    while fresh.idle:
        time.sleep(0.01)
    with pytest.raises(Unavailable) as refused:
        pool.inspect(factories.picture(), "PNG")
    assert refused.value.headers == {"Retry-After": "5"}
    other.join()


def test_a_forked_process_starts_children_of_its_own() -> None:
    before = pool._pool
    read, write = os.pipe()
    if not (child := os.fork()):
        os.write(write, b"same" if pool._pool is before else b"own!")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 4) == b"own!"
    os.close(read)
    os.close(write)


def test_several_renditions_come_of_one_decoding_in_the_order_of_the_asking(fresh: Any) -> None:
    data = factories.picture("JPEG", (400, 200))
    wanted = [Wanted(w, 0, "inside", "webp", 80, (0.5, 0.5)) for w in (100, 300, 200)]
    assert [made[:2] for made in pool.render(data, "JPEG", wanted)] == [(100, 50), (300, 150), (200, 100)]


def test_a_transparent_picture_stays_so_where_the_format_can_and_is_on_white_where_not(fresh: Any) -> None:
    source = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(source, "PNG")
    found: dict[str, Any] = {}
    for format in ("png", "webp", "jpeg"):
        wanted = [Wanted(10, 0, "inside", format, 90, (0.5, 0.5))]
        ((_, _, body),) = pool.render(source.getvalue(), "PNG", wanted)
        with Image.open(io.BytesIO(body)) as picture:
            found[format] = picture.convert("RGBA").getpixel((5, 5))
    assert (found["png"][3], found["webp"][3]) == (0, 0)
    assert min(found["jpeg"]) > 250


def test_the_placeholder_is_the_hash_that_others_read() -> None:
    """One colour: its luminance is 31.5 of 63, nothing else varies (the format's own description of its header)."""
    grey = Image.new("RGB", (10, 10), (128, 128, 128))
    header = int.from_bytes(base64.b64decode(thumbhash(grey))[:3], "little")
    assert (header & 63, header >> 6 & 63, header >> 12 & 63, header >> 23) == (32, 32, 32, 0)
