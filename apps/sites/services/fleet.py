"""The fleet: bringing every tenant's schema to this code's version, and knowing which are not there.

What is recorded in `SchemaState` decides what is left to do; a schema is opened only to change it. One tenant's
failure is that tenant's alone. A runner that dies leaves a tenant between two migrations at worst, and the next
run goes on from there; two runners at once share the work, by one lock per tenant.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from queue import Empty, Queue
from typing import IO, Literal

from django.conf import settings
from django.db import Error, connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.sites.models import SchemaState, Tenant
from apps.sites.selectors import known_migrations
from apps.sites.services import schemas

LOCK_TIMEOUT = "10s"
"""How long a migration waits for a tenant's running requests, and makes new ones wait behind it, before it fails."""
_ALONE = 16
_MARK = '{"fleet": '
State = SchemaState.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one tenant; `busy` means that another runner has it."""

    tenant: str
    state: Literal["current", "failed", "busy"]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the fleet stands: `failed` and `waiting` name the tenants that are not at `version`."""

    version: str
    at_version: int
    total: int
    failed: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.at_version} of {self.total} at {self.version[:12]}"


def tenants() -> QuerySet[Tenant]:
    """Whose schemas are kept up to date: all but those that are being deleted."""
    rows: QuerySet[Tenant] = Tenant.objects.exclude(status=Tenant.Status.DELETING).order_by("pk")
    return rows


def pending() -> QuerySet[Tenant]:
    """Tenants whose record lacks a migration that this code knows, or says failed, or was left running."""
    return tenants().exclude(
        schema_state__state=State.CURRENT, schema_state__applied__contains=sorted(known_migrations())
    )


def status() -> Status:
    left = list(pending().select_related("schema_state"))
    states = {tenant.identifier: getattr(tenant, "schema_state", None) for tenant in left}
    failed = {name: state.error for name, state in states.items() if state and state.state == State.FAILED}
    total = tenants().count()
    waiting = tuple(name for name in states if name not in failed)
    return Status(schemas.code_version(), total - len(left), total, tuple(failed.items()), waiting)


def migrate(ids: Iterable[int], *, workers: int = 2) -> Iterator[Outcome]:
    """Migrates these tenants, in processes of their own when there are several, and tells of each as it ends."""
    todo = list(ids)
    if workers < 2 or len(todo) <= _ALONE:
        yield from map(migrate_one, todo)
    else:
        yield from _in_processes(todo, min(workers, len(todo)))


def migrate_one(tenant_id: int) -> Outcome:
    """Brings one tenant's schema to this code's version and records how that ended. Not inside a transaction."""
    tenant = Tenant.objects.get(pk=tenant_id)
    with schemas.try_lock(tenant.pk) as mine:
        if not mine:
            return Outcome(tenant.identifier, "busy")
        # Another runner may have been quicker between the list and the lock.
        if not pending().filter(pk=tenant.pk).exists():
            return Outcome(tenant.identifier, "current")
        state, _ = SchemaState.objects.get_or_create(
            tenant=tenant, defaults={"version": schemas.version_of([]), "applied": [], "state": State.RUNNING}
        )
        _record(state, State.RUNNING, state.applied)
        try:
            with _patience():
                applied = schemas.migrate(tenant.schema_name)
        except Exception as error:  # whatever it is, the next tenant comes
            return _failed(tenant, state, schemas.summary(error))
        _record(state, State.CURRENT, applied)
        return Outcome(tenant.identifier, "current")


def feed(database: str, source: IO[str], target: IO[str]) -> None:
    """A worker's life: reads tenants' ids, one a line, and answers each with a line, until the input ends."""
    connection.settings_dict["NAME"] = database
    for line in source:
        outcome = asdict(migrate_one(int(line)))
        target.write(f"{_MARK}{json.dumps(outcome)}}}\n")
        target.flush()


def _failed(tenant: Tenant, state: SchemaState, error: str) -> Outcome:
    # A failure may have cost the connection; the next query opens another.
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    _record(state, State.FAILED, schemas.recorded(tenant.schema_name), error)
    return Outcome(tenant.identifier, "failed", error)


def _record(state: SchemaState, now: str, applied: list[str], error: str = "") -> None:
    SchemaState.objects.filter(pk=state.pk).update(
        state=now, applied=applied, version=schemas.version_of(applied), error=error, updated_at=timezone.now()
    )


@contextmanager
def _patience() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a lost connection takes its settings with it
            cursor.execute("RESET lock_timeout")


def _in_processes(todo: list[int], workers: int) -> Iterator[Outcome]:
    """Hands ids to children one by one. A child that loses its parent ends after the tenant it is at."""
    jobs: Queue[int] = Queue()
    done: Queue[Outcome] = Queue()
    for number in todo:
        jobs.put(number)
    # Thread by thread there are other connections; the children are to have this one's database.
    database = str(connection.settings_dict["NAME"])
    threads = [threading.Thread(target=_drive, args=(jobs, done, database), daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for _ in todo:
        yield done.get()
    for thread in threads:
        thread.join()


def _drive(jobs: "Queue[int]", done: "Queue[Outcome]", database: str) -> None:
    """Keeps one child busy, and replaces it should it die. Every id taken is answered for."""
    child: subprocess.Popen[str] | None = None
    with suppress(Empty):
        while True:
            number = jobs.get_nowait()
            try:
                child = child or _spawn(database)
                outcome = _ask(child, number)
            except Exception as error:  # the waiting side must hear of each id, whatever happens here
                outcome = Outcome(f"#{number}", "failed", f"The worker died: {schemas.summary(error)}")
                if child:
                    child.kill()
                    child.communicate()
                    child = None
            done.put(outcome)
    if child:
        child.communicate()


def _spawn(database: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "django", "migrate_tenants", "--feed", database],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ask(child: "subprocess.Popen[str]", number: int) -> Outcome:
    if child.stdin is None or child.stdout is None:
        raise ValueError("no pipes")
    child.stdin.write(f"{number}\n")
    child.stdin.flush()
    for line in child.stdout:
        if line.startswith(_MARK):  # anything else is what a migration printed
            return Outcome(**json.loads(line)["fleet"])
    raise EOFError("no answer")
