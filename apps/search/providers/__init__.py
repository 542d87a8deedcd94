"""Engines: what keeps the words and finds them again. There is one, in the database beside the documents."""

from functools import cache

from apps.search.providers.protocol import Asked, Engine, Facet, Found, Hit, Row, Scope

__all__ = ["Asked", "Engine", "Facet", "Found", "Hit", "Row", "Scope", "engine"]


@cache
def engine() -> Engine:
    from apps.search.providers.postgres import Postgres

    return Postgres()
