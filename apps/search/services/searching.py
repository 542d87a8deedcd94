"""Searching: of the public in one site, of people in all sites that they may read."""

import datetime
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from apps.core import context
from apps.core.actor import Actor
from apps.core.encoding import stamp
from apps.core.refusal import Refusal
from apps.search import highlighting, selectors
from apps.search.models import IndexedDocument
from apps.search.providers import Asked, Found, Hit, Scope, engine
from apps.search.services import meanings
from apps.search.words import question
from apps.sites import locales
from apps.sites.models import Site

DOC_TYPES = {"content_element": "element", "post": "post", "media": "media", "page": "page"}
"""Kinds as clients know them, and as they are called inside."""
_NAMES = {inner: name for name, inner in DOC_TYPES.items()}
LONGEST_ANSWER = 20_000
"""Characters of a document's content that a hit shows."""
FALLBACK = "keyword"
ATTEMPTS = 3
Shown = tuple[Hit, IndexedDocument, dict[str, list[str]]]


def public(site: Site, query: dict[str, Any]) -> dict[str, Any]:
    """What anybody finds in a site, in the shape and order of members that clients know; it is counted."""
    found = tried(site, query)
    context.note("search", site_id=site.pk, query=query["q"], total=found["total"])
    return found


def tried(site: Site, query: dict[str, Any]) -> dict[str, Any]:
    """The same for who only tries it."""
    began = time.monotonic()
    scope = public_scope(site, query["locale"])
    mode, vector, _ = _mode(query["mode"], query["q"])
    asked = Asked(
        text=query["q"],
        mode=mode,
        vector=vector,
        first=(query["page"] - 1) * query["size"],
        size=query["size"],
        doc_types=tuple(filter(None, [DOC_TYPES.get(query["doc_type"], "")])),
        type_keys=tuple(filter(None, [query["content_type"].removeprefix(f"{site.identifier}_")])),
        tags=tuple(query.get("tags") or ()),
        category=query["category"],
        since=query.get("date_from"),
        until=query.get("date_to"),
    )
    found, shown = _found(scope, asked, marked=query["highlight"])
    results = [_shown(hit, row, marks) for hit, row, marks in shown]
    return {
        "results": results,
        "total": found.total,
        "page": query["page"],
        "size": query["size"],
        "total_pages": math.ceil(found.total / query["size"]),
        "took": _took(began),
    }


def suggest(site: Site, query: dict[str, Any]) -> dict[str, Any]:
    size = query.get("limit") or query["size"]
    return {"suggestions": engine().suggest(public_scope(site, query["locale"]), query["q"], size)}


def public_scope(site: Site, locale: str) -> Scope:
    return Scope(sites=(site.pk,), live=True, chain=tuple(locales.chain(site, locale)))


def tenant(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """What somebody finds in all sites that it may read, drafts included; a document in each of its locales by itself.

    What the actor may not read is no part of the question: not of the hits, the counts nor the facets.
    """
    began = time.monotonic()
    sites = {site.pk: site for site in selectors.searchable_sites(actor, "content.read")}
    chosen = {pk: site for pk, site in sites.items() if site.identifier in query["sites"]} if query["sites"] else sites
    files = tuple(pk for pk in chosen if actor.may("media.read", pk))
    mode, vector, notice = _mode(query["mode"], query["q"])
    asked = Asked(
        text=query["q"],
        mode=mode,
        vector=vector,
        first=(query["page"] - 1) * query["size"],
        size=query["size"],
        doc_types=tuple(filter(None, [DOC_TYPES.get(query["doc_type"], "")])),
        type_keys=tuple(filter(None, [query["content_type"]])),
        tags=tuple(query.get("tags") or ()),
        category=query["category"],
        locales=tuple(query.get("locales") or ()),
        since=query.get("date_from"),
        until=query.get("date_to"),
        facets=True,
    )
    scope = Scope(sites=tuple(chosen), live=False, media_sites=files)
    found, shown = _found(scope, asked, marked=query["highlight"])
    items = []
    for hit, row, marks in shown:
        about = {"site": sites[row.site_id].identifier, "locale": row.locale, "status": row.status}
        items.append({**_shown(hit, row, marks), **about, "tags": row.tags})
    return {
        "items": items,
        "total": found.total,
        "page": query["page"],
        "size": query["size"],
        "has_next": query["page"] * query["size"] < found.total,
        "mode": mode,
        "notice": notice,
        "facets": _facets(found, sites),
        "took": _took(began),
    }


def _mode(wanted: str, text: str) -> tuple[Any, tuple[float, ...] | None, str]:
    """The mode that is possible, with the question's vector; `semantic` alone is refused where it is not, both by
    words and meaning becomes words alone, and the notice says so."""
    if wanted == FALLBACK or not question(text):
        return FALLBACK, None, ""
    try:
        meanings.require()
        return wanted, meanings.of_question(text), ""
    except Refusal as refusal:
        if wanted == "semantic":
            raise
        return FALLBACK, None, f"Searched by words alone. {refusal.message}"


def _found(scope: Scope, asked: Asked, *, marked: bool) -> tuple[Found, list[Shown]]:
    """What is found, each with its row and its fragments; asked again when a row was written anew between the two."""
    for _ in range(ATTEMPTS):
        found = engine().find(scope, asked)
        rows = selectors.rows_by_id([hit.id for hit in found.hits])
        if len(rows) == len(found.hits):
            break
    hits = [hit for hit in found.hits if hit.id in rows]
    marks = _marks(asked.text, [rows[hit.id] for hit in hits]) if marked else {}
    return found, [(hit, rows[hit.id], marks.get(hit.id, {})) for hit in hits]


def _marks(text: str, rows: Sequence[IndexedDocument]) -> dict[int, dict[str, list[str]]]:
    """The fragments of title and content of each row in which the question's words are."""
    asking = question(text)
    patterns = {row.language: highlighting.candidates(asking.wanted(row.language)) for row in rows}
    words: dict[str, set[str]] = {language: set() for language in patterns}
    for row in rows:
        if pattern := patterns[row.language]:
            for shown in (row.title, row.content):
                words[row.language] |= highlighting.words_in(pattern, shown, row.language)
    matching = engine().matching(text, words)
    found: dict[int, dict[str, list[str]]] = {}
    for row in rows:
        if pattern := patterns[row.language]:
            matches = _in(matching[row.language], row.language)
            texts = {"title": row.title, "content": row.content}
            every = {name: highlighting.fragments(shown, pattern, matches) for name, shown in texts.items()}
            found[row.pk] = {name: some for name, some in every.items() if some}
    return found


def _in(words: set[str], language: str) -> Callable[[str], bool]:
    return lambda word: highlighting.folded(word, language) in words


def _shown(hit: Hit, row: IndexedDocument, marks: dict[str, list[str]]) -> dict[str, Any]:
    media = row.doc_type == "media"
    return {
        "id": row.doc_id,
        "doc_type": _NAMES[row.doc_type],
        "title": row.title,
        "content": row.content[:LONGEST_ANSWER],
        "description": row.description,
        "keywords": ",".join(row.keywords),
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
        "author_name": _name(row),
        "score": round(hit.score, 6),
        "highlight": marks,
        "filename": row.filename if media else None,
        "media_type": row.media_type if media else None,
        "url": row.url if media else None,
        "content_type_identifier": row.type_key or None,
        "is_reference_match": not hit.own,
    }


def _name(row: IndexedDocument) -> str | None:
    """What the author is called; never its address."""
    return (row.author.name or None) if row.author else None


def _facets(found: Found, sites: dict[int, Site]) -> dict[str, list[dict[str, Any]]]:
    facets: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("doc_type", "content_type", "tag", "locale", "site", "status", "month")
    }
    for facet in found.facets:
        value = facet.value
        if facet.name == "site":
            value = sites[int(value)].identifier
        elif facet.name == "doc_type":
            value = _NAMES[value]
        facets[facet.name].append({"value": value, "count": facet.count})
    return facets


def _took(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def end_of(day: datetime.date) -> datetime.datetime:
    """The first moment after a day."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), datetime.UTC)
