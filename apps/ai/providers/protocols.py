"""What a provider of models can be asked for, in our words. Nothing here knows a vendor.

Every call takes a `Call`, which says until when it may last and whether it is still wanted. What is made comes back as
bytes with what they are; what was used comes back as the quantities that billing prices. An implementation raises only
the refusals of `apps.ai.errors`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from apps.ai.errors import Abandoned, TimedOut

Task = Literal["text", "image", "edit", "remove_background", "upscale", "video", "speech", "embedding", "translation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What can be asked, and of whom. `id` is the provider's word and the vendor's name of it: "local/painter".

    `limits`: the most that it takes, by names of what is asked ("count", "seconds", "characters", "factor"), and what
    it knows ("formats"); "megapixels" is the most that one picture of it has, "durations" are the seconds that a film
    of it can last, where it cannot last as long as one likes.
    `units`: the quantities of `Output.used` by which it is billed. `local`: runs on this machine.
    """

    id: str
    task: Task
    provider: str
    name: str
    about: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    local: bool = False


@dataclass(kw_only=True)
class Call:
    """One call on somebody's behalf.

    `deadline` is a `time.monotonic()` second. `wanted` is asked between steps; `progress` is told the part that is
    done, from 0 to 1. `handle` is what a queue of the vendor knows the work by: an implementation that can pick work
    up again stores it with `remember`, and is given it in `handle` when another process died over the call.
    """

    deadline: float
    wanted: Callable[[], bool] = lambda: True
    progress: Callable[[float], None] = lambda part: None
    remember: Callable[[str], None] = lambda handle: None
    handle: str = ""

    @property
    def seconds(self) -> float:
        """What is left; raises `TimedOut` when nothing is, and `Abandoned` when nobody wants the result."""
        if not self.wanted():
            raise Abandoned
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimedOut
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One file. `facts`: what the provider says of how it came about (its request id, a revised prompt)."""

    content: bytes
    media_type: str
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a call gave. `used`: quantities by the names of `billing`: images, seconds, megapixels, characters,
    tokens, input_tokens, output_tokens."""

    files: tuple[Made, ...] = ()
    texts: tuple[str, ...] = ()
    vectors: tuple[tuple[float, ...], ...] = ()
    used: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """`data`: the schema (JSON Schema) that the answer, one JSON object, has to follow; None for plain text."""

    prompt: str
    system: str = ""
    most_tokens: int = 800
    temperature: float | None = None
    language: str = ""
    data: Mapping[str, Any] | None = None
    seed: int | None = None
    pictures: Sequence[bytes] = ()
    """Looked at, where the model can see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """`aspect_ratio` as "16:9"; `format` one of png, jpeg, webp."""

    prompt: str
    count: int = 1
    aspect_ratio: str = "1:1"
    format: str = "png"
    seed: int | None = None
    quality: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Either an `instruction` in words or `operations` one after the other, as `{"op": "crop", "x": …}`.

    `mask`: a PNG of the picture's size; only where it is opaque may the picture change. `factor`: of an upscale.
    `size`: width and height, for an estimate without the bytes.
    """

    picture: bytes = b""
    media_type: str = "image/png"
    instruction: str = ""
    mask: bytes | None = None
    operations: Sequence[Mapping[str, Any]] = ()
    factor: int = 2
    format: str = "png"
    seed: int | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """`pictures`: stills to begin with, as PNG; `captions` are shown one after the other."""

    prompt: str
    pictures: Sequence[bytes] = ()
    captions: Sequence[str] = ()
    seconds: float = 5
    aspect_ratio: str = "16:9"
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """`speed` 1 is the voice's own; `format` one of wav, mp3."""

    text: str
    voice: str = ""
    language: str = ""
    speed: float = 1
    format: str = "wav"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translate:
    """`format`: "text", "markdown" or "html", whose marks stay as they are."""

    texts: Sequence[str]
    target: str
    source: str = ""
    format: Literal["text", "markdown", "html"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """`kind`: what is searched for, or what is searched in."""

    texts: Sequence[str]
    kind: Literal["query", "passage"] = "passage"


@dataclass(frozen=True, slots=True)
class Voice:
    id: str
    name: str
    language: str
    model: str
    about: str = ""


class Writer(Protocol):
    """Tasks `text`."""

    def write(self, model: str, asked: Write, call: Call) -> Output: ...

    def stream(self, model: str, asked: Write, call: Call) -> Iterator[str | Output]:
        """The text in pieces; at the end one `Output` that holds all of it and what was used."""
        ...


class Painter(Protocol):
    def paint(self, model: str, asked: Paint, call: Call) -> Output: ...


class Editor(Protocol):
    """Tasks `edit`, `remove_background` and `upscale`."""

    def edit(self, model: str, asked: Edit, call: Call) -> Output: ...

    def remove_background(self, model: str, asked: Edit, call: Call) -> Output: ...

    def upscale(self, model: str, asked: Edit, call: Call) -> Output: ...


class Filmer(Protocol):
    def film(self, model: str, asked: Film, call: Call) -> Output: ...


class Speaker(Protocol):
    def speak(self, model: str, asked: Speak, call: Call) -> Output: ...

    def voices(self) -> Sequence[Voice]: ...


class Embedder(Protocol):
    """`dimensions`: of each vector, which are of length 1."""

    dimensions: int

    def embed(self, model: str, asked: Embed, call: Call) -> Output: ...


class Translator(Protocol):
    def translate(self, model: str, asked: Translate, call: Call) -> Output: ...
