"""OpenAI's API as far as it is asked: platform.openai.com/docs/api-reference."""

import base64
import hashlib
import json
from typing import Any

from apps.ai.tests.vendors import files

KEY = "sk-secret-of-openai"
REFUSED = (
    400,
    json.dumps(
        {"error": {"message": "Rejected", "type": "invalid_request_error", "code": "content_policy_violation"}}
    ).encode(),
)


def error(status: int, headers: Any) -> tuple[int, bytes]:
    said = f"Incorrect API key provided: {headers.get('authorization')}" if status == 401 else "Something is wrong."
    return status, json.dumps({"error": {"message": said, "type": "server_error", "code": None}}).encode()


def answer(method: str, path: str, headers: Any, body: bytes, base: str) -> tuple[int, bytes, dict[str, str]]:
    if headers.get("authorization") != f"Bearer {KEY}":
        return (*error(401, headers), {})
    if path == "/images/edits":
        picture = base64.b64encode(files.png(320, 200)).decode()
        return 200, json.dumps({"created": 1, "data": [{"b64_json": picture}]}).encode(), {}
    asked = json.loads(body)
    match path:
        case "/chat/completions":
            return _chat(asked)
        case "/images/generations":
            width, height = (int(side) for side in asked["size"].split("x"))
            picture = base64.b64encode(files.png(width, height)).decode()
            return 200, json.dumps({"created": 1, "data": [{"b64_json": picture}] * asked["n"]}).encode(), {}
        case "/audio/speech":
            kind = {"wav": "audio/wav", "mp3": "audio/mpeg"}[asked["response_format"]]
            return 200, files.wav(1.5) if kind == "audio/wav" else b"\xff\xfb\x90\x00" * 400, {"content-type": kind}
        case "/embeddings":
            data = [{"object": "embedding", "index": i, "embedding": _vector(t)} for i, t in enumerate(asked["input"])]
            usage = {"prompt_tokens": 9, "total_tokens": 9}
            return 200, json.dumps({"object": "list", "data": data[::-1], "model": "m", "usage": usage}).encode(), {}
    return (*error(404, headers), {})


def _vector(text: str) -> list[float]:
    seed = hashlib.sha256(text.encode()).digest()
    return [seed[i % 32] / 255 - 0.5 for i in range(1536)]


def _text(asked: Any) -> str:
    if "response_format" in asked:
        properties = asked["response_format"]["json_schema"]["schema"]["properties"]
        if "texts" in properties:
            given = json.loads(asked["messages"][-1]["content"].partition("\n")[2])["texts"]
            return json.dumps({"texts": [f"[{text}]" for text in given]})
        return json.dumps({name: "Bees" for name in properties})
    return "Bees make honey."


def _chat(asked: Any) -> tuple[int, bytes, dict[str, str]]:
    text, usage = _text(asked), {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": asked["model"]}
    if not asked.get("stream"):
        message = {"role": "assistant", "content": text, "refusal": None}
        choices = [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}]
        return 200, json.dumps({**whole, "choices": choices, "usage": usage}).encode(), {}
    part = {**whole, "object": "chat.completion.chunk"}
    lines = [
        *(
            {**part, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
            for word in text.split(" ")
        ),
        {**part, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {**part, "choices": [], "usage": usage},
    ]
    content = "".join(f"data: {json.dumps(line)}\n\n" for line in lines) + "data: [DONE]\n\n"
    return 200, content.encode(), {"content-type": "text/event-stream"}
