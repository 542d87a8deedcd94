"""Rows of the index, with their words. Locks are taken in one order: documents by their hash, then sites by id."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.core.tenancy import prepared
from apps.search.models import IndexedDocument, SiteIndex
from apps.search.providers.protocol import Document, Row
from apps.search.words import SIMPLE, folded, language_of

LONGEST_CONTENT = 100_000
"""Characters of a text that are searched; a vector of words has one megabyte at most."""
LONGEST_MEANING = 600
"""Characters of which the meaning is computed: the model takes longer the more it reads, and the gist stands first."""
_DOCUMENTS, _SITES = 0x5EA1, 0x5EA2  # first keys of advisory locks, beside those of `apps.sites.services.schemas`
_TABLE = IndexedDocument._meta.db_table

_PLAIN = (
    *("site_id", "generation", "doc_type", "doc_id", "locale", "language", "original", "live", "working", "status"),
    *("type_key", "tags", "category", "title", "content", "description", "keywords", "filename", "media_type", "url"),
    *("author_id", "created_at", "updated_at", "suggest", "digest", "lag", "indexed_at"),
)
_VECTOR = "setweight(to_tsvector(%s::regconfig, %s::text), '{}')"
_TEXT = " || ".join(_VECTOR.format(weight) for weight in "ABCD")
_HEAD = "to_tsvector(%s::regconfig, %s::text)"
_INSERT = (
    f"INSERT INTO {_TABLE} ({', '.join((*_PLAIN, 'text', 'head'))}) "  # noqa: S608 - names of our own
    f"VALUES ({', '.join(['%s'] * len(_PLAIN))}, {_TEXT}, {_HEAD})"
)


def hold(documents: Collection[Document]) -> None:
    names = [f"{connection.schema_name} {doc_type} {doc_id}" for doc_type, doc_id in documents]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, h) FROM "
            "(SELECT DISTINCT hashtext(name) AS h FROM unnest(%s::text[]) name ORDER BY 1) held",
            [_DOCUMENTS, names],
        )


def hold_site(site_id: int, *, alone: bool = False) -> None:
    """Writers of a site hold it together; who changes which generation is searched holds it alone."""
    with connection.cursor() as cursor:
        shared = "" if alone else "_shared"
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s, %s)", [_SITES, site_id % 2**31])


def put(documents: Collection[Document], rows: Sequence[Row], *, building: int | None = None) -> None:
    generations = {site_id: _generations(site_id) for site_id in sorted({row.site_id for row in rows})}
    if building is not None:
        generations = {site_id: [building] for site_id in generations}
    values = [_values(row, generation) for row in rows for generation in generations[row.site_id]]
    with prepared() as cursor:
        only = " AND generation = %s" if building is not None else ""
        cursor.execute(
            f"DELETE FROM {_TABLE} WHERE (doc_type, doc_id) IN "  # noqa: S608 - names of our own
            f"(SELECT * FROM unnest(%s::text[], %s::bigint[])){only}",
            [
                [doc_type for doc_type, _ in documents],
                [doc_id for _, doc_id in documents],
                *([building] if building is not None else []),
            ],
        )
        if values:
            cursor.executemany(_INSERT, values)
    _learn_languages(rows)


def _generations(site_id: int) -> list[int]:
    """The numbers under which rows of the site are written: that which is searched, and that which is being made."""
    hold_site(site_id)
    state = SiteIndex.objects.filter(site_id=site_id).first()
    if state is None:
        SiteIndex.objects.bulk_create([SiteIndex(site_id=site_id)], ignore_conflicts=True)
        return [1]
    return [state.generation] + ([state.building] if state.building else [])


def _learn_languages(rows: Iterable[Row]) -> None:
    spoken: dict[int, set[str]] = {}
    for row in rows:
        spoken.setdefault(row.site_id, set()).add(language_of(row.locale))
    for state in SiteIndex.objects.filter(site_id__in=spoken):
        if new := spoken[state.site_id] - set(state.languages):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {SiteIndex._meta.db_table} SET languages = "  # noqa: S608
                    "(SELECT array_agg(DISTINCT l) FROM unnest(languages || %s::varchar[]) l) WHERE id = %s",
                    [sorted(new), state.pk],
                )


def _values(row: Row, generation: int) -> list[Any]:
    language = language_of(row.locale)
    title, keywords = folded(row.title, language), folded(" ".join(row.keywords), language)
    about = f"{keywords} {folded(row.description, language)} {folded(' '.join(row.tags), language)}"
    content = folded(row.content[:LONGEST_CONTENT], language)
    if row.filename:
        content += f" {folded(row.filename, language)}"
    references = folded(row.references[:LONGEST_CONTENT], language)
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN if hasattr(row, name)}
    plain |= {
        "generation": generation,
        "language": language,
        "tags": list(row.tags),
        "keywords": list(row.keywords),
        "content": row.content[:LONGEST_CONTENT],
        "suggest": "".join(f" {folded(text, SIMPLE)} |" for text in (row.title, *row.keywords) if text)[:2000],
        "digest": hashlib.md5(meaning(row).encode(), usedforsecurity=False).hexdigest(),
        "indexed_at": timezone.now(),
    }
    vectors = [language, title, language, about, language, content, language, references]
    return [plain[name] for name in _PLAIN] + vectors + [language, f"{title} {keywords}"]


def meaning(row: Any) -> str:
    """The text of a row whose meaning is compared."""
    told = (row.title, row.description, " ".join(row.keywords), row.content)
    return "\n".join(filter(None, told))[:LONGEST_MEANING]
