"""What must happen when: done once its time has come, once, and again after a failure."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.core.models import Due, EventRow
from apps.core.services import due
from conftest import Committed

Deeds = dict[str, Callable[[Due], Any]]
Run = Callable[[], int]


@pytest.fixture(autouse=True)
def deeds(monkeypatch: pytest.MonkeyPatch) -> Deeds:
    """What is done by kind; to be filled by the test."""
    listed: Deeds = {}
    monkeypatch.setattr(due, "listed", lambda: SimpleNamespace(DUE=listed))
    return listed


@pytest.fixture
def nothing_else(db: None) -> None:
    Due.objects.all().delete()


def plan(tenant: Any, kind: str = "test", subject: str = "1", seconds: float = -1, **data: Any) -> None:
    at = timezone.now() + timedelta(seconds=seconds)
    due.plan(tenant_id=tenant.pk if tenant else None, kind=kind, subject=subject, at=at, **data)


def test_what_is_due_is_done_in_its_tenant_and_only_then(
    nothing_else: None, tenant_a: Any, tenant_b: Any, deeds: Deeds, run_due: Run
) -> None:
    seen: list[tuple[str, Any]] = []
    deeds["test"] = lambda row: seen.append((connection.schema_name, row.data))
    plan(tenant_a, seconds=-1, word="a")
    plan(tenant_b, seconds=-3, word="b")
    plan(None, seconds=-2, word="shared")
    plan(tenant_a, subject="later", seconds=60)
    assert run_due() == 3
    assert seen == [
        (tenant_b.schema_name, {"word": "b"}),
        ("public", {"word": "shared"}),
        (tenant_a.schema_name, {"word": "a"}),
    ]
    assert [row.subject for row in Due.objects.all()] == ["later"]
    assert connection.schema_name == "public"


def test_a_later_plan_replaces_an_earlier_and_can_be_taken_back(
    nothing_else: None, tenant_a: Any, deeds: Deeds, run_due: Run
) -> None:
    seen: list[Any] = []
    deeds["test"] = lambda row: seen.append(row.data)
    plan(tenant_a, number=1)
    plan(tenant_a, number=2)
    assert run_due() == 1
    assert seen == [{"number": 2}]
    plan(tenant_a, number=3)
    assert due.cancel(tenant_id=tenant_a.pk, kind="test", subject="1")
    assert not due.cancel(tenant_id=tenant_a.pk, kind="test", subject="1")
    assert run_due() == 0


def test_a_deed_may_plan_its_own_next_time(nothing_else: None, tenant_a: Any, deeds: Deeds, run_due: Run) -> None:
    deeds["test"] = lambda row: plan(tenant_a, seconds=3600, round=row.data["round"] + 1)
    plan(tenant_a, round=1)
    assert run_due() == 1
    row = Due.objects.get()
    assert row.data == {"round": 2}
    assert row.at > timezone.now() + timedelta(minutes=59)


def test_a_failure_undoes_the_deed_and_is_repeated_after_a_growing_pause(
    nothing_else: None, tenant_a: Any, tenant_b: Any, deeds: Deeds, run_due: Run
) -> None:
    def fail(row: Due) -> None:
        EventRow.objects.all().delete()
        raise ValueError("not today")

    events = EventRow.objects.count()
    deeds["test"], deeds["other"] = fail, lambda row: None
    plan(tenant_a)
    plan(tenant_b, kind="other")
    assert events
    pauses = []
    for attempt in (1, 2, 3):
        run_due()
        row = Due.objects.get()
        assert (row.attempts, row.error) == (attempt, "ValueError: not today")
        pauses.append(round((row.at - timezone.now()).total_seconds()))
        Due.objects.update(at=timezone.now())
    assert pauses == [15, 45, 135]
    assert EventRow.objects.count() == events
    deeds["test"] = lambda row: None
    run_due()
    assert not Due.objects.exists()


def test_a_kind_that_nobody_knows_waits_and_holds_nothing_up(
    nothing_else: None, tenant_a: Any, deeds: Deeds, run_due: Run
) -> None:
    seen: list[str] = []
    deeds["test"] = lambda row: seen.append(row.subject)
    plan(tenant_a, kind="unknown", seconds=-5)
    plan(tenant_a)
    run_due()
    assert seen == ["1"]
    assert Due.objects.get().error == "KeyError: 'unknown'"


def test_two_schedulers_at_once_do_nothing_twice(committed: Committed, deeds: Deeds) -> None:
    seen: list[str] = []
    deeds["test"] = lambda row: seen.append(row.subject)
    for number in range(30):
        plan(committed.tenant, subject=str(number))
    ready = threading.Barrier(3)

    def run() -> int:
        ready.wait()
        try:
            return due.run()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        counts = [asked.result() for asked in [pool.submit(run) for _ in range(3)]]
    assert sum(counts) == 30
    assert sorted(seen, key=int) == [str(number) for number in range(30)]


def test_a_scheduler_that_dies_in_the_middle_leaves_the_deed_to_the_next(committed: Committed, deeds: Deeds) -> None:
    class Died(BaseException):
        pass

    def die(row: Due) -> None:
        raise Died

    deeds["test"] = die
    plan(committed.tenant)
    with pytest.raises(Died):
        due.run()
    seen: list[str] = []
    deeds["test"] = lambda row: seen.append(row.subject)
    assert due.run() == 1
    assert seen == ["1"]
