"""Entering a tenant's schema, and leaving it whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
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


@contextmanager
def pathless(*, prepared: bool = False) -> Iterator[Any]:
    """A cursor for statements that name the schema of each table: no search path is set, which saves a round trip.

    `prepared`: the server keeps the plan of a statement that a connection has run five times, which serves where every
    plan would be the same. Planning took twice as long as reading one row.
    """
    connection.ensure_connection()
    backend: Any = connection  # what a backend has beside Django's own has no types
    server_binding: Any = ServerBindingCursor
    raw = server_binding(backend.connection) if prepared else backend.create_cursor()
    made = backend.make_debug_cursor if backend.queries_logged else backend.make_cursor
    with made(raw) as cursor:
        yield cursor
