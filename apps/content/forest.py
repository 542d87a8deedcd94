"""Trees made of rows that know their parent."""

from collections.abc import Iterable
from typing import Any

Node = dict[str, Any]


def forest(rows: Iterable[tuple[int, int | None, Node]], *, strays: bool) -> list[Node]:
    """The nodes (id, parent's id, members) with their `children`, in the order of the rows.

    One whose parent is not among them stands at the top (`strays`), or is left out with all that is below it.
    """
    found = list(rows)
    nodes = {id: node | {"children": []} for id, _, node in found}
    tops: list[Node] = []
    for id, parent_id, _ in found:
        if parent_id in nodes:
            nodes[parent_id]["children"].append(nodes[id])
        elif parent_id is None or strays:
            tops.append(nodes[id])
    return tops


def address(nodes: list[Node], above: str = "") -> list[Node]:
    """Gives each node its `path` of its own slug and those above it."""
    for node in nodes:
        node["path"] = f"{above}/{node['slug']}"
        address(node["children"], node["path"])
    return nodes
