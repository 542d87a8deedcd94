"""Tasks know their tenant: through a real broker and a real worker."""

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery import chain, group, shared_task
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction

from apps.core import tasks
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.services import events, jobs
from apps.core.tasks import NoTenant, SystemTask, TenantTask
from apps.core.tenancy import inside
from cognitor import celery_app, reactions
from conftest import Committed

pytestmark = pytest.mark.slow

SEEN: list[tuple[str, str]] = []


def note(step: str) -> None:
    SEEN.append((step, connection.schema_name))


@shared_task(base=TenantTask, name="tests.note", ignore_result=False)
def note_schema(step: str) -> None:
    note(step)


@shared_task(base=TenantTask, name="tests.retry", bind=True, max_retries=1, default_retry_delay=0)
def retry_once(self: Any) -> None:
    note(f"try {self.request.retries}")
    if not self.request.retries:
        raise self.retry()


@shared_task(base=TenantTask, name="tests.fail")
def fail() -> None:
    note("failing")
    raise ValueError


@shared_task(base=SystemTask, name="tests.system")
def system() -> None:
    note("system")


@shared_task(base=SystemTask, name="tests.fan_out")
def fan_out(tenant_id: int) -> None:
    note("fan out")
    note_schema.apply_async(("of the system",), tenant_id=tenant_id)


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    SEEN.clear()


@pytest.fixture
def worker(committed: Committed) -> Iterator[None]:
    """A worker in a thread on the broker that tasks are sent to."""
    celery_app.control.purge()  # what making the tenant has sent
    with start_worker(celery_app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield


def seen(count: int) -> list[tuple[str, str]]:
    """What the tasks noted, once it is as much as is awaited."""
    deadline = time.monotonic() + 15
    while len(SEEN) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return list(SEEN)


def test_a_task_of_a_tenant_is_neither_sent_nor_run_without_one() -> None:
    for send in (lambda: note_schema.delay("x"), lambda: note_schema.apply_async(("x",)), lambda: note_schema("x")):
        with pytest.raises(NoTenant):
            send()
    assert SEEN == []


def test_a_task_runs_in_its_tenant_and_leaves_the_shared_schema_behind(tenant_a: Any) -> None:
    note_schema.apply(("here",), headers={"tenant_id": tenant_a.pk}, throw=True)
    assert [("here", tenant_a.schema_name)] == SEEN
    assert connection.schema_name == "public"
    with pytest.raises(ValueError):
        fail.apply(headers={"tenant_id": tenant_a.pk}, throw=True)
    assert SEEN[1:] == [("failing", tenant_a.schema_name)]
    assert connection.schema_name == "public"


def test_a_task_of_the_installation_starts_on_the_shared_schema(tenant_a: Any) -> None:
    with inside(tenant_a):
        system.apply(throw=True)
    assert SEEN == [("system", "public")]


def test_the_tenant_of_the_sender_goes_with_a_task_a_chain_and_a_retry(committed: Committed, worker: None) -> None:
    schema = committed.tenant.schema_name
    with inside(committed.tenant):
        chain(note_schema.si("first"), note_schema.si("second"), note_schema.si("third")).delay()
        retry_once.delay()
    assert sorted(seen(5)) == sorted((step, schema) for step in ("first", "second", "third", "try 0", "try 1"))


def test_groups_keep_it_too(committed: Committed, worker: None) -> None:
    with inside(committed.tenant):
        group(note_schema.si("one"), note_schema.si("two")).delay()
    assert sorted(seen(2)) == [("one", committed.tenant.schema_name), ("two", committed.tenant.schema_name)]


def test_a_task_after_a_commit_keeps_it_though_the_schema_is_left_by_then(committed: Committed, worker: None) -> None:
    with inside(committed.tenant), transaction.atomic():
        tenant_id = committed.tenant.pk
        transaction.on_commit(lambda: note_schema.apply_async(("after",), tenant_id=tenant_id) and None)
    assert seen(1) == [("after", committed.tenant.schema_name)]


def test_a_task_of_the_installation_names_the_tenant_of_those_it_sends(committed: Committed, worker: None) -> None:
    fan_out.delay(committed.tenant.pk)
    assert seen(2) == [("fan out", "public"), ("of the system", committed.tenant.schema_name)]


def test_a_failing_task_leaves_nothing_of_its_tenant_to_the_next(committed: Committed, worker: None) -> None:
    with inside(committed.tenant):
        fail.delay()
    system.delay()
    assert seen(2) == [("failing", committed.tenant.schema_name), ("system", "public")]


def test_the_kernels_own_tasks_do_their_services_work(
    committed: Committed, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: dict[str, Callable[[Any], Any]] = {"test": lambda job: note("job")}
    monkeypatch.setattr(jobs, "listed", lambda: SimpleNamespace(JOBS=listed))
    monkeypatch.setattr(events, "dispatch", lambda linger: note("events"))
    jobs.start(actor=Actor.system(because="tests", tenant_id=committed.tenant.pk), kind="test")
    tasks.dispatch_events.delay()
    assert seen(2) == [("job", committed.tenant.schema_name), ("events", "public")]
    assert tasks.run_due.apply(throw=True).result == len(reactions.ALWAYS)
    Due.objects.filter(tenant_id=None).delete()  # really committed, and due again soon
