"""What people search for, counted for some days in Redis: the most frequent questions, and those that found nothing.

Nothing is written for it while Redis is away. What analytics counts is told by the request's notes.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.utils import timezone

from apps.core import redis

DAYS = 7
MOST_KEPT = 500
LONGEST = 100


def note(site_id: int, text: str, total: int) -> None:
    """Counts one public search."""
    asked = " ".join(text.lower().split())[:LONGEST]
    if not asked:
        return
    keys = [_key(site_id, "asked", timezone.now().date())]
    if not total:
        keys.append(_key(site_id, "empty", timezone.now().date()))

    def count(server: Any) -> None:
        with server.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.zincrby(key, 1, asked)
                pipeline.expire(key, (DAYS + 1) * 86_400)
                # The rarest of too many go.
                pipeline.zremrangebyrank(key, 0, -MOST_KEPT - 1)
            pipeline.execute()

    with suppress(redis.Away):
        redis.broker().call(count)


def most_frequent(site_ids: Iterable[int], what: str, limit: int = 20) -> Sequence[tuple[str, int]]:
    """Questions (`asked`, or those that found nothing: `empty`) of the last days with how often each was asked."""
    today = timezone.now().date()
    keys = [_key(site_id, what, today - datetime.timedelta(days=days)) for site_id in site_ids for days in range(DAYS)]

    def read(server: Any) -> list[Any]:
        with server.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.zrevrange(key, 0, limit * 2 - 1, withscores=True)
            return list(pipeline.execute())

    counts: Counter[str] = Counter()
    with suppress(redis.Away):
        for found in redis.broker().call(read) if keys else []:
            for text, count in found:
                counts[text.decode() if isinstance(text, bytes) else text] += int(count)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]


def _key(site_id: int, what: str, day: datetime.date) -> str:
    return f"search:{what}:{site_id}:{day:%Y%m%d}"
