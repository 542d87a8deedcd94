"""Suggestions: titles and keywords of what is public, in which a word begins with what was typed, or nearly does."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from django.db import connection, transaction

from apps.search.models import IndexedDocument, SiteIndex
from apps.search.providers.protocol import Scope
from apps.search.words import SIMPLE, folded

MOST_READ = 500
LONGEST = 100
SHORTEST_WITH_TYPOS = 4
ALIKE = 0.45
_FROM = f"""
FROM {IndexedDocument._meta.db_table} d JOIN {SiteIndex._meta.db_table} s
ON s.site_id = d.site_id AND s.generation = d.generation
WHERE d.live AND d.site_id = ANY(%s) AND (d.original OR d.locale = ANY(%s))
"""


def suggest(scope: Scope, text: str, size: int) -> list[str]:
    """At most `size`, those that begin with the text first, then the shorter ones; each once, however it is written."""
    typed = folded(text, SIMPLE)
    if not typed:
        return []
    where = [list(scope.sites), list(scope.chain)]
    # Folded text holds nothing that LIKE reads as a pattern.
    sql = f"SELECT d.title, d.keywords {_FROM} AND d.suggest LIKE %s LIMIT {MOST_READ}"
    found = _ranked(
        (not begins, len(piece), piece)
        for piece in _pieces(sql, [*where, f"% {typed}%"])
        if (begins := (spelled := f" {folded(piece, SIMPLE)}").startswith(f" {typed}")) or f" {typed}" in spelled
    )
    if not found and len(typed) >= SHORTEST_WITH_TYPOS:
        found = _alike(where, typed, size)
    return found[:size]


def _alike(where: list[Any], typed: str, size: int) -> list[str]:
    sql = (
        f"SELECT d.title, d.keywords {_FROM} AND %s <%% d.suggest "
        f"ORDER BY word_similarity(%s, d.suggest) DESC LIMIT {size * 2}"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}")
        pieces = _pieces(sql, [*where, typed, typed])
    near = [(-_nearness(typed, piece), len(piece), piece) for piece in pieces]
    return _ranked(one for one in near if -one[0] >= 0.6)


def _nearness(typed: str, piece: str) -> float:
    """Of the typed words each to the nearest of the piece, on average."""
    words = folded(piece, SIMPLE).split()
    best = [max((_ratio(one, word) for word in words), default=0.0) for one in typed.split()]
    return sum(best) / len(best)


def _ratio(one: str, word: str) -> float:
    return max(SequenceMatcher(None, one, word).ratio(), SequenceMatcher(None, one, word[: len(one)]).ratio())


def _pieces(sql: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [piece.strip()[:LONGEST] for title, keywords in rows for piece in (title, *keywords) if piece.strip()]


def _ranked(pieces: Iterable[tuple[Any, int, str]]) -> list[str]:
    seen: dict[str, str] = {}
    for _, _, piece in sorted(pieces):
        seen.setdefault(folded(piece, SIMPLE), piece)
    return list(seen.values())
