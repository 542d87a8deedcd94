"""Entering a tenant's schema, and leaving it whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django_tenants.postgresql_backend.base import quote_schema_name
from django_tenants.utils import get_tenant_model


@contextmanager
def inside(tenant: Any) -> Iterator[None]:
    """Runs the block in the tenant's schema (a tenant, its id, or None for the shared schema)."""
    before = connection.tenant
    if isinstance(tenant, int):
        connection.set_schema_to_public()
        tenant = get_tenant_model().objects.get(pk=tenant)
    if tenant is None:
        connection.set_schema_to_public()
    else:
        connection.set_tenant(tenant)
    try:
        yield
    finally:
        connection.set_tenant(before)


def pathless(*, prepared: bool = False) -> Any:
    """A cursor for statements that name the schema of each table: no search path is set, which saves a round trip.

    `prepared`: as `prepared` below. It closes itself at the end of a `with`.
    """
    backend: Any = connections[DEFAULT_DB_ALIAS]  # what a backend has beside Django's own has no types
    backend.ensure_connection()
    server_binding: Any = ServerBindingCursor
    with backend.wrap_database_errors:  # of a connection that was lost
        raw = server_binding(backend.connection) if prepared else backend.create_cursor()
    return backend.make_debug_cursor(raw) if backend.queries_logged else backend.make_cursor(raw)


def prepared() -> Any:
    """A cursor on the schema of the moment. The server keeps the plan of a statement that a connection has run five
    times, and makes it anew when the schema is another: it serves where every plan would be the same.

    Planning took twice as long as reading one row.
    """
    cursor = pathless(prepared=True)
    backend: Any = connections[DEFAULT_DB_ALIAS]
    backend._handle_search_path(cursor)
    return cursor


def set_timeout(milliseconds: int) -> None:
    """Sets the session's statement timeout, and in the same round trip the search path, if that is due."""
    backend: Any = connections[DEFAULT_DB_ALIAS]
    path = [] if backend.search_path_set_schemas else backend._get_cursor_search_paths()
    words = [f"SET statement_timeout = {milliseconds:d}"]
    words += [f"SET search_path = {', '.join(map(quote_schema_name, path))}"] if path else []
    with pathless() as cursor:
        cursor.execute("; ".join(words))
    backend.search_path_set_schemas = backend.search_path_set_schemas or path
