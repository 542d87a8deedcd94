"""Every tenant's schema comes to the code's version; who does not is alone in that, is named, and can be repeated."""

import io
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from apps.sites import selectors
from apps.sites.errors import TenantUnavailable
from apps.sites.models import SchemaState, Tenant, TenantTemplate
from apps.sites.services import fleet, schemas, template
from apps.sites.tests.conftest import MakeTenants, execute, rows

pytestmark = pytest.mark.slow

NEW = "content.9998_note"
TABLE = apps.get_model("content", "Element")._meta.db_table


def forget() -> None:
    """What the code knows of itself is worked out once in a process."""
    for known in (selectors.known_migrations, selectors._holds, schemas.code_version):
        known.cache_clear()


@pytest.fixture
def learn(committing: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """`learn()`: from now on the code knows one more migration, which adds a column."""
    load = MigrationLoader.load_disk

    def load_disk(loader: MigrationLoader) -> None:
        load(loader)
        found: Any = loader.disk_migrations
        app, name = NEW.split(".")
        extra: Any = migrations.Migration(name, app)
        extra.dependencies = [(app, max(other for label, other in found if label == app))]
        extra.operations = [migrations.RunSQL(f"ALTER TABLE {TABLE} ADD COLUMN note text")]
        found[app, name] = extra

    templates = set(TenantTemplate.objects.values_list("pk", flat=True))

    def learn() -> None:
        monkeypatch.setattr(MigrationLoader, "load_disk", load_disk)
        forget()

    yield learn
    monkeypatch.undo()
    forget()
    TenantTemplate.objects.exclude(pk__in=templates).delete()
    execute(f"DROP SCHEMA IF EXISTS {template.SENTINEL} CASCADE")


def run(*tenants: Tenant, **options: Any) -> tuple[str, str]:
    """The command's two outputs for these tenants; `CommandError` is answered as the end of the second."""
    said, complained = io.StringIO(), io.StringIO()
    try:
        chosen = [tenant.identifier for tenant in tenants]
        call_command("migrate_tenants", tenant=chosen, stdout=said, stderr=complained, **options)
    except CommandError as error:
        complained.write(f"CommandError: {error}")
    return said.getvalue(), complained.getvalue()


def states(tenants: list[Tenant]) -> list[str]:
    found = dict(SchemaState.objects.values_list("tenant_id", "state"))
    return [found[tenant.pk] for tenant in tenants]


def has_column(tenant: Tenant) -> bool:
    found = (
        "SELECT 1 FROM information_schema.columns WHERE table_schema = %s AND table_name = %s AND column_name = 'note'"
    )
    return bool(rows(found, tenant.schema_name, TABLE))


def served(tenant: Tenant) -> bool:
    try:
        selectors.usable(Tenant.objects.select_related("schema_state").get(pk=tenant.pk))
    except TenantUnavailable:
        return False
    return True


def mark(tenants: list[Tenant], state: str) -> None:
    SchemaState.objects.filter(tenant__in=tenants).update(state=state)


def test_a_poisoned_tenant_stops_no_other_and_a_repetition_touches_only_it(
    make_tenants: MakeTenants, learn: Callable[[], None]
) -> None:
    five = make_tenants(5)
    assert [served(tenant) for tenant in five] == [True] * 5
    learn()
    poisoned = five[2]
    execute(f"ALTER TABLE {poisoned.schema_name}.{TABLE} RENAME TO hidden")
    assert [served(tenant) for tenant in five] == [False] * 5

    said, complained = run(*five)
    assert [has_column(tenant) for tenant in five] == [True, True, False, True, True]
    assert [served(tenant) for tenant in five] == [True, True, False, True, True]
    assert states(five) == ["current", "current", "failed", "current", "current"]
    assert f'{poisoned.identifier}: failed UndefinedTable: relation "{TABLE}" does not exist' in complained
    assert complained.endswith("CommandError: 1 of 5 tenants failed; run again when their cause is gone.")
    assert f"[5/5] {five[4].identifier}: current" in said
    status, _ = run(status=True)
    assert f'failed  {poisoned.identifier}  UndefinedTable: relation "{TABLE}" does not exist' in status

    before = {row.pk: row.updated_at for row in SchemaState.objects.filter(tenant__in=five)}
    execute(f"ALTER TABLE {poisoned.schema_name}.hidden RENAME TO {TABLE}")
    said, complained = run(*five)
    assert f"[1/1] {poisoned.identifier}: current" in said
    assert complained == ""
    after = {row.pk: row.updated_at for row in SchemaState.objects.filter(tenant__in=five)}
    assert [pk for pk in before if before[pk] != after[pk]] == [poisoned.pk]
    assert SchemaState.objects.get(tenant=poisoned).error == ""
    assert served(poisoned)


def test_a_tenant_made_after_the_template_was_rebuilt_needs_no_migration(
    make_tenants: MakeTenants, learn: Callable[[], None]
) -> None:
    learn()
    template.rebuild()
    [tenant] = make_tenants(1)
    assert has_column(tenant)
    assert NEW in SchemaState.objects.get(tenant=tenant).applied
    assert not fleet.pending().filter(pk=tenant.pk).exists()


def test_a_missing_schema_fails_its_tenant_and_makes_no_table_anywhere(make_tenants: MakeTenants) -> None:
    [tenant] = make_tenants(1)
    execute(f"DROP SCHEMA {tenant.schema_name} CASCADE")
    mark([tenant], "running")
    tables = "SELECT schemaname, tablename FROM pg_tables ORDER BY 1, 2"
    before = rows(tables)
    assert fleet.migrate_one(tenant.pk) == fleet.Outcome(
        tenant.identifier, "failed", f"SchemaMissing: There is no schema {tenant.schema_name}."
    )
    assert rows(tables) == before
    state = SchemaState.objects.get(tenant=tenant)
    assert (state.state, state.applied, state.version) == ("failed", [], schemas.version_of([]))
    assert not served(tenant)


def test_a_tenant_that_a_dead_runner_left_is_taken_up(make_tenants: MakeTenants) -> None:
    tenants = make_tenants(2)
    mark(tenants[:1], "running")
    said, _ = run(*tenants)
    assert f"[1/1] {tenants[0].identifier}: current" in said
    assert states(tenants) == ["current", "current"]


def test_a_tenant_without_a_record_gets_one(make_tenants: MakeTenants) -> None:
    [tenant] = make_tenants(1)
    SchemaState.objects.filter(tenant=tenant).delete()
    assert fleet.migrate_one(tenant.pk).state == "current"
    assert SchemaState.objects.get(tenant=tenant).version == schemas.code_version()


def test_a_tenant_that_another_runner_has_is_left_to_it(make_tenants: MakeTenants) -> None:
    [tenant] = make_tenants(1)
    mark([tenant], "running")
    params = connection.get_connection_params()
    with psycopg.connect(**params, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [schemas.TENANTS, tenant.pk])
        before = SchemaState.objects.get(tenant=tenant).updated_at
        said, complained = run(tenant)
        assert f"{tenant.identifier}: busy" in said
        assert complained == ""
        assert SchemaState.objects.get(tenant=tenant).updated_at == before
        other.execute("SELECT pg_advisory_unlock_all()")
    assert fleet.migrate_one(tenant.pk).state == "current"


def test_workers_share_the_tenants_and_leave_no_lock(
    make_tenants: MakeTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "_ALONE", 0)
    five = make_tenants(5)
    mark(five, "failed")
    execute(f"DROP SCHEMA {five[1].schema_name} CASCADE")
    outcomes = {outcome.tenant: outcome for outcome in fleet.migrate([t.pk for t in five], workers=2)}
    assert [outcomes[t.identifier].state for t in five] == ["current", "failed", "current", "current", "current"]
    assert states(five) == ["current", "failed", "current", "current", "current"]
    assert rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", schemas.TENANTS) == [(0,)]


def test_a_worker_that_loses_its_parent_ends(make_tenants: MakeTenants) -> None:
    [tenant] = make_tenants(1)
    mark([tenant], "running")
    child = fleet._spawn(str(connection.settings_dict["NAME"]))
    assert fleet._ask(child, tenant.pk) == fleet.Outcome(tenant.identifier, "current")
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    assert child.wait(20) == 0
    child.stdout.close()


def test_a_runner_killed_in_a_migration_leaves_it_undone_and_the_next_one_does_it(
    make_tenants: MakeTenants, learn: Callable[[], None]
) -> None:
    [tenant] = make_tenants(1)
    learn()
    script = f"""
import os, signal, django
django.setup()
from django.db import connection, migrations
from apps.sites.services import fleet, schemas
connection.settings_dict["NAME"] = {connection.settings_dict["NAME"]!r}
def half(schema_name):
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN; ALTER TABLE {{schema_name}}.{TABLE} ADD COLUMN note text")
    os.kill(os.getpid(), signal.SIGKILL)
schemas.migrate = half
fleet.pending = fleet.tenants
fleet.migrate_one({tenant.pk})
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, check=False)
    assert done.returncode == -signal.SIGKILL
    assert states([tenant]) == ["running"]
    until = time.monotonic() + 10
    outcome = fleet.migrate_one(tenant.pk)
    while outcome.state == "busy" and time.monotonic() < until:  # the server takes a moment to notice
        outcome = fleet.migrate_one(tenant.pk)
    assert outcome.state == "current"
    assert has_column(tenant)
    assert served(tenant)


@pytest.mark.django_db
def test_a_pass_with_nothing_to_do_reads_only_what_is_recorded(django_assert_max_num_queries: Any) -> None:
    alpha = Tenant.objects.get(identifier="alpha")
    state = SchemaState.objects.get(tenant=alpha)
    for number in range(100):
        other = Tenant.objects.create(identifier=f"many-{number}", name="Many", schema_name=f"t_none_{number}")
        SchemaState.objects.create(tenant=other, version=state.version, applied=state.applied, state="current")
    began = time.monotonic()
    with django_assert_max_num_queries(20) as queries:
        said, complained = run()
    assert time.monotonic() - began < 2
    assert (said, complained) == (f"102 of 102 at {schemas.code_version()[:12]}\n", "")
    assert not [query for query in queries.captured_queries if "t_none" in query["sql"]]


@pytest.mark.django_db
def test_status_names_who_is_not_there_and_leaves_out_who_is_being_deleted(tenant_a: Any, tenant_b: Any) -> None:
    SchemaState.objects.filter(tenant=tenant_a).update(state="failed", error="UndefinedTable: no")
    SchemaState.objects.filter(tenant=tenant_b).update(applied=[], version=schemas.version_of([]))
    version = schemas.code_version()[:12]
    said, _ = run(status=True)
    assert said == f"0 of 2 at {version}\nfailed  alpha  UndefinedTable: no\nwaiting beta\n"

    Tenant.objects.filter(pk=tenant_b.pk).update(status="deleting")
    said, _ = run(status=True)
    assert said == f"0 of 1 at {version}\nfailed  alpha  UndefinedTable: no\n"


@pytest.mark.django_db
def test_an_unknown_tenant_is_refused() -> None:
    with pytest.raises(CommandError, match=r"^There is no tenant nobody\.$"):
        call_command("migrate_tenants", tenant=["alpha", "nobody"])


def test_a_worker_that_dies_is_replaced_and_its_tenant_is_named(
    make_tenants: MakeTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, asked = fleet._ask, list[int]()

    def die_once(child: "subprocess.Popen[str]", number: int) -> fleet.Outcome:
        asked.append(number)
        if len(asked) == 1:
            child.kill()
        return ask(child, number)

    monkeypatch.setattr(fleet, "_ask", die_once)
    tenants = make_tenants(2)
    mark(tenants, "running")
    first, second = fleet._in_processes([tenant.pk for tenant in tenants], 1)
    assert (first.tenant, first.state) == (f"#{tenants[0].pk}", "failed")
    assert first.error.startswith("The worker died: ")
    assert second == fleet.Outcome(tenants[1].identifier, "current")
    assert states(tenants) == ["running", "current"]
