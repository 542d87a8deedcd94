"""Indexes of marked fields: built and dropped by the job, beside running writes."""

from typing import Any

import psycopg
from django.db import connection

from apps.content.services import indexes
from apps.content.tests.factories import a_type, an_element
from apps.core.models import Due, Job
from apps.core.services import events, jobs
from apps.core.tenancy import inside
from conftest import Committed

MARKED = {"x-index": True}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", **MARKED},
        "price": {"type": "number", **MARKED},
        "at": {"type": "string", "format": "date-time", **MARKED},
        "sold": {"type": "boolean", **MARKED},
        "tags": {"type": "array", "items": {"type": "string"}, **MARKED},
        "maker": {"type": "object", "properties": {"it's 100%\\": {"type": "string", **MARKED}}, **MARKED},
        "plain": {"type": "string", "x-index": False},
    },
}


def states(own: Committed, kind: dict[str, Any]) -> dict[str, str]:
    answer = own.client.get(f"/{own.site.identifier}/contenttypes/{kind['id']}/indexes")
    assert answer.status_code == 200
    return {index["field"]: index["state"] for index in answer.json()}


def there(own: Committed) -> dict[str, bool]:
    with inside(own.tenant):
        return indexes._built()


def work(own: Committed) -> list[Any]:
    """Delivers what happened and does the jobs that follow; their results."""
    connection.set_schema_to_public()
    while events.dispatch():
        pass
    rows = Job.objects.filter(tenant_id=own.tenant.pk, kind=indexes.KIND, state=Job.State.QUEUED)
    found = list(rows.order_by("created_at"))
    for job in found:
        jobs.run(job.pk)
        job.refresh_from_db()
    return [job.result for job in found]


def test_indexes_follow_the_marks_of_a_schema(committed: Committed) -> None:
    client, path = committed.client, f"/{committed.site.identifier}/contenttypes"
    kind = a_type(client, committed.site.identifier, schema=SCHEMA)
    an_element(client, kind, {"name": "x" * 5000, "price": 1e300, "tags": ["a"]}, site=committed.site.identifier)
    fields = ["name", "price", "at", "sold", "tags", "maker.it's 100%\\"]
    assert states(committed, kind) == {"maker": "unsupported"} | dict.fromkeys(fields, "waiting")
    assert work(committed) == [{"built": 6, "dropped": 0, "failed": 0}]
    assert states(committed, kind) == {"maker": "unsupported"} | dict.fromkeys(fields, "ready")
    first = there(committed)
    assert (len(first), set(first.values())) == (6, {True})

    # The same marks: nothing to do. What is compared otherwise gets another index; a mark that went takes its own.
    client.patch(f"{path}/{kind['id']}", {"schema": SCHEMA, "name": "New"})
    assert work(committed) == []
    fewer = {"name": SCHEMA["properties"]["name"], "price": {"type": "string", **MARKED}}
    client.patch(f"{path}/{kind['id']}", {"schema": {"type": "object", "properties": fewer}})
    assert work(committed) == [{"built": 1, "dropped": 5, "failed": 0}]
    assert len(set(there(committed)) & set(first)) == 1
    assert states(committed, kind) == {"name": "ready", "price": "ready"}
    client.delete(f"{path}/{kind['id']}?force=true")
    assert work(committed) == [{"built": 0, "dropped": 2, "failed": 0}]
    assert there(committed) == {}


def test_a_tenant_has_so_many_indexes_and_those_that_are_built_keep_their_places(
    committed: Committed, settings: Any
) -> None:
    settings.DATA_INDEXES = 2
    client, site = committed.client, committed.site.identifier
    fields = {name: {"type": "string"} for name in "abc"}
    early = a_type(client, site, key="early", schema={"type": "object", "properties": fields})
    late = a_type(
        client, site, key="late", schema={"type": "object", "properties": {"a": {"type": "number", **MARKED}}}
    )
    assert work(committed) == [{"built": 1, "dropped": 0, "failed": 0}]
    marked = {name: {"type": "string", **MARKED} for name in "abc"}
    client.patch(f"/{site}/contenttypes/{early['id']}", {"schema": {"type": "object", "properties": marked}})
    assert work(committed) == [{"built": 1, "dropped": 0, "failed": 0}]
    assert states(committed, early) == {"a": "ready", "b": "refused", "c": "refused"}
    assert states(committed, late) == {"a": "ready"}
    client.delete(f"/{site}/contenttypes/{late['id']}")
    work(committed)
    assert states(committed, early) == {"a": "ready", "b": "ready", "c": "refused"}


def test_what_a_broken_run_left_is_dropped_and_built_anew(committed: Committed) -> None:
    kind = a_type(committed.client, committed.site.identifier, schema=SCHEMA)
    work(committed)
    name = min(there(committed))
    with inside(committed.tenant), connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [name])
    assert sorted(states(committed, kind).values()) == ["ready"] * 5 + ["unsupported", "waiting"]
    with inside(committed.tenant):
        indexes.start(tenant_id=committed.tenant.pk, because="tests")
    assert work(committed) == [{"built": 1, "dropped": 1, "failed": 0}]
    assert there(committed)[name] is True


def test_one_that_cannot_be_built_is_tried_again_later(committed: Committed, monkeypatch: Any) -> None:
    a_type(committed.client, committed.site.identifier, schema=SCHEMA)
    execute = indexes._execute
    monkeypatch.setattr(indexes, "_execute", lambda sql: execute(sql.replace(" gin ", " spgist ")))
    assert work(committed) == [{"built": 5, "dropped": 0, "failed": 1}]
    row = Due.objects.get(kind=indexes.KIND, tenant_id=committed.tenant.pk)
    monkeypatch.setattr(indexes, "_execute", execute)
    indexes.build_due(row)
    assert work(committed) == [{"built": 1, "dropped": 0, "failed": 0}]


def test_two_runners_do_not_build_at_once(committed: Committed) -> None:
    kind = a_type(committed.client, committed.site.identifier, schema=SCHEMA)
    with psycopg.connect(**connection.get_connection_params() | {"dbname": connection.settings_dict["NAME"]}) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [indexes._LOCK, committed.tenant.pk])
        assert work(committed) == [{"built": 0, "dropped": 0, "failed": 1}]
    assert Due.objects.filter(kind=indexes.KIND, tenant_id=committed.tenant.pk).exists()
    assert set(states(committed, kind).values()) == {"waiting", "unsupported"}
