"""Anthropic's Messages API by HTTP (docs.anthropic.com/en/api/messages), version 2023-06-01."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from apps.ai.errors import ContentRefused, ProviderAway
from apps.ai.providers import writing
from apps.ai.providers.protocols import Call, Model, Output, Translate, Write

_UNITS: dict[str, tuple[str, ...]] = {
    "text": ("input_tokens", "output_tokens", "tokens"),
    "translation": ("input_tokens", "output_tokens", "tokens", "characters"),
}
_ANSWER = "answer"
"""The tool whose input is the answer where it has to follow a schema."""


def _model(task: Any, name: str, **limits: Any) -> Model:
    return Model(id=f"anthropic/{name}", task=task, provider="anthropic", name=name, units=_UNITS[task], limits=limits)


class Anthropic:
    models: Sequence[Model] = (
        _model("text", "claude-haiku-4-5", output_tokens=16_000),
        _model("text", "claude-sonnet-4-5", output_tokens=16_000),
        _model("translation", "claude-haiku-4-5", characters=40_000),
    )

    def _headers(self) -> Mapping[str, str]:
        return {"x-api-key": settings.ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01"}

    def _body(self, model: str, asked: Write) -> dict[str, Any]:
        from apps.ai.providers import wire

        content: list[dict[str, Any]] = []
        for picture in asked.pictures:
            encoded = wire.data_url(picture, "").partition(",")[2]
            kind = "image/jpeg" if picture[:2] == b"\xff\xd8" else "image/png"
            content.append({"type": "image", "source": {"type": "base64", "media_type": kind, "data": encoded}})
        content.append({"type": "text", "text": asked.prompt})
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": asked.most_tokens,
            "messages": [{"role": "user", "content": content}],
        }
        system = asked.system + (f"\nAnswer in the language `{asked.language}`." if asked.language else "")
        if system.strip():
            body["system"] = system.strip()
        if asked.temperature is not None:
            body["temperature"] = min(1.0, asked.temperature)
        if asked.data is not None:
            body["tools"] = [{"name": _ANSWER, "description": "The answer.", "input_schema": dict(asked.data)}]
            body["tool_choice"] = {"type": "tool", "name": _ANSWER}
        return body

    def write(self, model: str, asked: Write, call: Call) -> Output:
        import orjson

        from apps.ai.providers import wire

        with wire.client(call, self._headers()) as http, wire.refusals(call):
            url = f"{settings.ANTHROPIC_URL}/v1/messages"
            answer = wire.data(wire.send(http, "POST", url, json=self._body(model, asked)))
            if answer["stop_reason"] == "refusal":
                raise ContentRefused
            if asked.data is None:
                text = "".join(block["text"] for block in answer["content"] if block["type"] == "text")
            else:
                given = [block["input"] for block in answer["content"] if block["type"] == "tool_use"]
                text = orjson.dumps(given[0]).decode()
                writing.require_follows(text, asked.data)
            used = writing.used(answer["usage"]["input_tokens"], answer["usage"]["output_tokens"])
            return Output(texts=(text,), used=used, facts={"request": answer["id"], "ended": answer["stop_reason"]})

    def stream(self, model: str, asked: Write, call: Call) -> Iterator[str | Output]:
        from apps.ai.providers import wire

        text, read, wrote, ended = "", 0, 0, ""
        body = {**self._body(model, asked), "stream": True}
        with wire.client(call, self._headers()) as http, wire.refusals(call):
            with http.stream("POST", f"{settings.ANTHROPIC_URL}/v1/messages", json=body) as answer:
                if answer.status_code != 200:
                    wire.require_good(answer.status_code, answer.headers, answer.read())
                for event in wire.events(answer):
                    match event["type"]:
                        case "message_start":
                            read = event["message"]["usage"]["input_tokens"]
                        case "content_block_delta":
                            delta = event["delta"]
                            if piece := delta.get("text", "") or delta.get("partial_json", ""):
                                text += piece
                                yield piece
                        case "message_delta":
                            ended = event["delta"].get("stop_reason") or ended
                            wrote = event["usage"]["output_tokens"]
                        case "error":
                            busy = event["error"]["type"] == "overloaded_error"
                            raise wire.refusal_of(529 if busy else 500, {}, b"")
            if ended == "refusal":
                raise ContentRefused
            if not ended:
                raise ProviderAway("The provider's answer was cut short.")
            if asked.data is not None:
                writing.require_follows(text, asked.data)
        yield Output(texts=(text,), used=writing.used(read, wrote), facts={"ended": ended})

    def translate(self, model: str, asked: Translate, call: Call) -> Output:
        return writing.translate(self.write, model, asked, call, most_tokens=16_000)


def provider() -> Anthropic | None:
    return Anthropic() if settings.ANTHROPIC_API_KEY else None
