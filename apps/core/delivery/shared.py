"""The cache that hosts share, in Redis, and the word from host to host that something was touched.

Correct without luck: an answer lies there with the time (Redis' own) at which its reading began, every touched slot
with the time of the touch, and both are compared in one script. The slots are one hash with the time of its birth:
when it was evicted or flushed, everything older is void. An answer lies there for a minute at most, which bounds
what a lost message can cost on another host.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from apps.core import redis
from apps.core.delivery.answer import Answer
from apps.core.delivery.generations import EPOCH, slots_of

log = structlog.get_logger(__name__)

SECONDS = 60
SAID_SECONDS = 600
LARGEST = 1_000_000
_SLOTS = "delivery:slots"

# Microseconds, as digits: Redis would round a number.
_NOW = "local now = redis.call('TIME'); now = string.format('%.0f', now[1] * 1000000 + now[2])\n"
# Answers {time, packed answer or ""}; the packed one is preceded by its beginning and its slots.
_GET = (
    _NOW
    + """
redis.call('HSETNX', KEYS[2], 'born', now)
local found = redis.call('GET', KEYS[1])
if not found then return {now, ''} end
local begun, slots, at = string.match(found, '^(%d+) ([%d,]+) ()')
begun = tonumber(begun)
local born = tonumber(redis.call('HGET', KEYS[2], 'born'))
if begun < born then return {now, ''} end
for slot in string.gmatch(slots, '%d+') do
  local touched = tonumber(redis.call('HGET', KEYS[2], slot))
  if touched and touched >= begun then return {now, ''} end
end
return {now, string.sub(found, at)}
"""
)
_TOUCH = (
    _NOW
    + """
redis.call('HSETNX', KEYS[1], 'born', now)
for slot in string.gmatch(ARGV[1], '%d+') do redis.call('HSET', KEYS[1], slot, now) end
redis.call('PUBLISH', KEYS[2], ARGV[1])
if ARGV[2] ~= '' then redis.call('SET', KEYS[3], 1, 'EX', ARGV[3]) end
return 1
"""
)


def get(key: str) -> tuple[int, Answer | None]:
    """Redis' time before anything else is read, and the answer under the key if it is still right.

    The time is 0 when Redis is away: then nothing is to be put.
    """
    try:
        now, packed = redis.cache().call(lambda server: server.eval(_GET, 2, f"delivery:{key}", _SLOTS))
    except redis.Away:
        return 0, None
    return int(now), Answer.unpack(packed) if packed else None


def put(key: str, begun: int, answer: Answer) -> None:
    """Keeps an answer whose reading began at `begun`, a time that `get` gave."""
    if not begun or len(answer.body) > LARGEST:
        return
    slots = ",".join(map(str, slots_of(answer.tags)))
    packed = f"{begun} {slots} ".encode() + answer.pack()

    try:
        redis.cache().call(lambda server: server.set(f"delivery:{key}", packed, ex=SECONDS))
    except redis.Away:
        return


def touch(slots: Iterable[int], *, event: int | None = None) -> bool:
    """Voids what hangs on the slots and tells the hosts; False when Redis did not say that it was done."""
    keys = [_SLOTS, _channel(), _said(event or 0)]
    values = [",".join(map(str, slots)), event or "", SAID_SECONDS]
    try:
        redis.cache().call(lambda server: server.eval(_TOUCH, len(keys), *keys, *values))
    except redis.Away:
        return False
    return True


def said(events: Sequence[int]) -> set[int]:
    """Those of the events whose touch is known to have been told."""
    try:
        found = redis.cache().call(lambda server: server.mget([_said(event) for event in events]))
    except redis.Away:
        return set()
    return {event for event, word in zip(events, found, strict=True) if word is not None}


def _said(event: int) -> str:
    return f"delivery:said:{event}"


def _channel() -> str:
    """Channels know no number of a database; two installations may share a server."""
    return f"delivery:touched:{urlsplit(settings.CACHE_URL).path.strip('/') or '0'}"


class Listener(threading.Thread):
    """Hears what was touched and touches it here, whichever host's word it is: a writer of this one may have been
    killed after it. `hearing` is False while it cannot.
    """

    def __init__(self, heard: Callable[[list[int]], None]) -> None:
        super().__init__(name="delivery-listener", daemon=True)
        self.heard, self.hearing = heard, False

    def run(self) -> None:
        while True:
            try:
                self._listen()
            except Exception as error:
                if self.hearing:
                    log.warning("delivery_deaf", error=type(error).__name__)
                self.hearing = False
                time.sleep(1)

    def _listen(self) -> None:
        import redis as vendor

        server = vendor.Redis.from_url(settings.CACHE_URL, socket_timeout=5, socket_connect_timeout=1)
        with server.pubsub(ignore_subscribe_messages=False) as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(_channel())
            while True:
                message = channel.get_message(timeout=2)
                if message is None:
                    channel.ping()
                elif message["type"] == "subscribe":
                    # What was said while nobody listened is unknown: nothing from before counts.
                    self.heard([EPOCH])
                    self.hearing = True
                elif message["type"] == "message":
                    self.heard([int(number) for number in message["data"].decode().split(",")])
