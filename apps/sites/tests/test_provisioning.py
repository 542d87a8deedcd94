"""A tenant is there whole or not at all, its schema is what migrations would make, and only a usable one is served."""

import statistics
import time
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.urls import get_resolver

from apps.core.actor import Actor
from apps.core.errors import NotFound
from apps.core.models import EventRow
from apps.core.tenancy import inside
from apps.sites import selectors
from apps.sites.errors import IdentifierMalformed, IdentifierReserved, IdentifierTaken, TenantUnavailable
from apps.sites.management.commands import create_tenant
from apps.sites.models import SchemaState, Site, Tenant, TenantTemplate
from apps.sites.services import schemas, template, tenants
from apps.sites.tests.conftest import MakeSchema, MakeTenants, execute, rows, told

pytestmark = pytest.mark.slow

ACTOR = Actor.system(because="tests")


def everything() -> tuple[Any, ...]:
    """What a provisioning leaves: rows, events and schemas."""
    names = sorted(name for (name,) in rows("SELECT nspname FROM pg_namespace"))
    counts = (model._default_manager.count() for model in (Tenant, SchemaState, Site, EventRow))
    return (*counts, names)


def test_a_provisioned_schema_equals_a_migrated_one(make_schema: MakeSchema) -> None:
    replayed, migrated = make_schema("replayed"), make_schema("migrated")
    template.replay(template.current(), replayed)
    execute(f"CREATE SCHEMA {migrated}")
    applied = schemas.migrate(migrated)

    assert told(template.dump(replayed).replace(replayed, "x")) == told(template.dump(migrated).replace(migrated, "x"))
    assert schemas.recorded(replayed) == applied == sorted(selectors.known_migrations())


@pytest.mark.django_db
def test_a_new_tenant_is_active_current_and_told_of() -> None:
    tenant = tenants.create(actor=ACTOR, identifier="brand-new", name="Brand new", email="a@b.test")

    stored = Tenant.objects.select_related("schema_state").get(identifier="brand-new")
    assert (stored.pk, stored.status, stored.email) == (tenant.pk, "active", "a@b.test")
    assert stored.schema_name.startswith("t_")
    state = stored.schema_state
    assert (state.version, state.state, state.error) == (schemas.code_version(), "current", "")
    assert selectors.usable(stored) == stored
    event = EventRow.objects.get(name="sites.tenant_created", subject_id=tenant.pk)
    assert (event.tenant_id, event.subject_label) == (tenant.pk, "Brand new")


@pytest.mark.django_db
def test_provisioning_leaves_search_path_and_settings_as_they_were() -> None:
    names = ("search_path", "row_security", "statement_timeout", "lock_timeout", "client_min_messages", "xmloption")
    before = [rows(f"SHOW {name}") for name in names]
    with inside(Tenant.objects.get(identifier="alpha")):
        within = rows("SHOW search_path")
        template.replay(template.current(), "t_elsewhere")
        assert rows("SHOW search_path") == within
    assert [rows(f"SHOW {name}") for name in names] == before


@pytest.mark.django_db
def test_elements_of_all_tenants_draw_their_ids_from_one_sequence(tenant_a: Any, tenant_b: Any) -> None:
    found = rows(
        "SELECT table_schema, column_default FROM information_schema.columns "
        "WHERE table_name = 'content_element' AND column_name = 'id' AND table_schema IN (%s, %s)",
        tenant_a.schema_name,
        tenant_b.schema_name,
    )
    assert dict(found) == dict.fromkeys(
        (tenant_a.schema_name, tenant_b.schema_name), "nextval('element_id_seq'::regclass)"
    )
    assert rows("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'element_id_seq'") == [
        ("public",)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["SELECT 1/0;", "CREATE TABLE no_such_schema.x ();", "not even SQL"])
def test_a_failing_provisioning_leaves_neither_row_nor_schema(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    good = template.current()
    bad = TenantTemplate(version=good.version, applied=good.applied, sql=good.sql + broken)
    monkeypatch.setattr(template, "current", lambda: bad)
    before = everything()
    with pytest.raises(DatabaseError):
        tenants.create(actor=ACTOR, identifier="never-was", name="Never")
    assert everything() == before


@pytest.mark.django_db
def test_without_a_template_of_this_version_a_tenant_is_refused_and_nothing_changes() -> None:
    TenantTemplate.objects.all().delete()
    before = everything()
    with pytest.raises(TenantUnavailable) as caught:
        tenants.create(actor=ACTOR, identifier="too-early", name="Early")
    assert caught.value.status == 503
    assert caught.value.headers == {"Retry-After": "5"}
    assert everything() == before


@pytest.mark.django_db
def test_a_taken_identifier_is_refused_and_nothing_changes() -> None:
    before = everything()
    with pytest.raises(IdentifierTaken) as caught:
        tenants.create(actor=ACTOR, identifier="alpha", name="Again")
    assert caught.value.status == 409
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("identifier", ["public", "admin", "docs", "www", "health"])
def test_words_that_begin_addresses_are_refused(identifier: str) -> None:
    assert get_resolver()  # the words come from the URL table
    before = everything()
    with pytest.raises(IdentifierReserved):
        tenants.create(actor=ACTOR, identifier=identifier, name="Reserved")
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("identifier", ["", "a", "A-b", "a--b", "-ab", "ab-", "1ab", "a_b", "ä-b", "a" * 64, 'x";--'])
def test_what_is_no_slug_is_refused(identifier: str) -> None:
    with pytest.raises(IdentifierMalformed):
        tenants.create(actor=ACTOR, identifier=identifier, name="Malformed")


@pytest.mark.parametrize("name", ["public; DROP TABLE x", "T_upper", "a-b", '"quoted"', ""])
def test_a_schema_name_that_would_need_quoting_is_not_replayed(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        template.replay(TenantTemplate(sql=f"CREATE SCHEMA {template.SENTINEL};"), name)


def state(**fields: Any) -> SchemaState:
    applied = sorted(selectors.known_migrations())
    return SchemaState(**{"version": schemas.version_of(applied), "applied": applied, "state": "current"} | fields)


def tenant(status: str = "active", schema_state: SchemaState | None = None) -> Tenant:
    made = Tenant(pk=-1, identifier="x", status=status)
    if schema_state:
        made.schema_state = schema_state
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("missing", sorted(selectors.known_migrations()))
def test_a_tenant_that_lacks_one_known_migration_is_unavailable(missing: str) -> None:
    held = [name for name in sorted(selectors.known_migrations()) if name != missing]
    with pytest.raises(TenantUnavailable) as caught:
        selectors.usable(tenant(schema_state=state(version=schemas.version_of(held), applied=held)))
    assert caught.value.status == 503


@pytest.mark.django_db
def test_a_tenant_without_a_record_is_unavailable_and_one_with_more_than_known_is_served() -> None:
    with pytest.raises(TenantUnavailable):
        selectors.usable(tenant())
    more = [*sorted(selectors.known_migrations()), "content.9999_of_newer_code"]
    newer = tenant(schema_state=state(version=schemas.version_of(more), applied=more))
    assert selectors.usable(newer) is newer


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["suspended", "deleting", "provisioning"])
def test_a_tenant_that_is_not_active_is_not_found(status: str) -> None:
    with pytest.raises(NotFound):
        selectors.usable(tenant(status, state()))


@pytest.mark.django_db
@pytest.mark.parametrize("model", [m for a in ("content", "media") for m in apps.get_app_config(a).get_models()])
def test_a_missing_table_is_an_error_and_never_shows_rows_of_the_shared_schema(tenant_a: Any, model: Any) -> None:
    with inside(tenant_a):
        execute(f"DROP TABLE {model._meta.db_table} CASCADE")
        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            model._base_manager.count()


@pytest.mark.django_db
def test_the_command_makes_a_tenant_with_its_site_or_nothing() -> None:
    command = create_tenant.Command()
    call_command(command, "by-command", name="By command", site="by-command-site")
    site = Site.objects.select_related("tenant").get(identifier="by-command-site")
    assert (site.tenant.identifier, site.name) == ("by-command", "By command")

    before = everything()
    with pytest.raises(CommandError, match="taken"):
        call_command(command, "by-command-2", name="Second", site="by-command-site")
    assert everything() == before


def test_provisioning_stays_under_200_ms_over_200_tenants(make_tenants: MakeTenants) -> None:
    times = []
    for _ in range(200):
        began = time.perf_counter()
        make_tenants(1)
        times.append(time.perf_counter() - began)
    first, last = statistics.median(times[:40]), statistics.median(times[-40:])
    assert statistics.median(times) < 0.2, times
    assert last < 1.5 * first + 0.02, (first, last)
    assert connection.schema_name == "public"
