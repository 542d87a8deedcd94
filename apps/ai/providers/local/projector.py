"""Films from stills: each is passed over slowly, fades into the next, and carries a caption.

The stills are those given, or painted from the prompt. Frames are made here, by sampling each still between its pixels
so that a slow movement does not tremble; encoding is ffmpeg's: H.264, yuv420p, `faststart`, which every browser plays.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from apps.ai.errors import ProviderAway
from apps.ai.providers import pictures
from apps.ai.providers.local import ffmpeg, painter
from apps.ai.providers.local.plan import plan
from apps.ai.providers.protocols import Call, Film, Made, Output

PIXELS = 1280 * 720
FRAMES = 24
FADE = 0.6
LEAST_SECONDS, MOST_STILLS = 1.0, 12


def film(asked: Film, call: Call) -> Output:
    """An mp4 of `asked.seconds`, at about 720p in the aspect ratio."""
    width, height = pictures.size_for(asked.aspect_ratio, PIXELS)
    seconds = max(LEAST_SECONDS, asked.seconds)
    seed = asked.seed if asked.seed is not None else 1
    stills = [
        ImageOps.fit(pictures.opened(one).convert("RGB"), (width * 5 // 4, height * 5 // 4)) for one in asked.pictures
    ]
    if not stills:
        parts = asked.captions or [asked.prompt]
        count = max(1, min(MOST_STILLS, max(len(asked.captions), round(seconds / 3))))
        for number in range(count):
            _ = call.seconds
            words = f"{asked.prompt} {parts[number % len(parts)]}"
            planned = plan(words.replace('"', ""), seed + number)
            stills.append(painter.compose(planned, width * 5 // 4, height * 5 // 4, seed + number))
            call.progress(0.3 * (number + 1) / count)
    captions = [_caption(text, width, height) for text in asked.captions[:MOST_STILLS]]
    content = _encoded(
        _frames(stills[:MOST_STILLS], captions, seconds, (width, height)), (width, height), seconds, call
    )
    call.progress(1.0)
    made = Made(content=content, media_type="video/mp4", seed=seed, width=width, height=height, seconds=seconds)
    return Output(files=(made,), used={"seconds": seconds}, facts={"engine": "projector", "stills": len(stills)})


def _frames(
    stills: Sequence[Image.Image], captions: Sequence[Image.Image], seconds: float, size: tuple[int, int]
) -> Iterator[Image.Image]:
    """All frames in their order."""
    total = round(seconds * FRAMES)
    fade = min(FADE, seconds / len(stills) / 2) * FRAMES
    each = total / len(stills)
    for at in range(total):
        number = min(len(stills) - 1, int(at / each))
        frame = _seen(stills[number], number, (at - number * each + fade) / (each + fade), size)
        since = at - number * each
        if number and since < fade:
            before = _seen(stills[number - 1], number - 1, (each + since + fade) / (each + fade), size)
            frame = Image.blend(before, frame, since / fade)
        if captions:
            caption = captions[min(len(captions) - 1, int(at / total * len(captions)))]
            frame.paste(caption, (0, 0), caption)
        yield frame


def _seen(still: Image.Image, number: int, part: float, size: tuple[int, int]) -> Image.Image:
    """What the camera sees of a still at `part` of its way: closer or wider, and for some of them across."""
    near, wide = 0.82, 0.98
    share = wide + (near - wide) * part if number % 2 == 0 else near + (wide - near) * part
    width, height = still.width * share, still.height * share
    across = {0: 0.5, 1: part * 0.8 + 0.1, 2: 0.9 - part * 0.8}[number % 3]
    left, top = (still.width - width) * min(1, max(0, across)), (still.height - height) / 2
    box = (max(0, left), max(0, top), min(still.width, left + width), min(still.height, top + height))
    return still.resize(size, Image.Resampling.BILINEAR, box=box)


def _encoded(frames: Iterator[Image.Image], size: tuple[int, int], seconds: float, call: Call) -> bytes:
    """The mp4; the encoder is killed at the deadline and when nobody wants it any more."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "film.mp4")
        command = [ffmpeg.program(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}"]
        command += ["-r", str(FRAMES), "-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"]
        command += ["-pix_fmt", "yuv420p", "-threads", "2", "-movflags", "+faststart", "-map_metadata", "-1"]
        command += ["-fflags", "+bitexact", "-flags:v", "+bitexact", str(target)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            assert child.stdin is not None  # noqa: S101
            for number, frame in enumerate(frames):
                _ = call.seconds
                child.stdin.write(frame.tobytes())
                if number % FRAMES == 0:
                    call.progress(0.3 + 0.65 * number / (seconds * FRAMES))
            child.stdin.close()
            child.wait(call.seconds)
        except (BrokenPipeError, subprocess.TimeoutExpired) as error:
            _ = call.seconds
            raise ProviderAway("The local engine failed.", again=False) from error
        finally:
            if child.poll() is None:
                child.kill()
            with suppress(BrokenPipeError):
                if child.stdin is not None:
                    child.stdin.close()
            child.wait()
        if child.returncode:
            raise ProviderAway("The local engine failed.", again=False)
        return target.read_bytes()


def _caption(text: str, width: int, height: int) -> Image.Image:
    """White words on a dark band at the foot of an otherwise clear picture."""
    image = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(image)
    size = max(18, min(width, height) // 16)
    font = ImageFont.load_default(size)
    lines = painter.wrapped(draw, text[:200].split(), font, width * 0.86)[:3]
    step = round(size * 1.3)
    top = height - step * len(lines) - size
    draw.rectangle((0, top - size // 2, width, height), fill=(12, 18, 28, 175))
    for number, line in enumerate(lines):
        draw.text((width / 2, top + step * (number + 0.5)), line, font=font, fill="white", anchor="mm")
    return image
