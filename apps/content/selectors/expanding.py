"""Expanding: the documents that elements refer to, found for a whole page of elements at once.

For each step of depth there is one statement for each kind of document, however many elements there are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from apps.content import fields, schemas
from apps.content.models import DOCUMENTS, ContentType, Element
from apps.content.selectors.documents import documents_of
from apps.content.selectors.types import types_of
from apps.core import errors
from apps.core.actor import Actor
from apps.media import selectors as media
from apps.sites.models import Site

DEEPEST = 3
MAX_SHOWN = 1000
_INDEX = re.compile(r"\.[0-9]+(?=\.|$)")
Tree = Mapping[str, "Tree"]


def shown(elements: Sequence[Element], *, actor: Actor, site: Site, query: dict[str, Any]) -> None:
    """Sees to `expand` and `fields` of a query: a `data.…` that no type of the site declares is refused."""
    names = [name for name in query.get("fields") or () if name.startswith("data.")]
    if not names and not query.get("expand"):
        return
    kinds = list(types_of(actor=actor, site=site))
    known = {f"data.{field}" for kind in kinds for field in fields.declared(kind.source)} if names else set()
    if unknown := [name for name in names if name not in known]:
        raise _refused(f"fields.{unknown[0]}", "No type declares this field.", "unknown")
    if query.get("expand"):
        expand(elements, kinds, actor=actor, site=site, names=query["expand"])


def expand(
    elements: Sequence[Element], kinds: list[ContentType], *, actor: Actor, site: Site, names: list[str]
) -> None:
    """Sets `expanded` of each element: by the path of each reference (`story`, `more.0`) the document it leads to as it
    is being worked on, an `Element` among them with its own `expanded`; None where there is none for the actor.

    Refused: a name that no type of the site declares as a reference, and more than 1,000 documents.
    """
    trees: list[tuple[list[Element], Tree]] = [(list(elements), _tree(kinds, names))]
    left = MAX_SHOWN
    while trees:
        wanted: dict[str, set[int]] = {}
        asked = [(element, found, tree) for rows, tree in trees for element in rows for found in _found(element, tree)]
        for _, found, _ in asked:
            wanted.setdefault(found.target, set()).add(found.id)
        left -= len(asked)
        if left < 0:
            raise _refused("expand", f"More than {MAX_SHOWN} documents would be shown; ask for fewer items.", "limit")
        there = {target: _documents(target, ids, actor, site) for target, ids in sorted(wanted.items())}
        for rows, _ in trees:
            for element in rows:
                element.expanded = {}
        trees = list(_next(asked, there))


def _next(asked: list[Any], there: dict[str, dict[int, Any]]) -> Iterator[tuple[list[Element], Tree]]:
    """Puts each document in its place; the elements among them whose own references are wanted come next."""
    for element, found, tree in asked:
        document = there[found.target].get(found.id)
        if isinstance(document, Element) and tree[_name(found)]:
            # One of its own for each place, as other places may want other references of it.
            document = copy(document)
            yield [document], tree[_name(found)]
        element.expanded[found.path] = document


def _found(element: Element, tree: Tree) -> Iterator[schemas.Found]:
    return (found for found in schemas.references(element.type.schema, element.data) if _name(found) in tree)


def _name(found: schemas.Found) -> str:
    """The path without the places in lists, as the schema has it."""
    return _INDEX.sub("", found.path)


def _documents(target: str, ids: set[int], actor: Actor, site: Site) -> dict[int, Any]:
    storable = [id for id in ids if 0 < id < 2**63]
    if target in DOCUMENTS:
        return documents_of(target, actor=actor, site=site).in_bulk(storable)
    return media.media_of(actor=actor, site=site).in_bulk(storable) if actor.may("media.read", site.pk) else {}


def _tree(kinds: list[ContentType], names: list[str]) -> Tree:
    """What is wanted, as references by name with what is wanted of their elements in turn."""
    known: dict[str, set[str]] = {}
    for kind in kinds:
        for name, field in fields.declared(kind.source).items():
            if field.target:
                known.setdefault(name, set()).add(field.target)
    tree: dict[str, Any] = {}
    for name in names:
        inner, rest, depth = tree, name, 0
        while rest:
            first = max((k for k in known if f"{rest}.".startswith(f"{k}.")), key=len, default=None)
            depth += 1
            if first is None or depth > DEEPEST:
                message = "This is no reference that a type declares." if first is None else f"At most {DEEPEST} deep."
                raise _refused(f"expand.{name[:200]}", message, "unknown")
            inner = inner.setdefault(first, {})
            rest = rest[len(first) + 1 :]
            if rest and "element" not in known[first]:
                raise _refused(f"expand.{name[:200]}", "Only elements have references.", "unknown")
    return tree


def _refused(field: str, message: str, code: str) -> errors.Invalid:
    return errors.Invalid(errors=[{"field": field, "message": message, "code": code}])
