"""Events as sites send them, at chosen times."""

import datetime
from typing import Any

import orjson

from apps.analytics.services import counting, queue, visitors
from apps.core import redis
from apps.sites.models import Site

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CLAUDE = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)"


def view(path: str = "/", **members: Any) -> dict[str, Any]:
    return {"type": "page_view", "path": path, **members}


def fresh() -> None:
    """Nothing is counted yet in this process."""
    counting._tally.__init__()  # type: ignore[misc]
    counting._tally.process = -1
    visitors._kept.clear()


def queued(site: Site, at: datetime.datetime, *events: dict[str, Any], **entry: Any) -> None:
    """Puts a batch into the queue as if it had come at that time; call it in the order of times."""
    body = {"s": site.pk, "a": "person", "m": "", "v": None, "c": "", "e": list(events), **entry}
    id = f"{int(at.timestamp() * 1000)}-*"
    text = orjson.dumps(body)
    redis.broker().call(lambda server: server.xadd(queue.STREAM, {"e": text}, id=id))
    redis.broker().call(lambda server: server.incrby(queue.BYTES, len(text)))
