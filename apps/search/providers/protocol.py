"""What an engine does, in our words."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Document = tuple[str, int]
"""Kind (`element`, `post`, `page`, `media`) and id."""
Mode = Literal["keyword", "semantic", "hybrid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A document in one locale as it is to be searched; `references` is the text of what it refers to."""

    site_id: int
    doc_type: str
    doc_id: int
    locale: str
    original: bool
    live: bool
    working: bool
    status: str
    title: str
    content: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    description: str = ""
    keywords: tuple[str, ...] = ()
    references: str = ""
    type_key: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    filename: str = ""
    media_type: str = ""
    url: str = ""
    author_id: int | None = None
    lag: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """In what is searched: with `live` what the public of one site sees, by the `chain` of locales it prefers; else
    the working versions, those of media only in `media_sites`."""

    sites: tuple[int, ...]
    live: bool
    chain: tuple[str, ...] = ()
    media_sites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its filters. `first` and `size` cut the page out; `facets`: whether they are counted."""

    text: str
    mode: Mode = "keyword"
    first: int = 0
    size: int = 10
    doc_types: tuple[str, ...] = ()
    type_keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    category: str = ""
    locales: tuple[str, ...] = ()
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    vector: tuple[float, ...] | None = None
    facets: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """`id`: of the indexed row. `own`: found in the document itself, not only in what it refers to."""

    id: int
    doc_type: str
    doc_id: int
    score: float
    own: bool = True


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """`some`: nothing has all that was asked for; these have some of it."""

    hits: Sequence[Hit]
    total: int
    facets: Sequence[Facet] = field(default=())
    some: bool = False


class Engine(Protocol):
    """All of it in the tenant's schema that is chosen, and within the caller's transaction."""

    def hold(self, documents: Collection[Document]) -> None:
        """Keeps others from writing the same documents until the transaction ends."""
        ...

    def put(self, documents: Collection[Document], rows: Sequence[Row], *, building: int | None = None) -> None:
        """These rows take the place of all that there was of the documents; with `building` in the new index alone."""
        ...

    def find(self, scope: Scope, asked: Asked) -> Found: ...

    def matching(self, text: str, words: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """Of words by language, those that a search for the text finds."""
        ...

    def suggest(self, scope: Scope, text: str, size: int) -> list[str]: ...
