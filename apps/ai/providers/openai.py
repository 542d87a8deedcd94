"""OpenAI, and every server that speaks like it (`OPENAI_BASE_URL`), by the official library.

Shapes as of the API reference, platform.openai.com/docs/api-reference: chat completions, images, audio, embeddings.
"""

import base64
import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from apps.ai.errors import AskedTooMuch, ContentRefused, ProviderAway
from apps.ai.providers import pictures, writing
from apps.ai.providers.protocols import (
    Call,
    Edit,
    Embed,
    Made,
    Model,
    Output,
    Paint,
    Speak,
    Translate,
    Voice,
    Write,
)

_TOKENS = ("input_tokens", "output_tokens", "tokens")
_IMAGES = ("images", "megapixels")
_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")
_NO_GROUND = "Remove the background. Keep the subject exactly as it is."


def _model(task: Any, name: str, units: tuple[str, ...], **limits: Any) -> Model:
    return Model(id=f"openai/{name}", task=task, provider="openai", name=name, units=units, limits=limits)


class OpenAI:
    dimensions = 1536
    models: Sequence[Model] = (
        _model("text", "gpt-5-mini", _TOKENS, output_tokens=16_000),
        _model("text", "gpt-4o-mini", _TOKENS, output_tokens=16_000),
        _model("image", "gpt-image-1", _IMAGES, megapixels=1.58, count=10, formats=["png", "jpeg", "webp"]),
        _model("edit", "gpt-image-1", _IMAGES, megapixels=1.58, operations=0, formats=["png", "jpeg", "webp"]),
        _model("remove_background", "gpt-image-1", _IMAGES, megapixels=1.58, formats=["png", "webp"]),
        _model("speech", "gpt-4o-mini-tts", ("characters", "seconds"), characters=4096),
        _model("embedding", "text-embedding-3-small", ("tokens",), texts=2048),
        _model("translation", "gpt-5-mini", (*_TOKENS, "characters"), characters=40_000),
    )

    @contextmanager
    def _asking(self, call: Call) -> Iterator[Any]:
        """The library's client, without retries of its own; what it raises becomes ours."""
        import openai

        from apps.ai.providers import wire

        with wire.client(call) as http, wire.refusals(call):
            library = openai.OpenAI(
                api_key=settings.OPENAI_API_KEY,
                base_url=settings.OPENAI_BASE_URL,
                max_retries=0,
                timeout=call.seconds,
                http_client=http,
                organization="",
                project="",
            )
            try:
                yield library
            except openai.APIStatusError as error:
                body = error.response.content if error.response.is_closed else b""
                raise wire.refusal_of(error.status_code, error.response.headers, body) from None
            except openai.APIConnectionError as error:
                raise (error.__cause__ or ProviderAway()) from None
            except openai.APIError as error:
                unwanted = "content" in str(error.code or "")
                raise (ContentRefused() if unwanted else ProviderAway()) from None
            except openai.OpenAIError:
                raise ProviderAway("The provider's answer cannot be read.") from None

    def _chat(self, model: str, asked: Write) -> dict[str, Any]:
        from apps.ai.providers import wire

        content: Any = asked.prompt
        if asked.pictures:
            content = [{"type": "text", "text": asked.prompt}]
            for picture in asked.pictures:
                url = wire.data_url(picture, "image/png")
                content.append({"type": "image_url", "image_url": {"url": url}})
        system = asked.system + (f"\nAnswer in the language `{asked.language}`." if asked.language else "")
        body: dict[str, Any] = {
            "model": model,
            "messages": [
                *([{"role": "system", "content": system.strip()}] if system.strip() else []),
                {"role": "user", "content": content},
            ],
            # OpenAI's own newer models refuse the old name; other servers know only that one.
            (
                "max_completion_tokens" if "api.openai.com" in settings.OPENAI_BASE_URL else "max_tokens"
            ): asked.most_tokens,
        }
        if asked.temperature is not None:
            body["temperature"] = asked.temperature
        if asked.seed is not None:
            body["seed"] = asked.seed
        if asked.data is not None:
            schema = {"name": "answer", "schema": dict(asked.data)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def write(self, model: str, asked: Write, call: Call) -> Output:
        with self._asking(call) as library:
            answer = library.chat.completions.create(**self._chat(model, asked))
            choice = answer.choices[0]
            if choice.finish_reason == "content_filter" or choice.message.refusal:
                raise ContentRefused
            text = choice.message.content
            if not isinstance(text, str):
                raise ProviderAway("The provider's answer cannot be read.")
            if asked.data is not None:
                writing.require_follows(text, asked.data)
            used = writing.used(answer.usage.prompt_tokens, answer.usage.completion_tokens)
            return Output(texts=(text,), used=used, facts={"request": answer.id, "ended": choice.finish_reason})

    def stream(self, model: str, asked: Write, call: Call) -> Iterator[str | Output]:
        text, used, ended = "", writing.used(0, 0), ""
        with self._asking(call) as library:
            options = {"stream": True, "stream_options": {"include_usage": True}}
            for part in library.chat.completions.create(**self._chat(model, asked), **options):
                _ = call.seconds
                if part.usage:
                    used = writing.used(part.usage.prompt_tokens, part.usage.completion_tokens)
                for choice in part.choices:
                    ended = choice.finish_reason or ended
                    if choice.delta.content:
                        text += choice.delta.content
                        yield choice.delta.content
            if ended == "content_filter":
                raise ContentRefused
            if not ended:
                raise ProviderAway("The provider's answer was cut short.")
            if asked.data is not None:
                writing.require_follows(text, asked.data)
        yield Output(texts=(text,), used=used, facts={"ended": ended})

    def translate(self, model: str, asked: Translate, call: Call) -> Output:
        return writing.translate(self.write, model, asked, call, most_tokens=16_000)

    def paint(self, model: str, asked: Paint, call: Call) -> Output:
        own = model.startswith("gpt-image")
        options: dict[str, Any] = {"output_format": asked.format} if own else {"response_format": "b64_json"}
        if asked.quality:
            options["quality"] = asked.quality
        with self._asking(call) as library:
            size = _size(asked.aspect_ratio)
            answer = library.images.generate(model=model, prompt=asked.prompt, n=asked.count, size=size, **options)
            files = tuple(pictures.finished(content, asked) for content in _contents(answer, call))
        return Output(files=files, used={"images": len(files), "megapixels": pictures.megapixels(files)})

    def edit(self, model: str, asked: Edit, call: Call) -> Output:
        if not asked.instruction:
            raise AskedTooMuch("This model takes an instruction in words.")
        options: dict[str, Any] = {}
        if asked.mask is not None:
            options["mask"] = ("mask.png", _inverted(asked.mask), "image/png")
        return self._edited(model, asked, asked.instruction, options, call)

    def remove_background(self, model: str, asked: Edit, call: Call) -> Output:
        return self._edited(model, asked, _NO_GROUND, {"background": "transparent"}, call)

    def _edited(self, model: str, asked: Edit, words: str, options: dict[str, Any], call: Call) -> Output:
        name = f"picture.{asked.media_type.rpartition('/')[2]}"
        with self._asking(call) as library:
            picture = (name, asked.picture, asked.media_type)
            answer = library.images.edit(model=model, image=picture, prompt=words, **options)
            files = tuple(pictures.as_made(content, asked.format) for content in _contents(answer, call))
        return Output(files=files, used={"images": len(files), "megapixels": pictures.megapixels(files)})

    def speak(self, model: str, asked: Speak, call: Call) -> Output:
        voice = asked.voice if asked.voice in _VOICES else _VOICES[0]
        with self._asking(call) as library:
            content = library.audio.speech.create(
                model=model,
                voice=voice,
                input=asked.text,
                response_format=asked.format,
                speed=min(4, max(0.25, asked.speed)),
            ).content
        if len(content) < 100:
            raise ProviderAway("The provider's answer cannot be read.")
        made = Made(content=content, media_type="audio/mpeg" if asked.format == "mp3" else "audio/wav")
        return Output(files=(made,), used={"characters": len(asked.text)}, facts={"voice": voice})

    def voices(self) -> Sequence[Voice]:
        speaking = next(model.id for model in self.models if model.task == "speech")
        return tuple(Voice(name, name.capitalize(), "", speaking, "All languages") for name in _VOICES)

    def embed(self, model: str, asked: Embed, call: Call) -> Output:
        with self._asking(call) as library:
            answer = library.embeddings.create(model=model, input=list(asked.texts), encoding_format="float")
            ordered = sorted(answer.data, key=lambda item: item.index)
            vectors = tuple(_unit(item.embedding) for item in ordered)
            if len(vectors) != len(asked.texts):
                raise ProviderAway("The provider's answer cannot be read.")
            return Output(vectors=vectors, used={"tokens": answer.usage.total_tokens})


def provider() -> OpenAI | None:
    return OpenAI() if settings.OPENAI_API_KEY else None


def _size(aspect_ratio: str) -> str:
    wide = pictures.ratio(aspect_ratio)
    return "1536x1024" if wide > 1.2 else "1024x1536" if wide < 0.83 else "1024x1024"


def _contents(answer: Any, call: Call) -> list[bytes]:
    from apps.ai.providers import wire

    found = []
    for item in answer.data or ():
        if item.b64_json:
            found.append(base64.b64decode(item.b64_json, validate=True))
        elif item.url:
            found.append(wire.fetched(item.url, call))
    if not found:
        raise ProviderAway("The provider's answer cannot be read.")
    return found


def _inverted(mask: bytes) -> bytes:
    """OpenAI changes what is transparent in a mask; we say what may change by what is opaque."""
    from PIL import ImageChops

    given = pictures.opened(mask)
    image = given.convert("RGBA")
    image.putalpha(ImageChops.invert(pictures.cover(given)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _unit(vector: Sequence[float]) -> tuple[float, ...]:
    length = math.sqrt(sum(part * part for part in vector)) or 1.0
    return tuple(part / length for part in vector)
