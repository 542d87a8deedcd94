"""The SQL files are what the migrations make, an empty database comes up from them, and every table knows its side."""

import io
import json
import time
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from apps.core.actor import Actor
from apps.core.fields import SharedForeignKey
from apps.sites.management.commands import prepare_database
from apps.sites.models import Tenant, TenantTemplate
from apps.sites.services import baseline, schemas, template, tenants
from apps.sites.tests.conftest import rows, told

ACTOR = Actor.system(because="tests")
MOST_TABLES, MOST_INDEXES = 45, 270
TENANT_LABELS = [app.rsplit(".", 1)[-1] for app in settings.TENANT_APPS]


def relations(schema_name: str, kinds: str) -> set[str]:
    found = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = ANY(%s)"
        " AND NOT relispartition",
        schema_name,
        list(kinds),
    )
    return {name for (name,) in found}


def tables_of(*, tenant: bool) -> set[str]:
    models = apps.get_models(include_auto_created=True)
    managed = (model._meta for model in models if model._meta.managed and not model._meta.proxy)
    return {meta.db_table for meta in managed if (meta.app_label in TENANT_LABELS) == tenant}


@pytest.mark.django_db
def test_every_table_is_on_the_side_of_its_app_and_no_name_is_on_both(tenant_a: Any) -> None:
    shared, own = relations("public", "rp"), relations(tenant_a.schema_name, "rp")
    assert own == tables_of(tenant=True) | {"django_migrations"}
    assert shared == tables_of(tenant=False) | {"django_migrations"}
    assert shared & own == {"django_migrations"}


@pytest.mark.django_db
def test_nothing_that_a_query_can_name_is_on_both_sides(tenant_a: Any) -> None:
    both = relations("public", "rpvmSf") & relations(tenant_a.schema_name, "rpvmSf")
    assert both == {"django_migrations", "django_migrations_id_seq"}
    assert relations("extensions", "rpmSi") == set()


@pytest.mark.django_db
def test_a_tenants_schema_stays_small(tenant_a: Any) -> None:
    assert len(relations(tenant_a.schema_name, "rp")) <= MOST_TABLES
    assert len(relations(tenant_a.schema_name, "iI")) <= MOST_INDEXES


@pytest.mark.django_db
def test_no_constraint_leads_out_of_a_schema_or_into_a_tenants(tenant_a: Any, tenant_b: Any) -> None:
    found = rows(
        "SELECT here.nspname, there.nspname FROM pg_constraint c "
        "JOIN pg_class a ON a.oid = c.conrelid JOIN pg_namespace here ON here.oid = a.relnamespace "
        "JOIN pg_class b ON b.oid = c.confrelid JOIN pg_namespace there ON there.oid = b.relnamespace "
        "WHERE c.contype = 'f'"
    )
    assert {a for a, _ in found} >= {"public", tenant_a.schema_name, tenant_b.schema_name}
    assert [(a, b) for a, b in found if a != b] == []


def test_tenants_models_point_at_shared_ones_by_one_field_type_and_never_back() -> None:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            other = field.related_model
            if other is None or isinstance(other, str):
                continue
            here, there = (m._meta.app_label in TENANT_LABELS for m in (model, other))
            assert not (there and not here), f"{field} points from a shared table to a tenant's"
            assert isinstance(field, SharedForeignKey) == (here and not there), field


@pytest.mark.django_db
def test_the_template_names_no_schema_but_its_own_and_what_is_shared() -> None:
    made = template.current()
    assert made.version == schemas.version_of(made.applied) == schemas.code_version()
    assert f"CREATE SCHEMA {template.SENTINEL};" in made.sql
    lines = made.sql.splitlines()
    assert [line for line in lines if line.startswith(("SET ", "\\", "SELECT pg_catalog.set_config"))] == []
    assert [line for line in lines if "public." in line and "element_id_seq" not in line] == []
    assert "OWNER TO" not in made.sql
    assert "GRANT" not in made.sql


@pytest.mark.django_db
def test_templates_of_the_last_versions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    before = template.current().version
    versions = [f"{number:064d}" for number in range(4)]
    for version in versions:
        monkeypatch.setattr(schemas, "code_version", lambda version=version: version)
        template.store([], "SELECT 1;")
    kept = set(TenantTemplate.objects.values_list("version", flat=True))
    assert kept == set(versions[-3:])
    assert before not in kept


@pytest.mark.django_db
def test_preparing_what_is_prepared_says_and_writes_nothing() -> None:
    said = io.StringIO()
    with connection.execute_wrapper(refuse_writes):
        call_command("prepare_database", stdout=said, stderr=said)
    assert said.getvalue() == ""


def refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    assert sql.split(maxsplit=1)[0] in ("SELECT", "SET", "SHOW"), sql
    return execute(sql, params, many, context)


@pytest.mark.django_db
def test_an_older_server_is_refused_with_a_clear_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_database, "FLOOR", 99)
    with pytest.raises(CommandError, match=r"^PostgreSQL 99 or newer is needed; this server is 1\d\.$"):
        call_command("prepare_database")


def test_a_database_that_does_not_answer_is_waited_for_and_then_named(
    committing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    began = time.monotonic()
    with pytest.raises(CommandError, match="cannot be reached"):
        prepare_database.wait_for_database(0.6)
    assert 0.6 < time.monotonic() - began < 5


def test_a_wrong_password_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise psycopg.OperationalError('FATAL:  password authentication failed for user "x"')

    monkeypatch.setattr("psycopg.connect", refuse)
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waited"))
    with pytest.raises(CommandError, match="password authentication failed"):
        prepare_database.wait_for_database(30)


def test_an_empty_database_comes_up_from_the_files_and_takes_a_tenant(committing: None) -> None:
    assert (baseline.FOLDER / "shared.sql").exists()
    said = io.StringIO()
    with baseline.scratch():
        call_command("prepare_database", stdout=said)
        dumped = template.dump("public")
        tenants.create(actor=ACTOR, identifier="first", name="First")
        assert Tenant.objects.get().schema_state.version == schemas.code_version()
        again = io.StringIO()
        call_command("prepare_database", stdout=again)
    assert "Loaded the shared schema from its baseline" in said.getvalue()
    assert "Loaded the template of tenants' schemas from its baseline" in said.getvalue()
    assert "Applying" not in said.getvalue()
    assert again.getvalue() == ""
    file = (baseline.FOLDER / "shared.sql").read_text().removeprefix(baseline.HEAD)
    assert set(told(file)) <= set(told(dumped)), "and one row more: the template"


def test_the_files_were_made_of_the_migrations_that_there_are() -> None:
    kept = json.loads((baseline.FOLDER / "stamp.json").read_text())
    assert kept == baseline.stamp(), "the files are not fresh: run `manage.py rebuild_baseline`"
