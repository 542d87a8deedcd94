"""Taking batches of events from sites: checked, made small, and put into the queue; the database is not asked."""

import time
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery import current_app

from apps.analytics.models import Agent
from apps.analytics.providers import agents
from apps.analytics.services import queue, visitors
from apps.core import errors, redis
from apps.sites.models import Site

log = structlog.get_logger(__name__)

NUDGE_SECONDS = 1.0
RETRY_AWAY = {"Retry-After": str(round(redis.AWAY_SECONDS))}


def receive(
    *, site: Site, events: list[dict[str, Any]], address: str, user_agent: str, country: str, private: bool
) -> int:
    """Queues a site's batch and answers how many events were taken: all, or none where the visitor wants `private`.

    Refused with `Busy` when the queue is full and with `Unavailable` when it is away: what was taken is not lost.
    """
    if private or not events:
        return 0
    agent, name = agents.of(user_agent)
    try:
        visitor = visitors.number(site.pk, address, user_agent) if agent == Agent.PERSON else None
        queue.put(
            {
                "s": site.pk,
                "a": agent,
                "m": name,
                "v": visitor,
                "c": country,
                "e": [_small(site, event) for event in events],
            }
        )
    except redis.Away:
        raise errors.Unavailable(headers=RETRY_AWAY) from None
    _nudge()
    return len(events)


_nudged = 0.0


def _nudge() -> None:
    """Says, once a second at most, that there is something to copy; a word that is lost the sweep makes up for."""
    global _nudged
    if time.monotonic() - _nudged < NUDGE_SECONDS:
        return
    _nudged = time.monotonic()
    try:
        current_app.send_task("analytics.copy_events", expires=30)
    except Exception as error:  # the batch is queued: no failure of the messenger may turn into a 500
        log.warning("copying_left_to_the_sweep", error=type(error).__name__)


def _small(site: Site, event: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an event: of addresses no query and no fragment, of the referrer its host alone."""
    found = {
        "k": event["type"],
        "p": event.get("path", "").partition("?")[0].partition("#")[0],
        "d": event.get("doc_type", ""),
        "i": event.get("doc_id"),
        "r": host(event.get("referrer", "")),
        "l": event.get("locale", ""),
        "q": " ".join(event.get("query", "").lower().split()),
        "n": event.get("results"),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def host(referrer: str) -> str:
    """The host name of an address, in lower case without `www.`; empty where there is none."""
    try:
        name = urlsplit(referrer if "//" in referrer else f"//{referrer}").hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")[:253]
