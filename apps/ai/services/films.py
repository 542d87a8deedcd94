"""What can be told of a film without its model."""

from apps.ai.errors import Abandoned, TimedOut
from apps.ai.providers.local import ffmpeg
from apps.ai.providers.protocols import Call
from apps.core.refusal import Refusal

WIDEST = 1280
_AT = "0.4"
"""Seconds: behind a fade from black, and within the shortest film."""


def poster(film: bytes, call: Call) -> bytes | None:
    """A JPEG of how the mp4 begins, at most `WIDEST` pixels wide; None where there is no ffmpeg or nothing to see."""
    try:
        command = [ffmpeg.program(), "-v", "error", "-ss", _AT, "-i", "pipe:0", "-frames:v", "1"]
        command += ["-vf", f"scale='min({WIDEST},iw)':-2", "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "3", "pipe:1"]
        return ffmpeg.run(command, call, given=film) or None
    except (Abandoned, TimedOut):
        raise
    except Refusal:
        return None
