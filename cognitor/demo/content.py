"""What the demo site holds, as plain data.

References are written by name: `{"$post": slug}`, `{"$media": filename}` and `{"$element": key}` stand where the API
wants an id, and `resolve` puts the ids in. Elements come in an order in which whatever one refers to precedes it.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cognitor.demo import schemas

Target = Literal["post", "media", "element"]
Data = dict[str, Any]

IDENTIFIER = "tidewater"
NAME = "Tidewater Field Journal"

_HERE = Path(__file__).parent
_TARGETS: dict[str, Target] = {"$post": "post", "$media": "media", "$element": "element"}


@dataclass(frozen=True)
class DemoType:
    """A content type; `key` is bare, without the site's prefix."""

    key: str
    name: str
    description: str
    schema: schemas.Schema


@dataclass(frozen=True)
class DemoPost:
    """A long piece in Markdown."""

    slug: str
    title: str
    short_description: str
    keywords: list[str]
    locale: str
    published: bool
    markdown: str


@dataclass(frozen=True)
class DemoPicture:
    """A picture to be painted by `pictures.compose`: a scene (`motif`) in a light (`mood`); it lies in a
    folder of `Pictures`."""

    filename: str
    name: str
    alt_text: str
    description: str
    folder: str
    motif: str
    mood: str
    seed: int


@dataclass(frozen=True)
class DemoElement:
    """An element whose `data` holds references by name."""

    key: str
    type_key: str
    data: Data
    tags: list[str] = field(default_factory=list)
    published: bool = True

    @property
    def post(self) -> str | None:
        """The slug of the first post it refers to."""
        return self._first("post")

    @property
    def picture(self) -> str | None:
        """The filename of the first picture it refers to."""
        return self._first("media")

    def _first(self, target: Target) -> str | None:
        return next((name for kind, name in references(self.data) if kind == target), None)


@dataclass(frozen=True)
class DemoPage:
    """A page of the site's tree; `parent` is the slug of one before it, `elements` are keys by section."""

    slug: str
    title: str
    description: str
    parent: str = ""
    template: str = "page"
    seo_title: str = ""
    picture: str = ""
    elements: dict[str, list[str]] = field(default_factory=dict)

    @property
    def seo(self) -> Data:
        return {"title": self.seo_title, "description": self.description}


def types() -> list[DemoType]:
    """The six content types."""
    return [
        DemoType("author", "Author", "Someone who writes, walks or cooks for the journal.", schemas.AUTHOR),
        DemoType("place", "Place", "A point on the map of the coast.", schemas.PLACE),
        DemoType("walk", "Walk", "A route with its distance, its time and what to look out for.", schemas.WALK),
        DemoType("tide-note", "Tide note", "A short dated observation from the shore.", schemas.TIDE_NOTE),
        DemoType("recipe", "Recipe", "Something to cook when you come in from outside.", schemas.RECIPE),
        DemoType("event", "Event", "A date at which readers can join in.", schemas.EVENT),
    ]


def posts() -> list[DemoPost]:
    """The posts, ordered by slug."""
    return [_post(path) for path in sorted((_HERE / "posts").glob("*.md"))]


def pictures() -> list[DemoPicture]:
    """The pictures, described but not yet painted."""
    return [DemoPicture(**row) for row in _toml(_HERE / "pictures.toml")["picture"]]


def elements() -> list[DemoElement]:
    """The elements of all types, in the order of `types()`."""
    return [
        DemoElement(type_key=kind.key, **row)
        for kind in types()
        for row in _toml(_HERE / "elements" / f"{kind.key}.toml")["element"]
    ]


def pages() -> list[DemoPage]:
    """The pages, each after the one it is below."""
    return [DemoPage(**row) for row in _toml(_HERE / "pages.toml")["page"]]


def references(data: Data) -> Iterator[tuple[Target, str]]:
    """Every reference in `data`, as the kind of its target and its name."""
    for value in data.values():
        if (found := _reference(value)) is not None:
            yield found


def resolve(data: Data, id_of: Callable[[Target, str], int]) -> Data:
    """A copy of `data`, in the same key order, with `id_of(target, name)` in place of each reference."""
    return {
        key: value if (found := _reference(value)) is None else id_of(*found)
        for key, value in data.items()
    }  # fmt: skip


def _reference(value: object) -> tuple[Target, str] | None:
    if isinstance(value, dict) and len(value) == 1:
        (marker, name), *_ = value.items()
        if marker in _TARGETS:
            return _TARGETS[marker], str(name)
    return None


def _post(path: Path) -> DemoPost:
    _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    return DemoPost(**tomllib.loads(head), markdown=body.strip() + "\n")


def _toml(path: Path) -> Data:
    return tomllib.loads(path.read_text(encoding="utf-8"))
