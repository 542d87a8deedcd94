"""One schema at a time: which migrations it holds, how it is brought up to date, and the locks around that.

A tenant's schema holds and records the migrations of tenants' apps only, the shared schema all others.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from apps.sites.selectors import known_migrations

Progress = Callable[[str], object]

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "ltree", "vector")
LOCKS, TENANTS = 0x5C4E, 0x5C4F
"""First keys of advisory locks: of this module's purposes, and of tenants by their ids."""
_PURPOSES = {"prepare": 1, "template": 2, "baseline": 3, "restore": 4}


class SchemaMissing(Exception):
    """A schema that the records name is not in the database."""


def version_of(applied: Iterable[str]) -> str:
    """The digest by which a set of migrations is known."""
    return hashlib.sha256("\n".join(sorted(applied)).encode()).hexdigest()


@cache
def code_version() -> str:
    """The version of a tenant's schema that this code stands on."""
    return version_of(known_migrations())


def exists(schema_name: str) -> bool:
    return bool(_one("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_name))


def migrate(schema_name: str, progress: Progress | None = None, *, upto: Collection[str] | None = None) -> list[str]:
    """Applies what a tenant's schema lacks and answers what it then holds, sorted; each migration is atomic.

    With `upto`, migrations as `SchemaState.applied` names them, a new schema gets these and what they depend on.
    `SchemaMissing` when there is no such schema. Nothing outside the schema can be read or changed by
    accident: `public` is not in the search path.
    """
    # Without this check the first schema of the path that exists, `extensions`, would get the tables.
    if not exists(schema_name):
        raise SchemaMissing(f"There is no schema {schema_name}.")
    with _only(schema_name):
        MigrationRecorder(connection).ensure_schema()
        executor = MigrationExecutor(connection, _says(progress))
        graph, applied = executor.loader.graph, executor.loader.applied_migrations
        # What tenants' migrations depend on in shared apps was done in the shared schema.
        applied.update({key: node for key, node in graph.nodes.items() if not _is_tenants(key[0])})
        wanted = [key for key in graph.leaf_nodes() if _is_tenants(key[0])]
        if upto is not None:
            some = {tuple(name.split(".", 1)) for name in upto}
            # Django would take one that others of them stand on for a wish to go back to it.
            wanted = [key for key in sorted(some) if not some & {child.key for child in graph.node_map[key].children}]
        plan = executor.migration_plan(wanted)
        if plan:
            executor.migrate([], plan=plan)
        return _recorded()


def recorded(schema_name: str) -> list[str]:
    """What a tenant's schema says it holds; nothing when it cannot say."""
    if not exists(schema_name):
        return []
    with _only(schema_name), suppress(DatabaseError), transaction.atomic():
        return _recorded()
    return []


def migrate_shared(progress: Progress | None = None) -> int:
    """Applies what the shared schema lacks and answers how many migrations that were."""
    connection.set_schema_to_public()
    executor = MigrationExecutor(connection, _says(progress))
    plan = executor.migration_plan([key for key in executor.loader.graph.leaf_nodes() if not _is_tenants(key[0])])
    if plan:
        before = executor._create_project_state(with_applied_migrations=True).apps  # type: ignore[attr-defined]
        emit_pre_migrate_signal(0, False, connection.alias, apps=before, plan=plan)
        executor.migrate([], plan=plan)
        announce_models(plan)
    return len(plan)


def announce_models(plan: list[Any]) -> None:
    """Lets Django note which models there are: content types and permissions, of tenants' apps too."""
    connection.set_schema_to_public()
    emit_post_migrate_signal(0, False, connection.alias, plan=plan)


def make_extensions() -> list[str]:
    """Creates the schema `extensions` and what the server offers for it; answers why the others are missing."""
    missing = []
    with connection.cursor() as cursor:
        if not exists("extensions"):
            cursor.execute("CREATE SCHEMA IF NOT EXISTS extensions")
        cursor.execute(
            "SELECT name, installed_version IS NULL FROM pg_available_extensions WHERE name = ANY(%s)",
            [list(EXTENSIONS)],
        )
        offered = dict(cursor.fetchall())
        for name in EXTENSIONS:
            if name not in offered:
                missing.append(f"{name}: not installed on the server")
            elif offered[name]:
                try:
                    with transaction.atomic():
                        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA extensions")
                except DatabaseError as error:
                    missing.append(f"{name}: {summary(error)}")
    return missing


@contextmanager
def lock(purpose: Literal["prepare", "template", "baseline", "restore"]) -> Iterator[None]:
    """Waits until nobody else in this database does the same, and holds it against others."""
    _one("SELECT pg_advisory_lock(%s, %s)", LOCKS, _PURPOSES[purpose])
    try:
        yield
    finally:
        with suppress(Error):  # a lost connection has lost its locks too
            _one("SELECT pg_advisory_unlock(%s, %s)", LOCKS, _PURPOSES[purpose])


@contextmanager
def try_lock(tenant_id: int) -> Iterator[bool]:
    """Whether this runner has the tenant's schema for itself; ends with the block or the process."""
    key = (TENANTS, tenant_id % 2**31)
    mine = bool(_one("SELECT pg_try_advisory_lock(%s, %s)", *key))
    try:
        yield mine
    finally:
        if mine:
            with suppress(Error):
                _one("SELECT pg_advisory_unlock(%s, %s)", *key)


def summary(error: BaseException) -> str:
    """An error in one line that holds no rows: the database's own name for it and the first line."""
    cause = error.__cause__ if isinstance(error, DatabaseError) and error.__cause__ else error
    return f"{type(cause).__name__}: {(str(cause).splitlines() or [''])[0]}"[:500]


@cache
def _tenant_labels() -> frozenset[str]:
    return frozenset(app.rsplit(".", 1)[-1] for app in settings.TENANT_APPS)


def _is_tenants(label: str) -> bool:
    return label in _tenant_labels()


def _recorded() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if _is_tenants(app))


def _says(progress: Progress | None) -> Any:
    def say(action: str, migration: Any = None, *_: bool) -> None:
        if progress and action == "apply_start":
            progress(f"{migration.app_label}.{migration.name}")

    return say


@contextmanager
def _only(schema_name: str) -> Iterator[None]:
    tenants: Any = connection
    before, public = tenants.tenant, tenants.include_public_schema
    tenants.set_schema(schema_name, include_public=False)
    try:
        yield
    finally:
        tenants.set_tenant(before, include_public=public)


def _one(sql: str, *params: str | int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return row[0] if row else None
