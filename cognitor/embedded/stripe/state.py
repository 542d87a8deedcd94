"""What the sandbox holds: objects by id, events, answers by idempotency key, and a clock that can be put forward."""

import copy
import json
import secrets
import string
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cognitor.embedded.stripe.faults import missing

Object = dict[str, Any]
VERSION = "2026-08-26.dahlia"
_LETTERS = string.ascii_letters + string.digits


class State:
    """Guarded by `lock`; written to `file` after each change, so that a restart goes on where it was."""

    def __init__(self, file: Path | None = None, base: str = "") -> None:
        self.file = file
        self.base = base
        self.lock = threading.RLock()
        self.objects: dict[str, Object] = {}
        self.answers: dict[str, Object] = {}
        self.ahead = 0
        self.listeners: list[Callable[[Object], None]] = []
        if file and file.exists():
            kept = json.loads(file.read_text())
            self.objects, self.answers, self.ahead = kept["objects"], kept["answers"], kept["ahead"]
        if not any(self.all("account")):
            self.new("account", "acct", country="US", default_currency="usd", charges_enabled=True, type="standard",
                     details_submitted=True, email="sandbox@localhost", business_profile={"name": "Sandbox"},
                     settings={"dashboard": {"display_name": "Sandbox", "timezone": "Etc/UTC"}})  # fmt: skip

    def now(self) -> int:
        return int(time.time()) + self.ahead

    def new(self, kind: str, prefix: str, **members: Any) -> Object:
        ident = f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(24))}"
        found = {"id": ident, "object": kind, "created": self.now(), "livemode": False, "metadata": {}} | members
        self.objects[ident] = found
        return found

    def get(self, kind: str, ident: Any, param: str = "id") -> Object:
        found = self.objects.get(ident) if isinstance(ident, str) else None
        if found is None or found["object"] != kind or found.get("deleted"):
            raise missing(kind, str(ident), param)
        return found

    def all(self, kind: str, **match: Any) -> list[Object]:
        """In the order in which they were made."""
        rows = (one for one in self.objects.values() if one["object"] == kind)
        return [one for one in rows if all(one.get(name) == value for name, value in match.items())]

    def account(self) -> Object:
        return self.all("account")[0]

    def tell(self, kind: str, subject: Object) -> None:
        """An event, with the subject as it is now."""
        from cognitor.embedded.stripe.wire import shown

        event = self.new("event", "evt", type=kind, api_version=VERSION, pending_webhooks=1,
                         request={"id": None, "idempotency_key": None},
                         data={"object": copy.deepcopy(shown(self, subject, []))})  # fmt: skip
        for listener in self.listeners:
            listener(event)

    def save(self) -> None:
        if self.file is None:
            return
        new = self.file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps({"objects": self.objects, "answers": self.answers, "ahead": self.ahead}))
        new.replace(self.file)
