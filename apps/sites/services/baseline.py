"""The baseline: SQL files in the repository from which an empty database is filled in a second.

`shared.sql` is the shared schema with the rows that migrations leave there, `tenant.sql` the template of
tenants' schemas. Migrations that are newer than a file run after it was loaded.
"""

import hashlib
import json
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from apps.sites.services import schemas, template

FOLDER = Path(__file__).resolve().parents[1] / "baseline"
HEAD = "-- Made by `manage.py rebuild_baseline`; do not edit.\n"


def load_shared() -> bool:
    """Fills an empty `public` from the file, whole or not at all; False when it is not empty or there is no file."""
    file = FOLDER / "shared.sql"
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)")
        if cursor.fetchone()[0] or not file.exists():
            return False
        with transaction.atomic():
            cursor.execute(file.read_text())
    return True


def load_template() -> bool:
    """Stores the file as this code's template; False when it is of another version or there is no file."""
    file = FOLDER / "tenant.sql"
    if not file.exists():
        return False
    text = file.read_text()
    version = re.search(r"^-- version: (\w+)$", text, re.MULTILINE)
    applied = re.search(r"^-- applied: (\[.*\])$", text, re.MULTILINE)
    if not version or not applied or version[1] != schemas.code_version():
        return False
    template.store(json.loads(applied[1]), template.clean(text))
    return True


def rebuild(folder: Path = FOLDER) -> None:
    """Writes both files from nothing but the migrations; the same code gives the same bytes."""
    with scratch():
        schemas.make_extensions()
        schemas.migrate_shared()
        shared = template.dump("public")
        made = template.rebuild()
        head = f"{HEAD}-- version: {made.version}\n-- applied: {json.dumps(made.applied)}\n"
        tenant = head + made.sql
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shared.sql").write_text(HEAD + shared)
    (folder / "tenant.sql").write_text(tenant)
    (folder / "stamp.json").write_text(json.dumps(stamp(folder), indent=2) + "\n")


def stamp(folder: Path = FOLDER) -> dict[str, str]:
    """What was made of what: digests of all migrations, ours and those of packages, and of both files.

    To make them anew takes minutes; that nothing of this has changed since is seen at once.
    """
    modules = {type(migration).__module__ for migration in MigrationLoader(None).disk_migrations.values()}
    sources = [(name, Path(str(sys.modules[name].__file__)).read_bytes()) for name in sorted(modules)]
    told = hashlib.sha256(b"".join(name.encode() + b"\0" + source for name, source in sources)).hexdigest()
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("shared.sql", "tenant.sql")}
    return {"migrations": told, **files}


@contextmanager
def scratch() -> Iterator[None]:
    """The default connection leads to a new, empty database; it is dropped afterwards."""
    name, home = f"cognitor_baseline_{secrets.token_hex(4)}", connection.settings_dict["NAME"]
    _execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        _connect_to(name)
        yield
    finally:
        _connect_to(home)
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _connect_to(name: str) -> None:
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
