"""Counting wrong passwords, per account and per client, wherever they come from.

An attempt is counted before the password is looked at and taken back when it was right, so that parallel guesses
cannot overtake the count. A right password takes back its own attempt only: neither signing in to another account
nor the owner's own sign-ins make room for more guesses. An account is its address as it is looked up, known or not,
so that no spelling of it has a count of its own.
"""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import normal
from apps.core import errors, redis

PER_ACCOUNT = 10
PER_NETWORK = 50
WINDOW = 15 * 60

# Sliding: a key holds the moments of the failures of the last `window` seconds. Redis' own clock, so that hosts agree.
_SCRIPT = """
local time, window = redis.call('TIME'), tonumber(ARGV[1])
local now, wait = time[1] + time[2] / 1000000, 0
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZCARD', key) >= tonumber(ARGV[2 + i]) then
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    wait = math.max(wait, math.ceil(oldest[2] + window - now))
  end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[2])
  redis.call('EXPIRE', key, window)
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look at a password."""

    id: str
    keys: tuple[str, ...]

    def right(self) -> None:
        """The password was right: this was no failure."""
        _call(lambda server: [server.zrem(key, self.id) for key in self.keys])


def counted(email: str, network: str) -> Attempt:
    """Counts one attempt on the account from the network; 429 when there were too many, 503 when nobody can tell."""
    limits = {_account(email): PER_ACCOUNT}
    if network:
        limits[f"attempts:network:{network}"] = PER_NETWORK
    attempt = Attempt(secrets.token_hex(8), tuple(limits))
    found = _call(lambda server: server.eval(_SCRIPT, len(limits), *limits, WINDOW, attempt.id, *limits.values()))
    if wait := int(found):
        raise errors.RateLimited(
            "Too many wrong passwords; wait, or set a new password by mail.", headers={"Retry-After": str(wait)}
        )
    return attempt


def forget(email: str) -> None:
    """Lets the account be tried again: its owner has shown who it is otherwise. Without Redis the window passes."""
    with suppress(errors.Unavailable):
        _call(lambda server: server.delete(_account(email)))


def _account(email: str) -> str:
    return f"attempts:account:{hashlib.sha256(normal(email).encode()).hexdigest()}"


def _call(work: Callable[[Any], Any]) -> Any:
    try:
        return redis.broker().call(work)
    except redis.Away:
        raise errors.Unavailable(headers={"Retry-After": "5"}) from None
