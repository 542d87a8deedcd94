import datetime
import time
from dataclasses import dataclass, field
from typing import Any

from django.utils.http import http_date

from apps.core import etag
from apps.core.encoding import dumps, loads


@dataclass(frozen=True, slots=True)
class Answer:
    """Finished bytes, their validators, and the tags under which they are touched when they become others.

    `max_age`: seconds that others may keep the answer without asking again; 0: they ask each time.
    """

    body: bytes
    tags: tuple[str, ...]
    etag: str = ""
    modified: datetime.datetime | None = None
    content_type: str = "application/json"
    max_age: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def validator(self) -> str:
        return self.etag or etag.of_bytes(self.body)

    @property
    def last_modified(self) -> str:
        """As HTTP says it. A change of this very second is not dated: another could follow in it, untold."""
        if self.modified is None or int(self.modified.timestamp()) >= int(time.time()):
            return ""
        return http_date(int(self.modified.timestamp()))

    @property
    def cache_control(self) -> str:
        return f"public, max-age={self.max_age}" if self.max_age else "public, no-cache"

    def pack(self) -> bytes:
        """For the cache that hosts share: a line of facts, then the body."""
        facts: dict[str, Any] = {
            "tags": self.tags,
            "etag": self.validator,
            "modified": self.modified and self.modified.timestamp(),
            "content_type": self.content_type,
            "max_age": self.max_age,
            "headers": self.headers,
        }
        return dumps(facts) + b"\n" + self.body

    @classmethod
    def unpack(cls, packed: bytes) -> "Answer":
        line, _, body = packed.partition(b"\n")
        facts = loads(line)
        moment = facts.pop("modified")
        facts["modified"] = moment and datetime.datetime.fromtimestamp(moment, datetime.UTC)
        return cls(body=body, **facts | {"tags": tuple(facts["tags"])})
