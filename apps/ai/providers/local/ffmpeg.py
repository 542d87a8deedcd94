"""The bundled ffmpeg, as a child process that ends with its call."""

import subprocess
import tempfile
from collections.abc import Sequence

from apps.ai.errors import ModelMissing, ProviderAway
from apps.ai.providers.protocols import Call


def program() -> str:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return str(get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise ModelMissing("ffmpeg is not installed here.") from error


def run(command: Sequence[str], call: Call, *, given: bytes | None = None) -> bytes:
    """What the command writes to its standard output. It is killed at the deadline and when nobody wants it."""
    with tempfile.TemporaryFile() as fed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        fed.write(given or b"")
        fed.seek(0)
        with subprocess.Popen(command, stdin=fed, stdout=out, stderr=said) as child:  # noqa: S603
            try:
                while True:
                    try:
                        child.wait(min(0.2, call.seconds))
                        break
                    except subprocess.TimeoutExpired:
                        continue
            finally:
                if child.poll() is None:
                    child.kill()
        if child.returncode:
            raise ProviderAway("The local engine failed.", again=False)
        out.seek(0)
        return out.read()


def mp3(sound: str, call: Call, *, given: bytes | None = None) -> bytes:
    """The sound at that path (`pipe:0`: what is given) as mp3 of 64 kbit/s, without metadata."""
    encode = ["-v", "error", "-i", sound, "-f", "mp3", "-b:a", "64k", "-map_metadata", "-1", "pipe:1"]
    return run([program(), *encode], call, given=given)
