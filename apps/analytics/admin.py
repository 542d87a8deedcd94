"""A site's figures for people: numbers, charts and lists on one page."""

import datetime
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from apps.analytics import selectors
from apps.analytics.selectors.figures import Figures, Series
from apps.analytics.selectors.spans import Size, Span, floor
from apps.core.backoffice import actor_of, site
from apps.sites.models import Site
from apps.sites.selectors import sites_of

CODE = "analytics.read"
LINES, REALTIME_MINUTES = 8, 30
UTC = zoneinfo.ZoneInfo("UTC")
RANGES: dict[str, tuple[str, int, Size]] = {
    "day": ("24 hours", 1, "hour"),
    "week": ("7 days", 7, "day"),
    "month": ("30 days", 30, "day"),
    "quarter": ("90 days", 90, "week"),
    "year": ("52 weeks", 364, "week"),
}
_CARDS = (
    ("visitors", "Visitors", "group"),
    ("visits", "Visits", "door_open"),
    ("page_views", "Page views", "visibility"),
    ("searches", "Searches", "search"),
    ("public_reads", "Public reads", "bolt"),
    ("api_calls", "API calls", "api"),
)


def may_see(request: HttpRequest) -> bool:
    actor = actor_of(request)
    return getattr(request, "tenant", None) is not None and (
        actor.may(CODE) or any(actor.may(CODE, pk) for pk in actor.site_codes)
    )


def dashboard(request: HttpRequest) -> HttpResponse:
    """`?site=&range=`: one site's figures against the time before, in UTC."""
    if not may_see(request):
        raise PermissionDenied
    actor = actor_of(request)
    places = [place for place in sites_of(actor).order_by("name", "pk") if actor.may(CODE, place.pk)]
    asked = [place for place in places if str(place.pk) == request.GET.get("site")]
    chosen = next(iter(asked or places), None)
    wanted = request.GET.get("range", "month")
    page: dict[str, Any] = {
        "title": "Analytics",
        "places": places,
        "place": chosen,
        "ranges": [(name, title) for name, (title, _, _) in RANGES.items()],
        "wanted": wanted if wanted in RANGES else "month",
    }
    if chosen is not None:
        page |= _figures(chosen, page["wanted"])
    return TemplateResponse(request, "admin/analytics.html", {**site.each_context(request), **page})


def _figures(place: Site, wanted: str) -> dict[str, Any]:
    _, days, size = RANGES[wanted]
    now = timezone.now()
    # Whole buckets, the running one with them.
    start = floor(now - datetime.timedelta(days=days), size, UTC)
    start += {"hour": selectors.spans.HOUR, "day": selectors.spans.DAY, "week": 7 * selectors.spans.DAY}[size]
    current, previous = selectors.figures.trends(place.pk, Span(start, now), size, UTC)
    span = Span(start, now)
    minutes, visitors = selectors.figures.realtime(place.pk, REALTIME_MINUTES)
    return {
        "cards": [_card(name, title, icon, current.total, previous.total) for name, title, icon in _CARDS],
        "charts": {
            "size": size,
            "people": _people(current, previous),
            "machines": _machines(current),
            "minutes": [[at.timestamp() for at, _ in minutes], [one.page_views for _, one in minutes]],
        },
        "realtime": {"visitors": visitors},
        "top": selectors.top.top(place.pk, span, LINES),
        "searches": selectors.searches.searches(place.pk, span, LINES),
    }


def _card(name: str, title: str, icon: str, now: Figures, before: Figures) -> dict[str, Any]:
    count, then = getattr(now, name), getattr(before, name)
    change = round(100 * (count / then - 1)) if then else None
    return {"title": title, "icon": icon, "count": count, "then": then, "change": change}


def _people(current: Series, previous: Series) -> list[Sequence[float]]:
    """Columns for the chart: time, page views, those of the time before, visitors."""
    times = [at.timestamp() for at, _ in current.buckets]
    views, then = ([one.page_views for _, one in series.buckets] for series in (current, previous))
    return [times, views, then[: len(views)], [one.visitors for _, one in current.buckets]]


def _machines(current: Series) -> list[Sequence[float]]:
    """Columns for the chart: time, anonymous reads, calls with a token, what bots and what agents did of both."""
    figures = [one for _, one in current.buckets]
    return [
        [at.timestamp() for at, _ in current.buckets],
        [one.public_reads for one in figures],
        [one.api_calls for one in figures],
        [one.bots.page_views + one.bots.public_reads + one.bots.api_calls for one in figures],
        [one.agents.page_views + one.agents.public_reads + one.agents.api_calls for one in figures],
    ]
