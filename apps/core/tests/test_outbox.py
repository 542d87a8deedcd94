"""The outbox: what happened is told at least once, in order per subject, and never lost."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.core import redis
from apps.core.actor import Actor
from apps.core.delivery import shared
from apps.core.events import Event, emit
from apps.core.models import Due, EventRow
from apps.core.reactions import Together
from apps.core.services import due, events
from cognitor.installation import free_port
from conftest import AsRole, Committed

Reactions = list[Callable[[EventRow], Any]]
Deliver = Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Counted(Event):
    subject: ClassVar[str] = "counter"
    number: int = 0


@pytest.fixture
def reactions(monkeypatch: pytest.MonkeyPatch) -> Reactions:
    """What reacts to `Counted`; to be filled by the test."""
    listed: Reactions = []
    monkeypatch.setattr(events, "listed", lambda: SimpleNamespace(REACTIONS={Counted: listed}, TOUCHES={}))
    return listed


def tell(tenant: Any, *told: tuple[int, int]) -> None:
    """Emits an event for each pair of subject and number."""
    actor = Actor.system(because="tests", tenant_id=tenant.pk)
    with transaction.atomic():
        for subject, number in told:
            emit(Counted(subject_id=subject, number=number), actor=actor)


def waiting() -> list[tuple[int, int]]:
    rows = EventRow.objects.filter(name="core.counted", dispatched_at=None).order_by("pk")
    return [(row.subject_id, row.data["number"]) for row in rows]


def test_an_event_outside_a_transaction_is_an_error(committed: Committed) -> None:
    with pytest.raises(transaction.TransactionManagementError, match=r"core\.counted was emitted outside"):
        emit(Counted(subject_id=1), actor=Actor.system(because="tests", tenant_id=committed.tenant.pk))


def test_an_event_is_gone_with_the_transaction_that_is_rolled_back(committed: Committed) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(committed.tenant, (1, 1))
        _ = 1 / 0
    assert waiting() == []


def test_an_event_says_who_did_what_where_and_in_which_request(as_role: AsRole, tenant_a: Any) -> None:
    client = as_role("tenant_admin")
    response = client.post(
        "/sites", {"identifier": "new-site", "name": "New"}, headers={"X-Request-Id": "request-0001"}
    )
    row = EventRow.objects.get(name="sites.site_created", subject_id=response.json()["id"])
    assert (row.tenant_id, row.site_id, row.subject_type, row.subject_label) == (
        tenant_a.pk,
        row.subject_id,
        "site",
        "New",
    )
    assert (row.actor_kind, row.actor_label) == ("user", "tenant_admin@alpha.test")
    assert (row.operation, row.request_id) == ("sites_create", "request-0001")


def test_reactions_run_in_the_events_tenant_and_leave_the_shared_schema_behind(
    tenant_a: Any, tenant_b: Any, reactions: Reactions, deliver_events: Deliver
) -> None:
    seen: list[tuple[int | None, str]] = []
    reactions.append(lambda row: seen.append((row.tenant_id, connection.schema_name)))
    tell(tenant_a, (1, 1))
    tell(tenant_b, (1, 2))
    assert deliver_events() == 2
    assert seen == [(tenant_a.pk, tenant_a.schema_name), (tenant_b.pk, tenant_b.schema_name)]
    assert connection.schema_name == "public"
    assert deliver_events() == 0


def test_events_of_a_subject_come_in_order_and_a_failure_holds_only_its_own_subject_up(
    tenant_a: Any, reactions: Reactions, deliver_events: Deliver
) -> None:
    seen: list[tuple[int, int]] = []
    broken = {1}

    def react(row: EventRow) -> None:
        due.plan(tenant_id=row.tenant_id, kind="test", subject=str(row.pk), at=timezone.now())
        if row.data["number"] in broken:
            raise ValueError("not today")
        seen.append((row.subject_id, row.data["number"]))

    reactions.append(react)
    tell(tenant_a, (7, 1), (7, 2), (8, 3), (7, 4), (8, 5))
    assert deliver_events() == 3
    assert seen == [(8, 3), (8, 5)]
    assert waiting() == [(7, 1), (7, 2), (7, 4)]
    failed = EventRow.objects.get(subject_id=7, data__number=1)
    assert (failed.attempts, failed.error) == (1, "ValueError: not today")
    assert failed.retry_at
    assert timezone.now() < failed.retry_at < timezone.now() + timedelta(seconds=3)
    assert not Due.objects.filter(kind="test", subject=str(failed.pk)).exists()
    broken.clear()
    EventRow.objects.filter(pk=failed.pk).update(retry_at=timezone.now() - timedelta(seconds=1))
    assert deliver_events() == 3
    assert seen[2:] == [(7, 1), (7, 2), (7, 4)]
    assert waiting() == []


def test_the_same_subject_of_another_tenant_is_another_subject(
    tenant_a: Any, tenant_b: Any, reactions: Reactions, deliver_events: Deliver
) -> None:
    def react(row: EventRow) -> None:
        if row.tenant_id == tenant_a.pk:
            raise ValueError

    reactions.append(react)
    tell(tenant_a, (1, 1))
    tell(tenant_b, (1, 2))
    deliver_events()
    assert waiting() == [(1, 1)]


def test_an_event_that_fails_too_often_is_given_up_aloud_and_the_next_one_proceeds(
    tenant_a: Any, reactions: Reactions, deliver_events: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    def react(row: EventRow) -> None:
        if row.data["number"] == 1:
            raise ValueError
        seen.append(row.data["number"])

    reactions.append(react)
    tell(tenant_a, (1, 1), (1, 2))
    EventRow.objects.filter(data__number=1, name="core.counted").update(attempts=events.MAX_ATTEMPTS - 1)
    deliver_events()
    assert seen == [2]
    assert EventRow.objects.get(name="core.counted", data__number=1).error == "ValueError: "
    assert "event_given_up" in caplog.text


def test_a_pass_is_bounded_and_what_is_left_comes_with_the_next(tenant_a: Any, reactions: Reactions) -> None:
    tell(tenant_a, *((subject, 0) for subject in range(7)))
    assert [events.dispatch(limit=3) for _ in range(4)] == [3, 3, 1, 0]


def test_a_dispatcher_that_lingers_takes_what_comes_meanwhile(
    tenant_a: Any, reactions: Reactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(tenant_a, (1, 1))
    comes = iter([lambda: tell(tenant_a, (2, 1), (3, 1)), lambda: None])
    monkeypatch.setattr("time.sleep", lambda seconds: next(comes)())
    assert events.dispatch(linger=0.01) == 3
    assert next(comes, None) is None


def test_an_event_whose_kind_is_no_longer_known_does_not_stop_the_others(
    tenant_a: Any, reactions: Reactions, deliver_events: Deliver
) -> None:
    tell(tenant_a, (1, 1), (1, 2))
    EventRow.objects.filter(name="core.counted", data__number=1).update(name="gone.away")
    assert deliver_events() == 2


def test_dispatchers_at_once_deliver_each_event_once_and_in_order(committed: Committed, reactions: Reactions) -> None:
    seen: list[tuple[int, int]] = []

    def react(row: EventRow) -> None:
        time.sleep(0.005)
        seen.append((row.subject_id, row.data["number"]))

    reactions.append(react)
    tell(committed.tenant, *((number % 4, number) for number in range(40)))
    ready = threading.Barrier(3)

    def run() -> int:
        ready.wait()
        try:
            # A pass ends when the others hold all that may come next.
            return sum(events.dispatch() for _ in range(60))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        counts = [asked.result() for asked in [pool.submit(run) for _ in range(3)]]
    assert sum(counts) == 40
    assert sorted(seen) == sorted((number % 4, number) for number in range(40))
    for subject in range(4):
        assert [number for found, number in seen if found == subject] == list(range(subject, 40, 4))


def test_a_dispatcher_that_dies_in_the_middle_leaves_the_event_to_the_next(
    committed: Committed, reactions: Reactions
) -> None:
    class Died(BaseException):
        pass

    seen: list[int] = []

    def react(row: EventRow) -> None:
        if not seen:
            seen.append(0)
            raise Died
        seen.append(row.data["number"])

    reactions.append(react)
    tell(committed.tenant, (1, 1))
    with pytest.raises(Died):
        events.dispatch()
    assert waiting() == [(1, 1)]
    assert events.dispatch() == 1
    assert seen == [0, 1]


def queued() -> int:
    return int(redis.broker().call(lambda server: server.llen("celery")))


def test_many_commits_send_one_message_until_somebody_looks(committed: Committed) -> None:
    tell(committed.tenant, (1, 1), (2, 2))
    tell(committed.tenant, (3, 3))
    assert queued() == 1
    assert events.dispatch() == 3
    tell(committed.tenant, (4, 4))
    assert queued() == 2


def test_nothing_is_lost_while_the_broker_is_away(committed: Committed, reactions: Reactions, settings: Any) -> None:
    seen: list[int] = []
    reactions.append(lambda row: seen.append(row.data["number"]))
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    name = f"{committed.tenant.identifier}-two"
    assert committed.client.post("/sites", {"identifier": name, "name": "n"}).status_code == 201
    tell(committed.tenant, (1, 1))
    assert events.dispatch() == 2
    assert seen == [1]


def test_events_whose_reactions_take_several_come_together_and_the_one_that_fails_fails_alone(
    tenant_a: Any, tenant_b: Any, reactions: Reactions, deliver_events: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[list[int]] = []

    def react(rows: Sequence[EventRow]) -> None:
        seen.append([row.data["number"] for row in rows])
        if 3 in seen[-1]:
            raise ValueError("three")

    reactions.append(Together(react))
    tell(tenant_a, *((subject, subject) for subject in range(5)), (4, 9))
    tell(tenant_b, (1, 7))
    assert deliver_events() == 7
    # The second of a subject waits for the first; another tenant's come by themselves.
    assert seen == [[0, 1, 2, 3, 4], [0], [1], [2], [3], [4], [7], [9]]
    assert waiting() == [(3, 3)]
    assert EventRow.objects.get(name="core.counted", dispatched_at=None).error == "ValueError: three"


def test_of_several_events_those_are_told_to_the_lane_whose_writer_did_not(
    tenant_a: Any, deliver_events: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sizes: list[int] = []
    heard = SimpleNamespace(
        REACTIONS={Counted: [Together(lambda rows: sizes.append(len(rows)))]},
        TOUCHES={Counted: lambda row: [f"counter:{row.subject_id}"]},
    )
    monkeypatch.setattr(events, "listed", lambda: heard)
    monkeypatch.setattr(events, "touch", lambda *tags: told.extend(tags))
    tell(tenant_a, (1, 0), (2, 0), (3, 0))
    said = EventRow.objects.get(name="core.counted", subject_id=2)
    assert shared.touch([1], event=said.pk)
    assert deliver_events() == 3
    assert (sizes, sorted(told)) == ([3], ["counter:1", "counter:3"])


def test_together_are_few_and_only_those_that_react_alike(
    tenant_a: Any, reactions: Reactions, deliver_events: Deliver
) -> None:
    sizes: list[int] = []
    reactions.append(Together(lambda rows: sizes.append(len(rows))))
    tell(tenant_a, *((subject, 0) for subject in range(events.TOGETHER + 2)))
    assert deliver_events() == events.TOGETHER + 2
    assert sizes == [events.TOGETHER, 2]
    reactions.append(lambda row: None)
    tell(tenant_a, (1, 1), (2, 1))
    deliver_events()
    assert sizes[2:] == [1, 1]
