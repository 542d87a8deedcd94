"""What people searched for, and whether it led anywhere; read from the events, as far back as these are kept."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.analytics.selectors.spans import Span

RECENT = datetime.timedelta(days=7)


def searches(site_id: int, span: Span, limit: int) -> dict[str, Any]:
    """People's searches: all, the most frequent ones, and the most frequent that found nothing. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH found AS (SELECT query, count(*) FILTER (WHERE kind = 'search') AS searches,"
            " count(*) FILTER (WHERE kind = 'search' AND results = 0) AS empty,"
            " count(*) FILTER (WHERE kind = 'search_click') AS clicks,"
            " avg(results) FILTER (WHERE kind = 'search') AS results"
            " FROM analytics_event WHERE site_id = %s AND kind IN ('search', 'search_click') AND agent = 'person'"
            " AND at >= %s AND at < %s GROUP BY query)"
            " SELECT 'all', '', coalesce(sum(searches), 0), coalesce(sum(empty), 0), coalesce(sum(clicks), 0), NULL"
            " FROM found"
            " UNION ALL (SELECT 'top', * FROM found WHERE searches > 0 ORDER BY searches DESC, query LIMIT %s)"
            " UNION ALL (SELECT 'empty', * FROM found WHERE empty > 0 ORDER BY empty DESC, query LIMIT %s)",
            [site_id, span.start, span.end, limit, limit],
        )
        rows = cursor.fetchall()
    lines: dict[str, list[dict[str, Any]]] = {"all": [], "top": [], "empty": []}
    for part, query, count, empty, clicks, results in rows:
        lines[part].append(
            {
                "query": query,
                "searches": int(count),
                "empty": int(empty),
                "clicks": int(clicks),
                "click_rate": _rate(int(clicks), int(count)),
                "results": None if results is None else round(float(results), 1),
            }
        )
    (total,) = lines["all"]
    totals = {name: total[name] for name in ("searches", "empty", "clicks", "click_rate")}
    return totals | {"queries": lines["top"], "empty_queries": lines["empty"]}


def asked(site_ids: Sequence[int], *, limit: int) -> dict[str, list[dict[str, Any]]]:
    """What people searched for most in these sites within `RECENT`, and what of it found nothing most often."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH found AS (SELECT query, count(*) AS n, count(*) FILTER (WHERE results = 0) AS empty"
            " FROM analytics_event WHERE site_id = ANY(%s) AND kind = 'search' AND agent = 'person' AND at >= %s"
            " GROUP BY query)"
            " (SELECT 'top', query, n FROM found ORDER BY n DESC, query LIMIT %s)"
            " UNION ALL (SELECT 'empty', query, empty FROM found WHERE empty > 0 ORDER BY empty DESC, query LIMIT %s)",
            [list(site_ids), timezone.now() - RECENT, limit, limit],
        )
        rows = cursor.fetchall()
    return {part: [{"query": text, "count": n} for name, text, n in rows if name == part] for part in ("top", "empty")}


def _rate(part: int, whole: int) -> float | None:
    """Clicks a search; None where nothing was searched."""
    return round(part / whole, 4) if whole else None
