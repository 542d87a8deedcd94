"""Finding: by words, by meaning, by both.

By words at most 10,000 rows are looked at; of these the newest of what matches in title or keywords, then the newest of
the rest, are candidates, and 500 are weighed. So a word that stands everywhere does not cost much more than another.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from apps.search.models import IndexedDocument, SiteIndex
from apps.search.providers.protocol import Asked, Facet, Found, Hit, Scope
from apps.search.words import Question, question

MOST_COUNTED = 10_000
MOST_CANDIDATES = 500
MOST_BY_MEANING = 50
MOST_NEAR = 1_000
MOST_FUSED = 200
WEIGHTS = "{0.05,0.4,0.6,1.0}"
"""Of a word in what is referred to, in the content, in description or keywords, in the title."""
RANK_CONSTANT, SOME_SHARE = 5, 0.1
"""Of the fusion: how fast a place counts less, and what one counts that was got with some of the words alone. Both, and
the weights, were chosen by the judged questions (`apps.search.relevance`)."""
_TABLE = IndexedDocument._meta.db_table
Sql = tuple[str, list[Any]]
Generations = Mapping[int, int]


def find(scope: Scope, asked: Asked) -> Found:
    asking = question(asked.text)
    generations, languages = _states(scope.sites)
    if not asking or not languages:
        return Found((), 0)
    if asked.mode == "keyword":
        return _by_words(scope, asked, asking, languages, generations)
    by_meaning = _by_meaning(scope, asked, asking, languages, generations)
    hits: Sequence[Hit] = by_meaning
    if asked.mode == "hybrid":
        top = replace(asked, first=0, size=MOST_FUSED, facets=False)
        by_words = _by_words(scope, top, asking, languages, generations)
        hits = fused(by_words.hits, by_meaning, share=SOME_SHARE if by_words.some else 1.0)
    these = f"SELECT {_FACETED} FROM {_TABLE} d WHERE d.id = ANY(%s)"  # noqa: S608
    facets = _facets(these, [[hit.id for hit in hits]])
    return Found(hits[asked.first : asked.first + asked.size], len(hits), facets if asked.facets else ())


def fused(by_words: Sequence[Hit], by_meaning: Sequence[Hit], *, share: float = 1.0) -> list[Hit]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): places are added up, not scores, which are of
    different kinds. `share`: what a place by words counts, when one by meaning counts 1."""
    scores: dict[tuple[str, int], float] = {}
    first: dict[tuple[str, int], Hit] = {}
    for part, hits in ((share, by_words), (1.0, by_meaning)):
        for place, hit in enumerate(hits, 1):
            key = (hit.doc_type, hit.doc_id)
            first.setdefault(key, hit)
            scores[key] = scores.get(key, 0.0) + part / (RANK_CONSTANT + place)
    order = sorted(scores, key=lambda key: -scores[key])
    return [replace(first[key], score=scores[key]) for key in order]


def _by_words(
    scope: Scope, asked: Asked, asking: Question, languages: Sequence[str], generations: Generations
) -> Found:
    """What has all that was asked for; where nothing has, what has some of it."""
    found = _weighed(scope, asked, asking, languages, generations)
    if not found.total and (wider := asking.wider):
        found = replace(
            _weighed(scope, asked, wider, languages, generations, _matches(asking.excluded, languages)), some=True
        )
    return found


def _weighed(
    scope: Scope,
    asked: Asked,
    asking: Question,
    languages: Sequence[str],
    generations: Generations,
    unwanted: Sql | None = None,
) -> Found:
    matches = _matches(asking, languages)
    if matches is None:
        return Found((), 0)
    where, values = _where(scope, asked, generations, unwanted)
    query, query_values = _query(asking, languages)
    # Of words that must all be there the distance would be weighed, down to nothing; of any, where each stands.
    weigh, weigh_values = _query(asking.any, languages)
    place, place_values = _place(scope)
    shown = _FACETED if asked.facets else "d.id, d.doc_type, d.doc_id, d.updated_at"
    columns = f"{shown}, {place} AS place, d.head @@ {query} AS in_head"
    matched = f"SELECT {columns} FROM {_TABLE} d WHERE {where} AND {matches[0]} LIMIT {MOST_COUNTED}"  # noqa: S608
    matched_values = [*place_values, *query_values, *values, *matches[1]]
    if scope.chain:  # a document that matches in several locales is one hit, in the one that is preferred
        once = "SELECT DISTINCT ON (doc_type, doc_id) *"
        matched = f"{once} FROM ({matched}) m ORDER BY doc_type, doc_id, place"
    sql = f"""
        WITH matched AS MATERIALIZED ({matched}),
        candidates AS (SELECT id FROM matched ORDER BY in_head DESC, updated_at DESC, id DESC LIMIT {MOST_CANDIDATES}),
        weighed AS (
            SELECT d.id, ts_rank('{WEIGHTS}', d.text, {weigh}, 1) AS score
            FROM candidates JOIN {_TABLE} d USING (id) ORDER BY score DESC, d.updated_at DESC, d.id DESC
            OFFSET %s LIMIT %s)
        SELECT d.id, d.doc_type, d.doc_id, score, ts_filter(d.text, '{{a,b,c}}') @@ {query},
            (SELECT count(*) FROM matched)
        FROM weighed JOIN {_TABLE} d USING (id) ORDER BY score DESC, d.updated_at DESC, d.id DESC
    """  # noqa: S608 - text of our own
    rows = _rows_by_index(sql, [*matched_values, *weigh_values, asked.first, asked.size, *query_values])
    hits = [Hit(id, doc_type, doc_id, float(score), bool(own)) for id, doc_type, doc_id, score, own, _ in rows]
    if rows or not asked.first:
        total = rows[0][5] if rows else 0
    else:
        total = _rows_by_index(f"SELECT count(*) FROM ({matched}) m", matched_values)[0][0]  # noqa: S608
    return Found(hits, total, _facets(matched, matched_values) if asked.facets else ())


def _by_meaning(
    scope: Scope, asked: Asked, asking: Question, languages: Sequence[str], generations: Generations
) -> list[Hit]:
    """The nearest, each document once. What must not be there is not."""
    unwanted = _matches(asking.excluded, languages)
    where, values = _where(scope, asked, generations, unwanted)
    place, place_values = _place(scope)
    narrow = (asked.doc_types, asked.type_keys, asked.tags, asked.category, asked.locales, asked.since, asked.until)
    # Without a filter nearly every vector is of a row that may be found: the rows of all need not be looked at.
    most = "" if any(narrow) or unwanted else f"LIMIT {MOST_NEAR}"
    sql = f"""
        WITH near AS MATERIALIZED (
            SELECT site_id, digest, embedding <=> %s::vector AS distance FROM search_vector
            WHERE site_id = ANY(%s) ORDER BY distance {most})
        SELECT d.id, d.doc_type, d.doc_id, 1 - near.distance, {place}
        FROM near JOIN {_TABLE} d ON d.site_id = near.site_id AND d.digest = near.digest
        WHERE {where} ORDER BY near.distance LIMIT {MOST_BY_MEANING * (2 if scope.chain else 1)}
    """  # noqa: S608
    found = _rows(sql, [str(list(asked.vector or ())), list(generations), *place_values, *values])
    best: dict[Any, tuple[int, Hit]] = {}
    for id, doc_type, doc_id, near, place_ in found:
        key = (doc_type, doc_id) if scope.chain else id
        hit = Hit(id, doc_type, doc_id, float(near))
        if key not in best or place_ < best[key][0]:
            best[key] = (place_, replace(hit, score=max(hit.score, best[key][1].score)) if key in best else hit)
    return sorted((hit for _, hit in best.values()), key=lambda hit: -hit.score)[:MOST_BY_MEANING]


def _matches(asking: Question, languages: Sequence[str]) -> Sql | None:
    """Each row by the rules of its own language; None where nothing is left to look for."""
    parts, values = [], []
    for language in languages:
        if web := asking.web(language):
            parts.append("(d.language = %s AND d.text @@ websearch_to_tsquery(%s::regconfig, %s))")
            values += [language, language, web]
    return (f"({' OR '.join(parts)})", values) if parts else None


def _query(asking: Question, languages: Sequence[str]) -> Sql:
    cases, values = [], []
    for language in languages:
        cases.append("WHEN %s THEN websearch_to_tsquery(%s::regconfig, %s)")
        values += [language, language, asking.web(language)]
    return f"(CASE d.language {' '.join(cases)} END)", values


def _where(scope: Scope, asked: Asked, generations: Generations, unwanted: Sql | None) -> Sql:
    """What may be found at all, and what was asked for."""
    # Numbers said outright: the planner knows more of them than of a table's, and no row is looked up.
    searched = " OR ".join(["(d.site_id = %s AND d.generation = %s)"] * len(generations))
    values: list[Any] = [number for pair in generations.items() for number in pair]
    if scope.live:
        seen = "d.live AND d.original"
        if scope.chain:
            seen = "d.live AND (d.original OR d.locale = ANY(%s))"
            values.append(list(scope.chain))
    else:
        seen = "d.working AND (d.doc_type <> 'media' OR d.site_id = ANY(%s))"
        values.append(list(scope.media_sites))
    conditions = [f"({searched})", seen]
    for condition, value in (
        ("d.doc_type = ANY(%s)", list(asked.doc_types)),
        ("d.type_key = ANY(%s)", list(asked.type_keys)),
        ("d.tags @> %s::text[]", list(asked.tags)),
        ("d.category = %s", asked.category),
        ("d.locale = ANY(%s)", list(asked.locales)),
        ("d.updated_at >= %s", asked.since),
        ("d.updated_at < %s", asked.until),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    if unwanted:
        conditions.append(f"NOT {unwanted[0]}")
        values += unwanted[1]
    return " AND ".join(conditions), values


def _place(scope: Scope) -> Sql:
    """Where the row's locale stands among those preferred; one that is not comes last, the original before it."""
    if not scope.chain:
        return "0", []
    last = len(scope.chain) + 1
    return (
        f"coalesce(array_position(%s::text[], d.locale::text), CASE WHEN d.original THEN {last} ELSE {last + 1} END)",
        [list(scope.chain)],
    )


_FACETED = "d.id, d.doc_type, d.doc_id, d.type_key, d.locale, d.site_id, d.status, d.tags, d.updated_at"
_COUNTS = {
    "doc_type": "doc_type",
    "content_type": "type_key",
    "locale": "locale",
    "site": "site_id::text",
    "status": "status",
    "month": "to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}
MOST_TAGS = 50


def _facets(matched: str, values: list[Any]) -> list[Facet]:
    counted = " UNION ALL ".join(
        f"SELECT '{name}', {sql}, count(*) FROM m WHERE {sql} <> '' GROUP BY 2"  # noqa: S608
        for name, sql in _COUNTS.items()
    )
    tags = f"(SELECT 'tag', tag, count(*) FROM m, unnest(tags) tag GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT {MOST_TAGS})"  # noqa: S608
    found = _rows_by_index(
        f"WITH m AS MATERIALIZED ({matched}) {counted} UNION ALL {tags} ORDER BY 1, 3 DESC, 2", values
    )
    return [Facet(name, value, count) for name, value, count in found]


def matching(text: str, words: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Of folded words by language those with the stem of one that the text asks for."""
    asking = question(text)
    parts, values = [], []
    for language, some in words.items():
        wanted = " or ".join(f'"{word}"' for word in asking.wanted(language))
        if some and wanted:
            parts.append(
                "SELECT %s, w FROM unnest(%s::text[]) w "
                "WHERE to_tsvector(%s::regconfig, w) @@ websearch_to_tsquery(%s::regconfig, %s)"
            )
            values += [language, sorted(some), language, language, wanted]
    found: dict[str, set[str]] = {language: set() for language in words}
    for language, word in _rows(" UNION ALL ".join(parts), values) if parts else ():
        found[language].add(word)
    return found


def _states(sites: Collection[int]) -> tuple[Generations, list[str]]:
    """Which rows of each site are searched, and in which languages any of them are."""
    states = list(SiteIndex.objects.filter(site_id__in=sites).order_by("site_id"))
    return {row.site_id: row.generation for row in states}, sorted({word for row in states for word in row.languages})


def _rows(sql: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _rows_by_index(sql: str, values: Sequence[Any]) -> list[Any]:
    """Of a statement that looks for words. The planner does not know what it costs to unpack the words of a row, and
    would sooner read them all than look into the index of a frequent one: ten times slower."""
    with connection.cursor() as cursor:
        # One message to the server, in which the setting ends with the statement.
        cursor.execute(f"SET LOCAL enable_seqscan = off; {sql}", values)
        cursor.nextset()
        return list(cursor.fetchall())
