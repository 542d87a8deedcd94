"""fal by its queue (docs.fal.ai/model-apis/model-endpoints/queue): submit, ask for the state, fetch the result.

The request's id is remembered as soon as it is known, so that an attempt after it, or another process, waits for the
same work instead of ordering it anew. The key is sent to the queue alone, never to an address from an answer.
"""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings

from apps.ai.errors import Abandoned, AskedTooMuch, ContentRefused, ModelMissing, ProviderAway, TimedOut
from apps.ai.providers import pictures
from apps.ai.providers.protocols import Call, Edit, Film, Made, Model, Output, Paint
from apps.core.refusal import Refusal

FIRST_POLL, LONGEST_POLL = 0.3, 3.0
"""Seconds between two looks at the state; each is half as long again as the one before."""

_IMAGES = ("images", "megapixels")
_KLING = "fal-ai/kling-video/v1.6/standard"


def _model(task: Any, name: str, units: tuple[str, ...], **limits: Any) -> Model:
    return Model(id=f"fal/{name}", task=task, provider="fal", name=name, units=units, limits=limits)


class Fal:
    models: Sequence[Model] = (
        _model("image", "fal-ai/flux/dev", _IMAGES, count=4, formats=["png", "jpeg"]),
        _model("image", "fal-ai/flux/schnell", _IMAGES, count=4, formats=["png", "jpeg"]),
        _model("edit", "fal-ai/flux-pro/kontext", _IMAGES, operations=0, masks=0, formats=["png", "jpeg"]),
        _model("remove_background", "fal-ai/birefnet/v2", _IMAGES, formats=["png", "webp"]),
        _model("upscale", "fal-ai/clarity-upscaler", _IMAGES, factor=4, formats=["png", "jpeg"]),
        _model("video", f"{_KLING}/text-to-video", ("seconds",), seconds=10, durations=[5, 10], pictures=1, captions=0),
    )

    def paint(self, model: str, asked: Paint, call: Call) -> Output:
        width, height = pictures.size_for(asked.aspect_ratio)
        body: dict[str, Any] = {
            "prompt": asked.prompt,
            "num_images": asked.count,
            "image_size": {"width": width, "height": height},
            "output_format": "jpeg" if asked.format == "jpeg" else "png",
        }
        if asked.seed is not None:
            body["seed"] = asked.seed
        from apps.ai.providers import wire

        answer, facts = self._result(model, body, call)
        with wire.refusals(call):
            if any(answer.get("has_nsfw_concepts") or ()):
                raise ContentRefused
            contents = [wire.fetched(image["url"], call) for image in answer["images"]]
            if not contents:
                raise ProviderAway("The provider's answer cannot be read.")
            seed = answer.get("seed")
            files = tuple(pictures.finished(content, asked, seed) for content in contents)
        return Output(files=files, used={"images": len(files), "megapixels": pictures.megapixels(files)}, facts=facts)

    def edit(self, model: str, asked: Edit, call: Call) -> Output:
        if not asked.instruction:
            raise AskedTooMuch("This model takes an instruction in words.")
        return self._edited(model, asked, {"prompt": asked.instruction}, call)

    def remove_background(self, model: str, asked: Edit, call: Call) -> Output:
        return self._edited(model, asked, {}, call)

    def upscale(self, model: str, asked: Edit, call: Call) -> Output:
        return self._edited(model, asked, {"upscale_factor": asked.factor}, call)

    def _edited(self, model: str, asked: Edit, options: Mapping[str, Any], call: Call) -> Output:
        from apps.ai.providers import wire

        body = {"image_url": wire.data_url(asked.picture, asked.media_type), **options}
        if asked.seed is not None:
            body["seed"] = asked.seed
        answer, facts = self._result(model, body, call)
        with wire.refusals(call):
            image = answer.get("image") or answer["images"][0]
            files = (pictures.as_made(wire.fetched(image["url"], call), asked.format),)
        return Output(files=files, used={"images": 1, "megapixels": pictures.megapixels(files)}, facts=facts)

    def film(self, model: str, asked: Film, call: Call) -> Output:
        from apps.ai.providers import wire

        seconds = 10 if asked.seconds > 5 else 5
        body: dict[str, Any] = {"prompt": asked.prompt, "duration": str(seconds), "aspect_ratio": asked.aspect_ratio}
        if asked.pictures:
            body["image_url"] = wire.data_url(asked.pictures[0], "image/png")
            model = re.sub("/text-to-video$", "/image-to-video", model)  # the same model, at another door
        if asked.seed is not None:
            body["seed"] = asked.seed
        answer, facts = self._result(model, body, call)
        with wire.refusals(call):
            content = wire.fetched(answer["video"]["url"], call, wire.FILM_BYTES)
            if content[4:8] != b"ftyp":
                raise ProviderAway("The provider's film cannot be read.")
        made = Made(content=content, media_type="video/mp4", seed=answer.get("seed"), seconds=float(seconds))
        return Output(files=(made,), used={"seconds": float(seconds)}, facts=facts)

    def _result(self, model: str, body: Mapping[str, Any], call: Call) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the queue made of `body`; cancelled there when it is not wanted any more or takes too long."""
        from apps.ai.providers import wire

        if not re.fullmatch(r"[\w.-]+/[\w./-]+", model) or ".." in model:
            raise ModelMissing
        with wire.client(call, {"Authorization": f"Key {settings.FAL_KEY}"}) as http, wire.refusals(call):
            if not call.handle:
                sent = wire.data(wire.send(http, "POST", f"{settings.FAL_QUEUE_URL}/{model}", json=body))
                handle = str(sent["request_id"])
                if not re.fullmatch(r"[\w-]{1,100}", handle):
                    raise ProviderAway("The provider's answer cannot be read.", again=False)
                call.handle = handle
                call.remember(handle)
            # The queue knows requests by the application, which is the first two parts of the model's name.
            own = f"{settings.FAL_QUEUE_URL}/{'/'.join(model.split('/')[:2])}/requests/{call.handle}"
            try:
                self._wait(http, f"{own}/status", call)
            except (Abandoned, TimedOut):
                _cancel(f"{own}/cancel")
                raise
            try:
                answer = wire.data(wire.send(http, "GET", own))
            except Refusal as refusal:
                if isinstance(refusal, ModelMissing):  # the queue keeps results for a while only
                    raise ProviderAway("The provider does not know the request any more.", again=False) from None
                raise
            if not isinstance(answer, dict):
                raise ProviderAway("The provider's answer cannot be read.", again=False)
            return answer, {"request": call.handle}

    def _wait(self, http: Any, url: str, call: Call) -> None:
        from apps.ai.providers import wire

        pause, started = FIRST_POLL, time.monotonic()
        while True:
            state = wire.data(wire.send(http, "GET", url))["status"]
            if state == "COMPLETED":
                return
            if state not in ("IN_QUEUE", "IN_PROGRESS"):
                raise ProviderAway("The provider's answer cannot be read.", again=False)
            # Nobody knows how long it takes; half way after half a minute.
            passed = time.monotonic() - started
            call.progress(round(passed / (passed + 30), 3))
            time.sleep(min(pause, call.seconds))
            pause = min(LONGEST_POLL, pause * 1.5)


def _cancel(url: str) -> None:
    """Says that the result is not wanted; done within seconds or not at all."""
    from apps.ai.providers import wire

    short = Call(deadline=time.monotonic() + 3)
    headers = {"Authorization": f"Key {settings.FAL_KEY}"}
    with suppress(Refusal), wire.refusals(short), wire.client(short, headers) as http:
        http.put(url)


def provider() -> Fal | None:
    return Fal() if settings.FAL_KEY else None
