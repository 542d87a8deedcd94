"""Identifiers of sites and tenants: slugs that no address of the API begins with."""

import re
from functools import cache

from django.urls import get_resolver

from apps.core.checks import patterns
from apps.sites.errors import IdentifierMalformed, IdentifierReserved

_SLUG = re.compile(r"(?=.{2,63}\Z)[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Words that an installation or a proxy in front of it is likely to want one day.
_KEPT = frozenset(
    {"www", "static", "app", "assets", "media", "uploads", "graphql", "mcp", "metrics", "robots", "favicon"}
)


@cache
def reserved() -> frozenset[str]:
    """The first segments of the URL table, so that a new one cannot be forgotten."""
    firsts = (path.lstrip("^/").split("/")[0] for path, _ in patterns(get_resolver()))
    return _KEPT | {first for first in firsts if first and not re.search(r"[<(\\.]", first)}


def check(identifier: str) -> str:
    if not _SLUG.fullmatch(identifier):
        raise IdentifierMalformed
    if identifier in reserved():
        raise IdentifierReserved
    return identifier
