"""Entering a tenant's schema, and leaving it whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
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
def pathless() -> Iterator[Any]:
    """A cursor for statements that name the schema of each table: no search path is set, which saves a round trip."""
    backend: Any = connection  # what django-tenants adds has no types
    before = backend.search_path_set_schemas
    backend.search_path_set_schemas = before or ["-"]
    try:
        cursor = connection.cursor()
    finally:
        backend.search_path_set_schemas = before
    with cursor:
        yield cursor
