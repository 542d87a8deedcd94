"""What was seen most, and by whose way; read from the events, as far back as these are kept."""

from typing import Any

from django.db import connection

from apps.analytics.models import Agent, Kind
from apps.analytics.selectors.spans import Span
from apps.content.models import PublicDocument

# name: what tells its lines apart, and which events are lines of it.
_LISTS = {
    "documents": ("doc_type || ':' || doc_id", "doc_id IS NOT NULL AND kind = 'page_view' AND agent = 'person'"),
    "paths": ("path", "path <> '' AND kind = 'page_view' AND agent = 'person'"),
    "referrers": ("referrer", "referrer <> '' AND kind = 'page_view' AND agent = 'person'"),
    "countries": ("country", "country <> '' AND kind = 'page_view' AND agent = 'person'"),
    "agents": ("agent || ':' || agent_name", "agent <> 'person'"),
}
_KINDS = [kind.value for kind in Kind]


def top(site_id: int, span: Span, limit: int) -> dict[str, list[dict[str, Any]]]:
    """Each list's first lines: `count` events by `visitors`, most first. Two statements."""
    one = (
        "(SELECT '{name}', {key} AS key, sum(n), count(DISTINCT visitor) FROM analytics_event WHERE site_id = %s"
        " AND kind = ANY(%s) AND at >= %s AND at < %s AND {where} GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT %s)"
    )
    parts = [one.format(name=name, key=key, where=where) for name, (key, where) in _LISTS.items()]
    params: list[Any] = []
    for name in _LISTS:
        kinds = _KINDS if name == "agents" else [Kind.PAGE_VIEW.value]
        params += [site_id, kinds, span.start, span.end, limit]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        rows = cursor.fetchall()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
    for name, key, count, visitors in rows:
        found[name].append({"key": key, "count": int(count), "visitors": visitors})
    found["agents"] = [_agent(line) for line in found["agents"]]
    found["documents"] = _titled(site_id, found["documents"])
    return found


def _agent(line: dict[str, Any]) -> dict[str, Any]:
    agent, _, name = line["key"].partition(":")
    return {"name": name, "kind": Agent(agent).value, "count": line["count"]}


def _titled(site_id: int, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Documents with the titles that the public sees, empty for what is not public; in the tenant's schema."""
    named = [(line, *line["key"].split(":")) for line in lines]
    titles = titles_of(site_id, [(doc_type, int(doc_id)) for _, doc_type, doc_id in named])
    return [
        {
            "doc_type": doc_type,
            "doc_id": int(doc_id),
            "title": titles.get((doc_type, int(doc_id)), ""),
            "count": line["count"],
            "visitors": line["visitors"],
        }
        for line, doc_type, doc_id in named
    ]


def titles_of(site_id: int, documents: list[tuple[str, int]]) -> dict[tuple[str, int], str]:
    types, ids = [doc_type for doc_type, _ in documents], [doc_id for _, doc_id in documents]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT doc_type, doc_id, coalesce(body::json ->> 'title', body::json -> 'data' ->> 'title',"  # noqa: S608
            f" body::json -> 'data' ->> 'name', '') FROM {PublicDocument._meta.db_table} WHERE site_id = %s"
            " AND original AND (doc_type, doc_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))",
            [site_id, types, ids],
        )
        return {(doc_type, doc_id): title for doc_type, doc_id, title in cursor.fetchall()}
