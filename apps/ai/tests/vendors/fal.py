"""fal's queue as far as it is asked: docs.fal.ai/model-apis/model-endpoints/queue."""

import base64
import json
import re
from typing import Any

from apps.ai.tests.vendors import files

KEY = "secret:of-fal"
REFUSED = (
    422,
    json.dumps(
        {"detail": [{"loc": ["body", "prompt"], "msg": "Not allowed", "type": "content_policy_violation"}]}
    ).encode(),
)
_requests: dict[str, dict[str, Any]] = {}


def error(status: int, headers: Any) -> tuple[int, bytes]:
    return status, json.dumps({"detail": f"Cannot access with {headers.get('authorization')}"}).encode()


def answer(method: str, path: str, headers: Any, body: bytes, base: str) -> tuple[int, bytes, dict[str, str]]:
    if path.startswith("/files/"):
        name = path.removeprefix("/files/")
        if name == "film.mp4":
            return 200, files.MP4, {"content-type": "video/mp4"}
        width, height = (int(side) for side in re.findall(r"\d+", name))
        return 200, files.png(width, height), {"content-type": "image/png"}
    if headers.get("authorization") != f"Key {KEY}":
        return (*error(401, headers), {})
    if found := re.fullmatch(r"/[\w-]+/[\w-]+/requests/([\w-]+)(/\w+)?", path):
        return _state(method, found[1], found[2] or "", headers, base)
    handle = f"request-{len(_requests) + 1}"
    _requests[handle] = {"asked": json.loads(body), "model": path, "looks": 0, "cancelled": False}
    own = f"{base}{path}/requests/{handle}"
    told = {"request_id": handle, "status_url": f"{own}/status", "response_url": own, "cancel_url": f"{own}/cancel"}
    return 200, json.dumps(told).encode(), {}


def _state(method: str, handle: str, what: str, headers: Any, base: str) -> tuple[int, bytes, dict[str, str]]:
    request = _requests.get(handle)
    if request is None:
        return (*error(404, headers), {})
    if what == "/cancel":
        request["cancelled"] = method == "PUT"
        return 202, b'{"status": "CANCELLATION_REQUESTED"}', {}
    if what == "/status":
        request["looks"] += 1
        forever = "for ever" in str(request["asked"].get("prompt"))
        state = (
            "COMPLETED"
            if request["looks"] > 2 and not forever
            else "IN_PROGRESS"
            if request["looks"] > 1
            else "IN_QUEUE"
        )
        return 200, json.dumps({"status": state, "queue_position": 0}).encode(), {}
    asked, model = request["asked"], request["model"]
    if "video" in model:
        return 200, json.dumps({"video": {"url": f"{base}/files/film.mp4"}}).encode(), {}
    if "image_url" in asked:
        assert base64.b64decode(asked["image_url"].partition(",")[2])[1:4] == b"PNG"
        return 200, json.dumps({"image": {"url": f"{base}/files/320x200.png"}}).encode(), {}
    size = asked["image_size"]
    image = {"url": f"{base}/files/{size['width']}x{size['height']}.png", **size, "content_type": "image/png"}
    result = {"images": [image] * asked["num_images"], "seed": asked.get("seed", 7), "has_nsfw_concepts": [False]}
    return 200, json.dumps(result).encode(), {}
