"""The tree of routes finds what Django finds by asking all of them in turn."""

import re
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import ResolverMatch, RoutePattern

from apps.core.checks import patterns
from apps.core.routing import Routes

VALUES = {"id": "12", "site": "docs", "ref": "a-post", "slug": "a-post", "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e"}


def paths() -> list[str]:
    """One of each route, some that nearly fit one, some that fit none."""
    found = []
    for route, _ in patterns():
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda m: VALUES.get(m[1], "word"), route.lstrip("^/"))
        found += [path, f"{path}/more", path.replace("12", "x"), path.replace("docs", "Not A Site")]
    return [*found, "", "nothing", "admin/", "admin/content/post/", "admin/content/post/12/change/", "a/b/c/d/e/f"]


def found(resolver: URLResolver, path: str) -> Any:
    try:
        match: ResolverMatch = resolver.resolve(path)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.url_name, match.route, match.namespaces, match.app_names


def test_every_path_leads_to_where_django_alone_would_lead_it() -> None:
    (table,) = get_resolver().url_patterns
    assert isinstance(table, Routes)
    plain = URLResolver(RoutePattern(""), table.url_patterns)
    asked = paths()
    assert len(asked) > 1000
    for path in asked:
        assert found(table, path) == found(plain, path), path


def test_only_what_can_be_meant_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = get_resolver().url_patterns
    asked: list[str] = []
    resolve = URLPattern.resolve

    def noted(self: URLPattern, path: str) -> ResolverMatch | None:
        asked.append(path)
        return resolve(self, path)

    monkeypatch.setattr(URLPattern, "resolve", noted)
    match = table.resolve("docs/elements/12")
    assert match is not None
    assert match.kwargs["element_id"] == 12
    assert len(asked) <= 5
    with pytest.raises(Resolver404):
        table.resolve("a/b/c/d/e/f")
    assert len(asked) <= 10
