"""ElevenLabs: text to speech and its voices (elevenlabs.io/docs/api-reference)."""

import io
import re
import time
import wave
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from apps.ai.errors import ProviderAway
from apps.ai.providers.protocols import Call, Made, Model, Output, Speak, Voice

_RATE = 22_050
_FALLBACK = "21m00Tcm4TlvDq8ikWAM"
"""Rachel, one of the voices that every account has."""


def _model(name: str, about: str, characters: int) -> Model:
    return Model(
        id=f"elevenlabs/{name}",
        task="speech",
        provider="elevenlabs",
        name=name,
        about=about,
        limits={"characters": characters},
        units=("characters",),
    )


class ElevenLabs:
    models: Sequence[Model] = (
        _model("eleven_multilingual_v2", "29 languages", 10_000),
        _model("eleven_flash_v2_5", "32 languages, fast", 40_000),
    )

    def _headers(self) -> Mapping[str, str]:
        return {"xi-api-key": settings.ELEVENLABS_API_KEY}

    def speak(self, model: str, asked: Speak, call: Call) -> Output:
        from apps.ai.providers import wire

        voice = asked.voice if re.fullmatch(r"[A-Za-z0-9]{10,40}", asked.voice) else _FALLBACK
        body: dict[str, Any] = {
            "text": asked.text,
            "model_id": model,
            "voice_settings": {"speed": min(1.2, max(0.7, asked.speed))},
        }
        if asked.language and "flash" in model:
            body["language_code"] = asked.language[:2]
        shape = "mp3_44100_128" if asked.format == "mp3" else f"pcm_{_RATE}"
        with wire.client(call, self._headers()) as http, wire.refusals(call):
            url = f"{settings.ELEVENLABS_URL}/v1/text-to-speech/{voice}"
            answer = wire.send(http, "POST", url, params={"output_format": shape}, json=body)
            kind = answer.headers.get("content-type", "")
            if not kind.startswith(("audio/", "application/octet-stream")) or len(answer.content) < 100:
                raise ProviderAway("The provider's answer cannot be read.")
            content, seconds = answer.content, None
            if asked.format != "mp3":
                content, seconds = _wav(answer.content), round(len(answer.content) / 2 / _RATE, 3)
        media_type = "audio/mpeg" if asked.format == "mp3" else "audio/wav"
        made = Made(content=content, media_type=media_type, seconds=seconds)
        return Output(files=(made,), used={"characters": len(asked.text)}, facts={"voice": voice})

    def voices(self) -> Sequence[Voice]:
        from apps.ai.providers import wire

        call = Call(deadline=time.monotonic() + 8)
        with wire.client(call, self._headers()) as http, wire.refusals(call):
            answer = wire.data(wire.send(http, "GET", f"{settings.ELEVENLABS_URL}/v1/voices"))
            return tuple(
                Voice(
                    id=voice["voice_id"],
                    name=voice["name"],
                    language=(voice.get("labels") or {}).get("language", ""),
                    model=self.models[0].id,
                    about=voice.get("description") or "",
                )
                for voice in answer["voices"]
            )


def _wav(samples: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples)
    return out.getvalue()


def provider() -> ElevenLabs | None:
    return ElevenLabs() if settings.ELEVENLABS_API_KEY else None
