"""The process in which strangers' pictures are decoded: `python -m apps.media.pictures.child`, started by `pool`.

It has no settings, no secrets, no database, and may neither write files nor grow without end. On stdin comes a line of
JSON and the bytes of a picture, on stdout goes a line of JSON and bytes again; the parent believes nothing of it but
their lengths.
"""

import json
import os
import resource
import select
import sys
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageCms

from apps.core.refusal import Refusal
from apps.media.pictures import images, rendering

IDLE = 40.0
"""Seconds without a picture after which it ends; its parent does not use it that long."""
MEMORY = 1024**3
CPU_SECONDS = 20
Answer = tuple[dict[str, Any], list[bytes]]


def main() -> None:
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # Whatever a decoder prints is no answer.
    Image.init()
    ImageCms.createProfile("sRGB")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))
    while select.select([source], [], [], IDLE)[0] and (line := source.readline()):
        task = json.loads(line)
        data = source.read(task["size"])
        _allow(CPU_SECONDS)
        told, parts = _done(task, data)
        told["sizes"] = [len(part) for part in parts]
        target.write(json.dumps(told).encode() + b"\n")
        for part in parts:
            target.write(part)
        target.flush()


def _allow(seconds: int) -> None:
    """From now on so much more time of the processor, then the end."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent.ru_utime + spent.ru_stime) + seconds, resource.RLIM_INFINITY))


def _done(task: dict[str, Any], data: bytes) -> Answer:
    try:
        return _DEEDS[task["do"]](data, task)
    except Refusal as refusal:
        return {"refused": refusal.code, "data": refusal.data}, []
    except (MemoryError, *images.DAMAGED):
        return {"refused": "media.damaged", "data": {}}, []


def _inspect(data: bytes, task: dict[str, Any]) -> Answer:
    picture = images.inspect(data, task["format"])
    placeholder = rendering.placeholder(picture.content, task["format"])
    return {"width": picture.width, "height": picture.height, "placeholder": placeholder}, [picture.content]


def _render(data: bytes, task: dict[str, Any]) -> Answer:
    made = rendering.render(data, task["format"], [rendering.Wanted(**one) for one in task["wanted"]])
    return {"pictures": [(width, height) for width, height, _ in made]}, [body for _, _, body in made]


_DEEDS: dict[str, Callable[[bytes, dict[str, Any]], Answer]] = {"inspect": _inspect, "render": _render}


if __name__ == "__main__":
    main()
