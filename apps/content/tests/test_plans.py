"""Fifty thousand elements: no list reads a table from end to end, and counts are right."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.services import indexes
from apps.content.tests.factories import a_type
from apps.core.services import jobs
from apps.core.tenancy import inside
from conftest import Committed

pytestmark = pytest.mark.slow

TYPES, EACH = 5, 10_000
MARKED = {"x-index": True}
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", **MARKED},
        "price": {"type": "number", **MARKED},
        "day": {"type": "string", "format": "date", **MARKED},
        "colours": {"type": "array", "items": {"type": "string"}, **MARKED},
    },
}
FILL = """
INSERT INTO content_element (uid, site_id, type_id, locale, version, created_at, updated_at, type_version, source, tags)
SELECT gen_random_uuid(), %(site)s, %(type)s, 'en', 1, now(), now() - n * interval '1 second', 1,
  jsonb_build_object('name', 'Thing ' || n, 'price', n, 'day', to_char(date '2000-01-01' + n, 'YYYY-MM-DD'),
                     'colours', jsonb_build_array('colour-' || n %% 500, 'any'), 'text', repeat('words ', 30))::text,
  ARRAY['tag-' || n %% 500, 'all'] FROM generate_series(1, %(each)s) AS n
"""
PUBLIC = """
INSERT INTO content_publicdocument
  (site_id, doc_type, doc_id, type_key, slug, locale, original, source, body, etag, path, summary,
   frozen_at, updated_at)
SELECT e.site_id, 'element', e.id, t.key, '', 'en', true, '{}', jsonb_build_object('id', e.id, 'type_identifier', t.key,
  'data', e.query, 'updated_at', '2026-01-01T00:00:00Z', 'tags', e.tags)::text, '', '', '', e.updated_at, e.updated_at
FROM content_element e JOIN content_contenttype t ON t.id = e.type_id
"""
# What is asked beside the type, and how many there are.
LISTS: dict[str, int] = {
    "": EACH,
    "&sort=-updated_at": EACH,
    "&page=100": EACH,
    "&filter[data.price][gte]=9951": 50,
    "&filter[data.price][in]=5,6,7": 3,
    "&filter[data.name][starts_with]=Thing 99": 111,
    "&filter[data.day]=2000-01-02": 1,
    "&filter[data.colours][contains]=colour-7": 20,
    "&sort=data.price": EACH,
    "&sort=-data.price": EACH,
    "&sort=data.name,-updated_at": EACH,
    "&tags=tag-3,all": 20,
    "&q=THING 9999": 1,
    "&filter[tags][contains]=tag-3&filter[data.price][lt]=1000": 2,
}


def scanned(plan: Any) -> set[tuple[str, str]]:
    """(how, which table) of every node of a plan."""
    here = {(plan["Node Type"], plan["Relation Name"])} if "Relation Name" in plan else set()
    return here.union(*(scanned(inner) for inner in plan.get("Plans", ())))


def plans(own: Committed, queries: list[dict[str, str]]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    with inside(own.tenant), connection.cursor() as cursor:
        for query in queries:
            if '"content_element"' in query["sql"] or "content_publicdocument" in query["sql"]:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                answer = cursor.fetchone()[0]
                found |= scanned((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
    return found


def test_lists_of_fifty_thousand_elements_use_indexes(committed: Committed) -> None:
    client, site = committed.client, committed.site.identifier
    kinds = [a_type(client, site, key=f"kind-{number}", schema=SCHEMA) for number in range(TYPES)]
    with inside(committed.tenant), connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(FILL, {"site": committed.site.pk, "type": kind["id"], "each": EACH})
        cursor.execute(PUBLIC)
        job = indexes.start(tenant_id=committed.tenant.pk, because="tests")
        jobs.run(job.pk)
        cursor.execute("VACUUM ANALYZE content_element, content_publicdocument")
    job.refresh_from_db()
    assert job.result == {"built": TYPES * len(SCHEMA["properties"]), "dropped": 0, "failed": 0}

    for query, total in LISTS.items():
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(f"/{site}/elements?type_id={kinds[2]['id']}&size=20{query}")
        assert (answer.status_code, answer.json().get("total")) == (200, total), query
        used = plans(committed, caught.captured_queries)
        assert used, query
        assert ("Seq Scan", "content_element") not in used, query
        asked = [one for one in caught.captured_queries if not one["sql"].startswith("SET search_path")]
        # Whose the site is, is known for seconds: then it is not asked.
        known = [one for one in asked if one["sql"].startswith('SELECT "sites_site"')]
        assert len(asked) - len(known) == (4 if "data." in query else 3), query
        if query in ("", "&sort=-updated_at"):
            assert ("Index Only Scan", "content_element") in used  # the count

    with CaptureQueriesContext(connection) as caught:
        answer = client.get(f"/public/{site}/elements?type={site}_kind-3&limit=10")
    assert (answer.status_code, len(answer.json())) == (200, 10)
    used = plans(committed, caught.captured_queries)
    ways = {("Index Scan", "content_publicdocument"), ("Index Only Scan", "content_publicdocument")}
    assert {("Index Scan", "content_publicdocument")} <= used <= ways
