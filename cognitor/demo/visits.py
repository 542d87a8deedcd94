"""Invented visits of the demo site, so that its figures show something: sixty days of a small magazine."""

import datetime
import math
import random
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from apps.analytics.models import Agent, Event, Kind
from apps.analytics.services import copying
from apps.analytics.services.copying import Row
from apps.sites.models import Site

DAYS, VISITORS = 60, 26
IDENTITY = 7
"""Of the dice: each demo has the same visits."""
Page = tuple[str, str, int]
"""Path, type and id of the document that it shows."""

_REFERRERS = ("", "", "", "search.example", "search.example", "news.example", "birders.example", "social.example")
_COUNTRIES = ("GB", "GB", "GB", "DE", "DE", "NL", "FR", "US", "IE", "")
_QUERIES = (
    ("tide tables", 4),
    ("oyster", 3),
    ("godwit", 2),
    ("harbour", 5),
    ("lighthouse", 3),
    ("kayak", 0),
    ("ferry", 0),
)
_MACHINES = (
    (Agent.BOT, "Googlebot", 9), (Agent.BOT, "bingbot", 4), (Agent.BOT, "AhrefsBot", 3),
    (Agent.AGENT, "ClaudeBot", 5), (Agent.AGENT, "GPTBot", 4), (Agent.AGENT, "service account", 6),
)  # fmt: skip


def fill(site: Site, pages: Sequence[Page]) -> int:
    """Writes the visits, unless the site has events already; answers how many rows they are."""
    if Event.objects.filter(site_id=site.pk).exists():
        return 0
    now = timezone.now()
    rows = sorted(_rows(site, pages, now, random.Random(IDENTITY)), key=lambda row: row.at)
    with transaction.atomic():
        copying.store(rows)
    return len(rows)


def _rows(site: Site, pages: Sequence[Page], now: datetime.datetime, dice: random.Random) -> Iterator[Row]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(7):
        at = now - datetime.timedelta(minutes=dice.uniform(1, 28))
        yield from (row for row in _visit(site, pages, at, -number - 1, dice) if row.at < now)
    for back in range(DAYS, -1, -1):
        day = midnight - datetime.timedelta(days=back)
        # More from month to month, less at weekends.
        busy = (1.6 - back / DAYS) * (0.6 if day.weekday() > 4 else 1) * dice.uniform(0.8, 1.2)
        for number in range(round(VISITORS * busy)):
            at = day + datetime.timedelta(hours=_hour(dice), minutes=dice.uniform(0, 60))
            yield from (row for row in _visit(site, pages, at, number + 1, dice) if row.at < now)
        for agent, name, often in _MACHINES:
            for _ in range(max(1, round(often * busy / 2))):
                at = day + datetime.timedelta(seconds=dice.randrange(86_400))
                kind = Kind.API if name == "service account" else Kind.READ
                if at < now:
                    yield _row(site, at, kind, agent=agent, agent_name=name, n=dice.randrange(1, 12))
        for hour in range(24):
            at = day + datetime.timedelta(hours=hour, minutes=dice.randrange(60))
            if at < now:
                yield _row(site, at, Kind.READ, n=round(busy * 12 * (1 + math.sin((hour - 8) / 24 * math.tau))) + 1)


def _hour(dice: random.Random) -> float:
    return min(23.0, max(0.0, dice.gauss(13, 4.5)))


def _visit(
    site: Site, pages: Sequence[Page], at: datetime.datetime, visitor: int, dice: random.Random
) -> Iterator[Row]:
    """A few pages, sometimes a search that leads to one of them."""
    country, referrer = dice.choice(_COUNTRIES), dice.choice(_REFERRERS)
    for _ in range(1 + int(dice.expovariate(0.8))):
        # The first of the pages are the best read ones.
        path, doc_type, doc_id = pages[min(len(pages) - 1, int(dice.expovariate(0.25)))]
        yield _row(
            site, at, Kind.PAGE_VIEW, visitor=visitor, path=path, doc_type=doc_type, doc_id=doc_id,
            country=country, referrer=referrer, locale="en",
        )  # fmt: skip
        referrer, at = "", at + datetime.timedelta(seconds=dice.uniform(20, 400))
        if dice.random() < 0.15:
            query, results = dice.choice(_QUERIES)
            yield _row(site, at, Kind.SEARCH, visitor=visitor, country=country, query=query, results=results)
            if results and dice.random() < 0.6:
                at += datetime.timedelta(seconds=5)
                yield _row(site, at, Kind.SEARCH_CLICK, visitor=visitor, country=country, query=query)
            at += datetime.timedelta(seconds=30)


def _row(site: Site, at: datetime.datetime, kind: Kind, **members: object) -> Row:
    about = {"agent": Agent.PERSON.value} | members
    return Row(tenant_id=site.tenant_id, site_id=site.pk, at=at, kind=kind.value, **about)  # type: ignore[arg-type]
