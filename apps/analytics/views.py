from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.analytics import selectors, services
from apps.analytics.errors import Busy
from apps.analytics.parsers import BatchParser, TextBatchParser
from apps.analytics.selectors.figures import METRICS, Figures, Series
from apps.analytics.selectors.spans import Span
from apps.analytics.serializers import (
    AcceptedOut,
    EventsIn,
    OverviewOut,
    RangeQuery,
    RealtimeOut,
    SearchesOut,
    SiteSummaryOut,
    TopOut,
    TopQuery,
    TrendsOut,
    TrendsQuery,
)
from apps.analytics.visiting import country_of, wants_privacy
from apps.core import clients
from apps.core.encoding import dumps
from apps.core.errors import NotFound
from apps.core.operation import PUBLIC, operation
from apps.search.selectors import searchable_sites
from apps.search.serializers import SearchStatsOut, StatsQuery
from apps.search.services.stats import stats
from apps.sites.models import Site
from apps.sites.selectors import site_for, sites_of
from apps.sites.viewsets import PublicSiteViewSet, SiteViewSet, TenantViewSet

REALTIME_MINUTES = 30
QUERIES = 20


def ranged(span: Span, zone: Any) -> dict[str, Any]:
    return {"from": span.start, "to": span.end, "tz": str(zone)}


def asked(request: Request) -> dict[str, Any]:
    return ranged(request.q["span"], request.q["tz"])


class EventsViewSet(PublicSiteViewSet):
    """What happens on a site's pages, told by the pages."""

    @operation(
        "public_events",
        allow=PUBLIC,
        rate="write",
        timeout="read",
        takes=EventsIn,
        gives=AcceptedOut,
        status=202,
        effects="outside",
        parsers=(BatchParser, TextBatchParser),
        refuses=[Busy],
    )
    def take(self, request: Request, site: Site) -> HttpResponse:
        """Takes up to 100 page views, clicks, searches and clicks on what was found, in 64 KB; a batch with a fault is
        refused whole. No cookie is read or set; `DNT: 1` and `Sec-GPC: 1` are answered 202 and nothing is stored.
        A full queue is 429 with `Retry-After`: send the batch again."""
        accepted = services.receiving.receive(
            site=site,
            events=request.valid["events"],
            address=clients.address(request),
            user_agent=request.headers.get("User-Agent", ""),
            country=country_of(request),
            private=wants_privacy(request),
        )
        return HttpResponse(dumps({"accepted": accepted}), status=202, content_type="application/json")


class AnalyticsOverviewViewSet(TenantViewSet):
    """Figures of all sites."""

    category = "search"

    @operation(
        "analytics_overview",
        allow="analytics.read",
        rate="read",
        gives=OverviewOut,
        query=RangeQuery,
        refuses=[NotFound],
    )
    def overview(self, request: Request) -> dict[str, Any]:
        """Visits, visitors, views, searches, reads and calls of each of the tenant's sites, and of all together."""
        sites = list(sites_of(request.actor))
        found = selectors.figures.measured([site.pk for site in sites], [request.q["span"]])[0]
        lines: list[dict[str, Any]] = [
            {"id": site.pk, "identifier": site.identifier, "name": site.name, "figures": found.get(site.pk, Figures())}
            for site in sites
        ]
        lines.sort(key=lambda line: (-line["figures"].page_views, line["id"]))
        return {"range": asked(request), "figures": selectors.figures.together(found.values()), "sites": lines}


class SearchStatsViewSet(TenantViewSet):
    """How searching goes."""

    category = "search"

    @operation(
        "search_stats",
        allow="search.manage",
        rate="read",
        gives=SearchStatsOut,
        query=StatsQuery,
        refuses=[NotFound],
    )
    def stats(self, request: Request) -> dict[str, Any]:
        """Size, freshness and lag of the index, and what people searched for in the last seven days."""
        name = request.q["site"]
        sites = [site_for(actor=request.actor, identifier=name)] if name else None
        sites = sites or searchable_sites(request.actor, "search.manage")
        return stats(sites) | {"queries": selectors.searches.asked([site.pk for site in sites], limit=QUERIES)}


class AnalyticsViewSet(SiteViewSet):
    """Figures of one site."""

    category = "search"

    @operation("analytics_site_summary", allow="analytics.read", rate="read", gives=SiteSummaryOut, query=RangeQuery)
    def summary(self, request: Request, site: Site) -> dict[str, Any]:
        """Visits, visitors, page views, clicks, searches, anonymous reads and API calls; bots and agents apart."""
        return {"range": asked(request), "figures": selectors.figures.summary(site.pk, request.q["span"])}

    @operation("analytics_site_trends", allow="analytics.read", rate="read", gives=TrendsOut, query=TrendsQuery)
    def trends(self, request: Request, site: Site) -> dict[str, Any]:
        """The same by hour, day or week of a time zone, beside the period before, and how each figure changed."""
        q = request.q
        now, then = selectors.figures.trends(site.pk, q["span"], q["interval"], q["tz"])
        change = {name: _change(getattr(now.total, name), getattr(then.total, name)) for name in METRICS}
        told = [self._told(series, q["tz"]) for series in (now, then)]
        return {"interval": q["interval"], "current": told[0], "previous": told[1], "change": change}

    def _told(self, series: Series, zone: Any) -> dict[str, Any]:
        return {
            "range": ranged(series.span, zone),
            "total": series.total,
            "buckets": [{"at": at, **vars(figures)} for at, figures in series.buckets],
        }

    @operation("analytics_site_top", allow="analytics.read", rate="read", gives=TopOut, query=TopQuery)
    def top(self, request: Request, site: Site) -> dict[str, Any]:
        """Documents, paths, referrers and countries by people's page views, and the bots and agents that came most;
        as far back as single events are kept."""
        q = request.q
        return {"range": asked(request), **selectors.top.top(site.pk, q["span"], q["limit"])}

    @operation("analytics_site_realtime", allow="analytics.read", rate="read", gives=RealtimeOut)
    def realtime(self, request: Request, site: Site) -> dict[str, Any]:
        """The last 30 minutes, minute by minute."""
        minutes, visitors = selectors.figures.realtime(site.pk, REALTIME_MINUTES)
        return {
            "visitors": visitors,
            "page_views": sum(figures.page_views for _, figures in minutes),
            "minutes": [{"at": at, **vars(figures)} for at, figures in minutes],
        }

    @operation("analytics_site_searches", allow="analytics.read", rate="read", gives=SearchesOut, query=TopQuery)
    def searches(self, request: Request, site: Site) -> dict[str, Any]:
        """What people searched for most, what of it found nothing, and how often a find was clicked; as far back as
        single events are kept."""
        q = request.q
        return {"range": asked(request), **selectors.searches.searches(site.pk, q["span"], q["limit"])}


def _change(now: int, before: int) -> float | None:
    return round(now / before - 1, 4) if before else None
