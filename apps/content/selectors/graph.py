"""How a site's types hang together: what their schemas declare, and what documents really refer to."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from apps.content import schemas
from apps.content.models import ContentType, Element, Reference
from apps.content.selectors.types import types_of
from apps.core.actor import Actor
from apps.sites.models import Prompt, Site

_OBSERVED = r"""
SELECT r.doc_type, source.type_id,
       CASE r.doc_type WHEN 'element' THEN regexp_replace(r.field, '\.[0-9]+', '[]', 'g') ELSE '' END,
       r.target_type, target.type_id, count(*), count(DISTINCT r.doc_id)
FROM content_reference r
LEFT JOIN content_element source ON r.doc_type = 'element' AND source.id = r.doc_id
LEFT JOIN content_element target ON r.target_type = 'element' AND target.id = r.target_id
WHERE r.site_id = %s AND NOT r.live AND r.locale = ''
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
"""
_SHOWN = 50


@dataclass(slots=True)
class Edge:
    """`references` counts what documents really refer to, `documents` those that do; `declared`: a schema says it."""

    source: str
    target: str
    field: str
    format: str
    many: bool = False
    required: bool = False
    declared: bool = False
    references: int = 0
    documents: int = 0


@dataclass(slots=True)
class Node:
    """`id` is `type:{key}`, or the kind of what is no element: `post`, `page`, `media`, `prompt`, `element` (any)."""

    id: str
    kind: str
    name: str
    type_id: int | None = None
    identifier: str = ""
    count: int = 0


@dataclass(slots=True)
class Graph:
    """`cycles`: the sets of types that refer to one another in a ring, by their keys."""

    nodes: list[Node]
    edges: list[Edge]
    cycles: list[list[str]] = field(default_factory=list)


def graph_of(*, actor: Actor, site: Site) -> Graph:
    """The whole graph in four statements, however many types and documents there are."""
    types = list(types_of(actor=actor, site=site))
    keys = {kind.pk: kind.key for kind in types}
    living = Element.objects.filter(site=site, deleted_at=None).order_by().values_list("type_id")
    counts: dict[int, int] = dict(living.annotate(Count("pk")))
    edges = {(e.source, e.field, e.target): e for kind in types for e in _declared(kind, set(keys.values()))}
    for seen in _observed(site, keys):
        edge = edges.setdefault((seen.source, seen.field, seen.target), seen)
        edge.references, edge.documents = seen.references, seen.documents
        if whole := _any(edges, seen):
            edge.format, edge.many, edge.required = whole.format, whole.many, whole.required
    for edge in _of_prompts(site, types):
        edges[edge.source, edge.field, edge.target] = edge
    nodes = [
        Node(f"type:{k.key}", "type", k.name, k.pk, f"{site.identifier}_{k.key}", counts.get(k.pk, 0)) for k in types
    ]
    return Graph([*nodes, *_others(list(edges.values()))], list(edges.values()), _cycles(list(edges.values())))


def dependencies_of(*, actor: Actor, site: Site, kind: ContentType) -> dict[str, Any]:
    """Of one type: what it refers to and what refers to it."""
    graph, own = graph_of(actor=actor, site=site), f"type:{kind.key}"
    return {
        "type": next(node for node in graph.nodes if node.id == own),
        "refers_to": [edge for edge in graph.edges if edge.source == own],
        "referred_by": [edge for edge in graph.edges if edge.target == own],
        "cycles": [cycle for cycle in graph.cycles if kind.key in cycle],
    }


def dependants(kind: ContentType) -> tuple[list[str], list[int]]:
    """Keys of the other types whose fields name this one, and ids of pages that show its elements; up to 50 each."""
    others = ContentType.objects.filter(site_id=kind.site_id).exclude(pk=kind.pk).order_by("key")
    types = [
        other.key for other in others if any(kind.key in one.types for one in schemas.fields(other.schema).values())
    ]
    elements = Element.objects.filter(type=kind, deleted_at=None).values("pk")
    shown = Reference.objects.filter(doc_type="page", target_type="element", target_id__in=elements)
    pages = shown.order_by("doc_id").values_list("doc_id", flat=True).distinct()
    return types[:_SHOWN], list(pages[:_SHOWN])


def _declared(kind: ContentType, keys: set[str]) -> list[Edge]:
    names = {target: name for name, target in schemas.FORMATS.items()}
    found = []
    for path, one in schemas.fields(kind.schema).items():
        if one.target is None:
            continue
        named = [f"type:{key}" for key in one.types if key in keys]
        for target in named or [one.target]:
            found.append(
                Edge(f"type:{kind.key}", target, path, names[one.target], one.many, one.required, declared=True)
            )
    return found


def _observed(site: Site, keys: dict[int, str]) -> list[Edge]:
    names = {target: name for name, target in schemas.FORMATS.items()}
    with connection.cursor() as cursor:
        cursor.execute(_OBSERVED, [site.pk])
        rows = cursor.fetchall()
    return [
        Edge(
            f"type:{keys[from_type]}" if from_type in keys else doc_type,
            f"type:{keys[to_type]}" if to_type in keys else target_type,
            path,
            names[target_type],
            references=references,
            documents=documents,
        )
        for doc_type, from_type, path, target_type, to_type, references, documents in rows
        if doc_type != "element" or from_type in keys
    ]


def _any(edges: dict[tuple[str, str, str], Edge], seen: Edge) -> Edge | None:
    """The edge that the schema declares for a field which names no types."""
    return edges.get((seen.source, seen.field, "element"))


def _of_prompts(site: Site, types: list[ContentType]) -> list[Edge]:
    """A prompt refers to a type when the text in force has its identifier, `{site}_{key}`, as a word."""
    rows = Prompt.objects.filter(Q(site=site) | Q(tenant_id=site.tenant_id, site=None))
    texts = rows.order_by("kind", "site_id", "-number").distinct("kind", "site_id").values_list("text", flat=True)
    words = Counter(word for text in texts for word in set(re.findall(r"[a-z0-9_-]+", text)))
    return [
        Edge("prompt", f"type:{kind.key}", "text", "identifier", references=count, documents=count)
        for kind in types
        if (count := words[f"{site.identifier}_{kind.key}"])
    ]


def _others(edges: list[Edge]) -> list[Node]:
    """What is no type and stands at an end of an edge; `count` is of the references there."""
    counts: Counter[str] = Counter()
    for edge in edges:
        for end in {edge.source, edge.target}:
            if not end.startswith("type:"):
                counts[end] += edge.references
    return [Node(name, name, name, count=counts[name]) for name in sorted(counts)]


def _cycles(edges: list[Edge]) -> list[list[str]]:
    to: dict[str, set[str]] = {}
    for edge in edges:
        if edge.source.startswith("type:") and edge.target.startswith("type:"):
            to.setdefault(edge.source, set()).add(edge.target)
    reach = {one: _reached(one, to) for one in to}
    rings = {frozenset(other for other in reach[one] if one in reach.get(other, ())) for one in to if one in reach[one]}
    return sorted(sorted(one.removeprefix("type:") for one in ring) for ring in rings)


def _reached(start: str, to: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [*to.get(start, ())]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += to.get(one, ())
    return found
