"""Visitors of a day: a keyed hash whose key is forgotten with the day, so that nobody can be followed or found."""

import datetime
import hmac
import secrets
import threading
import time

from django.utils import timezone

from apps.core import redis

SEEN_SECONDS = 60
"""How long a process believes the day's key: after a flushed Redis all have the same one again within a minute."""
_FORGOTTEN_AFTER = 600

_kept: dict[str, tuple[float, bytes]] = {}
_lock = threading.Lock()


def number(site_id: int, address: str, user_agent: str) -> int:
    """The visitor's number of today on this site, 64 bits; another one tomorrow, and on another site.

    Neither address nor user agent is kept. Raises `redis.Away` when the day's key cannot be had.
    """
    said = f"{site_id}\n{address}\n{user_agent}".encode()
    return int.from_bytes(hmac.digest(_key(timezone.now()), said, "sha256")[:8], signed=True)


def _key(now: datetime.datetime) -> bytes:
    day = f"{now:%Y%m%d}"
    found = _kept.get(day)
    if found and time.monotonic() - found[0] < SEEN_SECONDS:
        return found[1]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)
    until = int(midnight.timestamp()) + _FORGOTTEN_AFTER
    name, fresh = f"analytics:salt:{day}", secrets.token_bytes(32)
    key: bytes = redis.broker().call(
        lambda server: server.get(name) or (server.set(name, fresh, nx=True, exat=until) and fresh) or server.get(name)
    )
    with _lock:
        _kept.clear()  # yesterday's too
        _kept[day] = time.monotonic(), key
    return key
