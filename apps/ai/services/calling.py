"""Asking a model: the one way to a provider, with deadline, retries, circuit breaker, a log line and metrics."""

import io
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import structlog

from apps.ai import catalogue
from apps.ai.errors import Abandoned, AskedTooMuch, Passing, ProviderAway, TimedOut
from apps.ai.providers import breaker, pictures
from apps.ai.providers.protocols import (
    Call,
    Edit,
    Embed,
    Film,
    Model,
    Output,
    Paint,
    Speak,
    Task,
    Translate,
    Write,
)
from apps.core import metrics
from apps.core.operation import TIMEOUTS
from apps.core.refusal import Refusal

log = structlog.get_logger(__name__)

Asked = Write | Paint | Edit | Film | Speak | Translate | Embed

ATTEMPTS = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0
"""Seconds. The n-th pause is drawn from 0 to `FIRST_PAUSE` · 2ⁿ, on top of what a Retry-After asks for."""

_PICTURE_TOKENS = 2000
"""What a picture of at most 1,024 pixels a side counts for at most, of the vendors that we know."""

_VERBS: Mapping[Task, str] = {
    "text": "write",
    "image": "paint",
    "edit": "edit",
    "remove_background": "remove_background",
    "upscale": "upscale",
    "video": "film",
    "speech": "speak",
    "embedding": "embed",
    "translation": "translate",
}


def call(model: Model, asked: Asked, call: Call) -> Output:
    """Asks `model` and gives what it made; `facts` gets `provider`, `model`, `attempts` and `seconds`.

    Only `ProviderAway` and `ProviderBusy` are asked again, at most `ATTEMPTS` times and never beyond the deadline: a
    vendor may then bill a lost answer twice, which is ours to bear and not the tenant's. Raises the refusals of
    `apps.ai.errors`; `ProviderAway` without asking while the circuit of the provider is open.
    """
    started, attempts = time.monotonic(), 0
    outcome = "answered"
    require_within(model, asked)
    work: Callable[[str, Any, Call], Output] = getattr(catalogue.provider(model.provider), _VERBS[model.task])
    try:
        while True:
            attempts += 1
            try:
                output = _guarded(model, lambda: work(model.name, asked, call))
                break
            except Passing as refusal:
                _pause(refusal, attempts, call)
        facts = {**output.facts, **_about(model), "attempts": attempts, "seconds": round(time.monotonic() - started, 3)}
        return replace(output, facts=facts)
    except Refusal as refusal:
        outcome = refusal.code
        raise
    except BaseException:
        outcome = "error"
        raise
    finally:
        _note(model, outcome, attempts, time.monotonic() - started)


def stream(model: Model, asked: Write, call: Call) -> Iterator[str | Output]:
    """The text in pieces as it is written, then the `Output`. Asked again only as long as no piece was given."""
    started, attempts, begun = time.monotonic(), 0, False
    outcome = "abandoned"
    require_within(model, asked)
    work = catalogue.provider(model.provider).stream
    try:
        while True:
            attempts += 1
            try:
                for piece in _guarded_stream(model, work(model.name, asked, call)):
                    begun = True
                    if isinstance(piece, Output):
                        seconds = round(time.monotonic() - started, 3)
                        facts = {**piece.facts, **_about(model), "attempts": attempts, "seconds": seconds}
                        yield replace(piece, facts=facts)
                    else:
                        yield piece
                outcome = "answered"
                return
            except Passing as refusal:
                if begun:
                    raise
                _pause(refusal, attempts, call)
    except Refusal as refusal:
        outcome = refusal.code
        raise
    finally:
        _note(model, outcome, attempts, time.monotonic() - started)


def part_of(call: Call, done: int, of: int) -> Call:
    """The call for one of `of` pieces of the same work, `done` of which are done: with the time that a call has, within
    that of the whole."""

    def progress(part: float) -> None:
        call.progress((done + part) / of)

    deadline = min(call.deadline, time.monotonic() + TIMEOUTS["ai"].provider)
    return Call(deadline=deadline, wanted=call.wanted, progress=progress)  # a handle would be that of another piece


def _guarded(model: Model, work: Callable[[], Output]) -> Output:
    if model.local:
        return work()
    if not breaker.may_ask(model.provider):
        raise ProviderAway("The provider failed again and again and is not asked for a while.", again=False)
    try:
        output = work()
    except (ProviderAway, TimedOut):
        breaker.failed(model.provider)
        raise
    except Abandoned:
        raise
    except Refusal:
        breaker.answered(model.provider)
        raise
    breaker.answered(model.provider)
    return output


def _guarded_stream(model: Model, pieces: Iterator[str | Output]) -> Iterator[str | Output]:
    if not model.local and not breaker.may_ask(model.provider):
        raise ProviderAway("The provider failed again and again and is not asked for a while.", again=False)
    try:
        yield from pieces
    except (ProviderAway, TimedOut):
        if not model.local:
            breaker.failed(model.provider)
        raise
    except Refusal as refusal:
        if not model.local and not isinstance(refusal, Abandoned):
            breaker.answered(model.provider)
        raise
    if not model.local:
        breaker.answered(model.provider)


def _pause(refusal: Passing, attempts: int, call: Call) -> None:
    """Waits before the next attempt, or raises `refusal` when there is none."""
    pause = refusal.pause + random.uniform(0, FIRST_PAUSE * 2**attempts)
    if attempts >= ATTEMPTS or not refusal.again or pause > LONGEST_PAUSE or pause >= call.seconds:
        raise refusal
    until = time.monotonic() + pause
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.5, call.seconds))


def _about(model: Model) -> dict[str, str]:
    return {"provider": model.provider, "model": model.id}


def _note(model: Model, outcome: str, attempts: int, seconds: float) -> None:
    metrics.MODEL_CALLS.labels(model.provider, model.task, outcome).inc()
    metrics.MODEL_SECONDS.labels(model.provider, model.task).observe(seconds)
    log.info(
        "ai_called", **_about(model), task=model.task, outcome=outcome, attempts=attempts, seconds=round(seconds, 3)
    )


def require_within(model: Model, asked: Asked) -> None:
    """Raises `AskedTooMuch` when a limit of the model is passed; nothing is sent then."""
    most = model.limits
    amounts = {
        "count": getattr(asked, "count", 0),
        "factor": getattr(asked, "factor", 0),
        "seconds": getattr(asked, "seconds", 0),
        "texts": len(getattr(asked, "texts", ())),
        "characters": _characters(asked),
        "output_tokens": getattr(asked, "most_tokens", 0),
        "pictures": len(getattr(asked, "pictures", ())),
        "captions": len(getattr(asked, "captions", ())),
        "operations": len(getattr(asked, "operations", ())),
        "masks": int(getattr(asked, "mask", None) is not None),
    }
    for name, amount in amounts.items():
        if name in most and amount > most[name]:
            raise AskedTooMuch(limit=name, most=most[name])


def lasting(model: Model, seconds: float) -> float:
    """How long a film of the model is when that many seconds are asked for: never shorter, where it can be so long."""
    return next((float(one) for one in sorted(model.limits.get("durations", ())) if one >= seconds), seconds)


def estimate(model: Model, asked: Asked) -> dict[str, float]:
    """The quantities that this can use at most, by the names of `Output.used`: what a hold has to cover.

    A token is taken to be two bytes of the text at least, which holds for the languages and vendors we know.
    """
    read = math.ceil(len(_text(asked).encode()) / 2) + 16
    match asked:
        case Paint():
            width, height = pictures.size_for(asked.aspect_ratio)
            each = max(width * height / 1e6, model.limits.get("megapixels", 0))
            used: dict[str, float] = {
                "images": asked.count,
                "megapixels": round(asked.count * each, 4),
                "input_tokens": read,
            }
        case Edit():
            width, height = asked.size or _size(asked.picture)
            times = asked.factor**2 if model.task == "upscale" else 1
            each = max(1.1, model.limits.get("megapixels", 0), width * height / 1e6)
            used = {"images": 1, "megapixels": round(each * times, 4), "input_tokens": read}
        case Film():
            used = {"seconds": lasting(model, asked.seconds)}
        case Speak():
            # A slow voice says ten characters in a second.
            used = {
                "characters": len(asked.text),
                "seconds": math.ceil(len(asked.text) / 10 / max(asked.speed, 0.1)) + 1,
            }
        case Write():
            read += _PICTURE_TOKENS * len(asked.pictures)
            used = {"input_tokens": read, "output_tokens": asked.most_tokens, "tokens": read + asked.most_tokens}
        case Translate():
            used = {
                "characters": _characters(asked),
                "input_tokens": read,
                "output_tokens": read * 2,
                "tokens": read * 3,
            }
        case Embed():
            used = {"tokens": read, "input_tokens": read}
    return {name: value for name, value in used.items() if name in model.units} or used


def _text(asked: Asked) -> str:
    match asked:
        case Write():
            return asked.system + asked.prompt
        case Paint() | Film():
            return asked.prompt
        case Edit():
            return asked.instruction
        case Speak():
            return asked.text
        case _:
            return "".join(asked.texts)


def _characters(asked: Asked) -> int:
    return len(_text(asked))


def _size(picture: bytes) -> tuple[int, int]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture), formats=pictures.FORMATS) as opened:
            return opened.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 1024, 1024
