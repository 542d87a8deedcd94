"""The one Redis client of a process, with a memory for failure.

Every call is bounded (0.5 s); after a failure the server counts as away for 5 seconds, so that a stalled
Redis costs one request in five seconds its half second instead of piling up all threads behind it.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

T = TypeVar("T")
log = structlog.get_logger(__name__)

AWAY_SECONDS = 5.0


class Away(Exception):
    """Redis did not answer in time, or was found away a moment ago."""


class Client:
    """Wraps a `redis.Redis` so that every use goes through the breaker."""

    def __init__(self, url: str) -> None:
        self.raw = redis.Redis.from_url(
            url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0), health_check_interval=0
        )
        self._away_until = 0.0

    def call(self, work: Callable[[Any], T]) -> T:
        """Runs `work(redis)`; raises `Away` when the server cannot be used now."""
        if time.monotonic() < self._away_until:
            raise Away
        try:
            return work(self.raw)
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError, redis.ReadOnlyError) as error:
            if time.monotonic() >= self._away_until:
                log.warning("redis_away", error=type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise Away from error


_clients: dict[str, Client] = {}


def broker() -> Client:
    """Broker, locks and limits: the server that never evicts."""
    return _client(settings.REDIS_URL)


def cache() -> Client:
    """The bounded server that evicts; nothing may depend on a key being there."""
    return _client(settings.CACHE_URL)


def _client(url: str) -> Client:
    client = _clients.get(url)
    if client is None:
        client = _clients.setdefault(url, Client(url))
    return client
