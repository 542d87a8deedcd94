"""ElevenLabs' API as far as it is asked: elevenlabs.io/docs/api-reference."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from apps.ai.tests.vendors import files

KEY = "xi-secret-of-elevenlabs"
REFUSED = 422, json.dumps({"detail": {"status": "content_policy_violation", "message": "Not allowed."}}).encode()


def error(status: int, headers: Any) -> tuple[int, bytes]:
    return status, json.dumps({"detail": {"status": "error", "message": f"{headers.get('xi-api-key')}"}}).encode()


def answer(method: str, path: str, headers: Any, body: bytes, base: str) -> tuple[int, bytes, dict[str, str]]:
    if headers.get("xi-api-key") != KEY:
        return (*error(401, headers), {})
    address = urlsplit(path)
    if address.path == "/v1/voices":
        voice = {
            "voice_id": "JBFqnCBsd6RMkjVDRZzb",
            "name": "George",
            "labels": {"language": "en"},
            "description": "Warm",
        }
        return 200, json.dumps({"voices": [voice]}).encode(), {}
    if not address.path.startswith("/v1/text-to-speech/"):
        return (*error(404, headers), {})
    json.loads(body)["model_id"]
    if parse_qs(address.query)["output_format"] == ["pcm_22050"]:
        return 200, files.samples(1.5), {"content-type": "audio/pcm"}
    return 200, b"\xff\xfb\x90\x00" * 400, {"content-type": "audio/mpeg"}
