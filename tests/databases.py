"""The tests' databases: one template for each version of the code, and a copy of it for each worker."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from cognitor.settings.environment import ROOT
from tests import pair

_LOCK = 7_236_451
_TEMPLATE = re.compile(r"cognitor_test_[0-9a-f]{12}")
_SOURCES = (
    "apps/*/migrations/*.py",
    "apps/**/*.sql",
    "cognitor/**/*.sql",
    "apps/*/management/commands/prepare_database.py",
    "apps/accounts/roles.py",
    "apps/sites/services/*.py",
    "cognitor/reactions.py",
    "requirements.txt",
    "tests/databases.py",
    "tests/codes.py",
    "tests/pair.py",
)


@contextmanager
def own() -> Iterator[None]:
    """Points Django at a fresh copy of the template, and drops it afterwards."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{worker}_{os.environ.get('PYTEST_XDIST_TESTRUNUID', str(os.getpid()))[:8]}"
    with _server() as server:
        # One at a time: a template cannot be copied while somebody works in it.
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        template = _template(server)
        _drop(server, name)
        _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    _point_to(name)
    try:
        yield
    finally:
        _point_to("postgres")
        with _server() as server:
            _drop(server, name)


def own_url() -> str:
    """The address of this worker's database, for another process."""
    given = settings.DATABASES["default"]
    user, password = quote(given["USER"], safe=""), quote(given["PASSWORD"], safe="")
    return f"postgresql://{user}:{password}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def version() -> str:
    """Digest of all that the template's content comes from."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _template(server: psycopg.Connection[Any]) -> str:
    """The template of this version, made when absent, in place of those of other versions."""
    name = f"cognitor_test_{version()}"
    there = {row[0] for row in server.execute("SELECT datname FROM pg_database")}
    if name in there:
        return name
    for old in filter(_TEMPLATE.fullmatch, there):
        _drop(server, old)
    new = "cognitor_test_new"
    _drop(server, new)
    _execute(server, "CREATE DATABASE {}", new)
    _point_to(new)
    call_command("prepare_database", verbosity=0)
    pair.make()
    _point_to("postgres")
    _execute(server, "ALTER DATABASE {} RENAME TO {}", new, name)
    return name


def _server() -> psycopg.Connection[Any]:
    given = settings.DATABASES["default"]
    return psycopg.connect(
        host=given["HOST"],
        port=given["PORT"] or None,
        user=given["USER"],
        password=given["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    )


def _point_to(name: str) -> None:
    """All threads' connections share these settings; a pool keeps those it was made with, so it is closed."""
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(server: psycopg.Connection[Any], statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
