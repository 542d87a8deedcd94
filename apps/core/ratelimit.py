"""Rate limits: a token bucket per operation class and principal, moved by one atomic script in Redis.

When Redis is away, classes marked `fail_closed` (sign-in and the like, where a limit is a defence) are refused
with 503; all others are let through unlimited, since an outage of the limiter must not be an outage of reading
and writing. `monitoring` counts such passes in the metric `cognitor_rate_limit_unchecked_total`.

Headers follow draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "write";q=600;w=60` and
`RateLimit: "write";r=599;t=1`.
"""

from dataclasses import dataclass

from django.conf import settings

from apps.core import errors, metrics, redis


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `quota` requests at once and `quota` per `window` seconds in the long run."""

    name: str
    quota: int
    window: int
    fail_closed: bool = False


RATES = {
    rate.name: rate
    for rate in (
        Rate("read", 1200, 60),
        Rate("write", 600, 60),
        Rate("public", 6000, 60),
        Rate("upload", 120, 60),
        Rate("ai", 120, 60),
        Rate("render", 120, 60),
        Rate("lookup", 20, 600),
        Rate("login", 20, 60, fail_closed=True),
        Rate("mail", 10, 600, fail_closed=True),
        Rate("signup", 20, 3600, fail_closed=True),
        Rate("none", 0, 0),
    )
}

# A bucket holds `quota` tokens and gains `quota / window` a second; Redis' own clock, so that hosts agree.
_SCRIPT = """
local quota, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or quota, tonumber(bucket[2]) or now
tokens = math.min(quota, tokens + math.max(0, now - at) * quota / window)
local allowed = 0
if tokens >= 1 then tokens = tokens - 1; allowed = 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], window + 1)
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) * window / quota) end
return {allowed, math.floor(tokens), wait}
"""


def check(rate: Rate, subject: str) -> dict[str, str]:
    """Takes one token from the subject's bucket and returns the headers to send; refuses when it is empty.

    `subject` holds tenant and principal, or the client's address for anonymous callers.
    """
    if not rate.quota or not settings.RATE_LIMITS:
        return {}
    key = f"limit:{rate.name}:{subject}"
    try:
        allowed, left, wait = redis.broker().call(
            lambda server: server.eval(_SCRIPT, 1, key, str(rate.quota), str(rate.window))
        )
    except redis.Away:
        if rate.fail_closed:
            raise errors.Unavailable(headers={"Retry-After": "5"}) from None
        metrics.UNLIMITED.labels(rate.name).inc()
        return {}
    headers = {
        "RateLimit-Policy": f'"{rate.name}";q={rate.quota};w={rate.window}',
        "RateLimit": f'"{rate.name}";r={left};t={wait}',
    }
    if not allowed:
        metrics.LIMITED.labels(rate.name).inc()
        raise errors.RateLimited(headers=headers | {"Retry-After": str(max(1, wait))})
    return headers
