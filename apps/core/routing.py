"""The URL table as a tree of segments: a request asks the few routes that can be meant, not all in turn."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import ResolverMatch, RoutePattern

Route = URLPattern | URLResolver


class Routes(URLResolver):
    """Routes that are tried as Django tries them, in their order, without those whose fixed segments are others.

    What is no plain `path()`, such as the admin, is always asked in its place.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        super().__init__(RoutePattern(""), list(routes))

    def resolve(self, path: str) -> ResolverMatch:
        found = self._tree.fitting(path.split("/"), 0)
        for _, route in sorted([*found, *self._others], key=lambda pair: pair[0]):
            try:
                match = route.resolve(path)
            except Resolver404:
                continue
            if match is None:
                continue
            if isinstance(route, URLResolver):
                match.route = f"{route.pattern}{match.route}"
            return match
        raise Resolver404({"path": path})

    @cached_property
    def _routes(self) -> list[tuple[int, Route]]:
        return list(enumerate(_flat(self.url_patterns)))

    @cached_property
    def _tree(self) -> "Node":
        tree = Node()
        for place, route in self._routes:
            if _plain(route):
                tree.add(str(route.pattern).split("/"), (place, route))
        return tree

    @cached_property
    def _others(self) -> list[tuple[int, Route]]:
        return [pair for pair in self._routes if not _plain(pair[1])]


class Node:
    """What follows the segments so far: by the next one where it is fixed, or whatever it is."""

    def __init__(self) -> None:
        self.ends: list[tuple[int, Route]] = []
        self.fixed: dict[str, Node] = {}
        self.any: Node | None = None

    def add(self, segments: list[str], end: tuple[int, Route]) -> None:
        if not segments:
            self.ends.append(end)
        elif "<" not in segments[0]:
            self.fixed.setdefault(segments[0], Node()).add(segments[1:], end)
        else:
            self.any = self.any or Node()
            self.any.add(segments[1:], end)

    def fitting(self, segments: list[str], depth: int) -> Iterator[tuple[int, Route]]:
        if depth == len(segments):
            yield from self.ends
            return
        for node in (self.fixed.get(segments[depth]), self.any):
            if node is not None:
                yield from node.fitting(segments, depth + 1)


def _flat(routes: Sequence[Any]) -> Iterator[Route]:
    """The routes, with those of an `include` that adds neither prefix nor namespace in its place."""
    for route in routes:
        if isinstance(route, URLResolver) and str(route.pattern) == "" and route.namespace is None:
            yield from _flat(route.url_patterns)
        else:
            yield route


def _plain(route: Route) -> bool:
    """Whether each value of a route is in one segment, so that a path has as many as the route's text."""
    if not isinstance(route, URLPattern) or not isinstance(route.pattern, RoutePattern):
        return False
    return not any(re.fullmatch(converter.regex, "a/b") for converter in route.pattern.converters.values())
