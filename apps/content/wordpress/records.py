"""What an export holds. All text is as WordPress stored it unless a field says otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Author:
    """`email` is empty and `name` the login where the export only credits a login (all of WXR 1.0)."""

    login: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Term:
    """`kind` is "category", "tag", "nav_menu" or a plugin's taxonomy; `parent` is the parent's slug or empty."""

    kind: str
    slug: str
    name: str
    parent: str
    description: str


@dataclass(frozen=True, slots=True)
class Item:
    """One post of any kind.

    `title` is plain text: markup dropped, entities resolved. `slug` is percent-decoded, not yet cleaned, and empty
    for drafts. Times are aware and in UTC; where WordPress kept only local time (drafts), that is taken as UTC,
    because the export does not name the zone. `terms` are (kind, slug, name). `attachment_url` is None unless the
    item is an attachment. `meta` keeps the first value of each key. `comment_count` counts every comment in the
    file, approved or not.
    """

    wp_id: int
    kind: str
    title: str
    slug: str
    link: str
    author_login: str
    status: str
    published_at: datetime | None
    modified_at: datetime | None
    content_html: str
    excerpt_html: str
    password: str
    parent_wp_id: int
    menu_order: int
    sticky: bool
    terms: tuple[tuple[str, str, str], ...]
    attachment_url: str | None
    meta: dict[str, str]
    comment_count: int
    thumbnail_wp_id: int | None


class Items(Protocol):
    """The items in file order; each iteration reads the file anew."""

    def __iter__(self) -> Iterator[Item]: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Export:
    """A checked export. `counts` says how many items there are by (kind, status).

    `base_url` is the blog's own address, without a slash at the end.
    """

    title: str
    base_url: str
    language: str
    authors: tuple[Author, ...]
    terms: tuple[Term, ...]
    items: Items
    counts: Mapping[tuple[str, str], int]
