"""Anthropic's Messages API as far as it is asked: docs.anthropic.com/en/api/messages."""

import json
from typing import Any

KEY = "sk-ant-secret-of-anthropic"
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_sequence": None}
REFUSED = (
    200,
    json.dumps(
        {**_MESSAGE, "content": [], "stop_reason": "refusal", "usage": {"input_tokens": 9, "output_tokens": 0}}
    ).encode(),
)


def error(status: int, headers: Any) -> tuple[int, bytes]:
    said = f"invalid x-api-key {headers.get('x-api-key')}" if status == 401 else "Overloaded"
    return status, json.dumps({"type": "error", "error": {"type": "api_error", "message": said}}).encode()


def answer(method: str, path: str, headers: Any, body: bytes, base: str) -> tuple[int, bytes, dict[str, str]]:
    if headers.get("x-api-key") != KEY or headers.get("anthropic-version") != "2023-06-01":
        return (*error(401, headers), {})
    if path != "/v1/messages":
        return (*error(404, headers), {})
    asked, usage = json.loads(body), {"input_tokens": 12, "output_tokens": 5}
    content: list[dict[str, Any]] = [{"type": "text", "text": "Bees make honey."}]
    if "tools" in asked:
        properties = asked["tools"][0]["input_schema"]["properties"]
        given: Any = {name: "Bees" for name in properties}
        if "texts" in properties:
            texts = json.loads(asked["messages"][0]["content"][-1]["text"].partition("\n")[2])["texts"]
            given = {"texts": [f"[{text}]" for text in texts]}
        content = [{"type": "tool_use", "id": "toolu_1", "name": asked["tool_choice"]["name"], "input": given}]
    if not asked.get("stream"):
        message = {**_MESSAGE, "content": content, "stop_reason": "end_turn", "usage": usage}
        return 200, json.dumps(message).encode(), {}
    words = content[0]["text"].split(" ") if content[0]["type"] == "text" else []
    events: list[dict[str, Any]] = [
        {
            "type": "message_start",
            "message": {**_MESSAGE, "content": [], "usage": {"input_tokens": 12, "output_tokens": 1}},
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}} for word in words),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 5},
        },
        {"type": "message_stop"},
    ]
    stream = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return 200, stream.encode(), {"content-type": "text/event-stream"}
