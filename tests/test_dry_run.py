"""`?dry_run=true`: the same answer, and nothing else. Every operation that only changes rows is tried, new ones too."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import Celery, Task
from django.core.files.storage import default_storage
from django.db import connection, transaction

import cognitor.urls  # noqa: F401 - declares all operations
from apps.core import operation
from apps.core.middleware import RequestLog
from apps.core.models import EventRow
from apps.core.operation import OPERATIONS
from apps.core.tenancy import inside
from apps.media.tests import factories as files
from apps.sites.models import Tenant
from conftest import Committed
from tests import dry_money, pair
from tests.client import ApiClient, operations
from tests.dry_world import CASES, UNSUPPORTED, World, a_world

pytestmark = pytest.mark.slow

ROWS = sorted(name for name, declared in OPERATIONS.items() if declared.effects == "rows")
OTHERS = sorted(
    name for name, declared in OPERATIONS.items() if declared.effects != "rows" and operations()[name][0] != "GET"
)
VOLATILE = dry_money.VOLATILE | {
    "id", "created_at", "updated_at", "published_at", "type_id", "finished_at", "cancel_requested_at", "prefix", "key",
    "previous_until",
}  # fmt: skip
# Without a site or a job in the path: what a stranger would reach there is its own tenant's, or an id in it.
OF_THE_TENANT = (
    "sites",
    "users",
    "roles",
    "service-accounts",
    "tenants",
    "prompts",
    "admin",
    *dry_money.PATHS,
    "search",
)
OF_THE_PLATFORM = ("/tenants", "/admin/", "/cost-settings", "/transactions")


@pytest.fixture(scope="module")
def world(committed_for_all: Committed) -> Iterator[World]:
    """One for all tests here, which change nothing or take it back."""
    with a_world(committed_for_all) as made:
        yield made


@pytest.fixture
def taken_back(world: World) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    connection.set_schema_to_public()


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was reached for from where a dry run begins to where its request ends; none of it is let through."""
    reached: list[str] = []
    handle = RequestLog.__call__
    inside_dry_run = False

    def watch(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def guarded(*args: Any, **kwargs: Any) -> Any:
            if inside_dry_run:
                reached.append(f"{getattr(owner, '__name__', owner)}.{name}")
                raise AssertionError(reached[-1])
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, guarded)

    original = operation._dry_run

    def begin(*args: Any) -> Any:
        nonlocal inside_dry_run
        inside_dry_run = True
        return original(*args)

    def end(*args: Any) -> Any:
        nonlocal inside_dry_run
        try:
            return handle(*args)
        finally:
            inside_dry_run = False

    monkeypatch.setattr(operation, "_dry_run", begin)
    monkeypatch.setattr(RequestLog, "__call__", end)
    for name in ("connect", "connect_ex", "send", "sendall", "sendto"):
        watch(socket.socket, name)
    watch(redis.Redis, "execute_command")
    watch(redis.client.Pipeline, "execute")
    watch(Task, "apply_async")
    watch(Celery, "send_task")
    # `url` only writes an address down, which is no call.
    for name in ("open", "save", "delete", "exists", "listdir", "size", "get_modified_time"):
        watch(type(default_storage._wrapped), name)  # type: ignore[attr-defined]
    return reached


def digest(tenant: Tenant) -> dict[str, tuple[int, str]]:
    """Count and digest of the rows of every table of the tenant's schema and of the shared ones."""
    found: dict[str, tuple[int, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', %s)",
            [tenant.schema_name],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()
    assert any(table.startswith("public.") for table in found)
    assert any(table.startswith(tenant.schema_name) for table in found)
    return found


def send(world: World, name: str, *, dry: bool) -> Any:
    method, path, body = CASES[name](world)
    if dry:
        path += ("&" if "?" in path else "?") + "dry_run=true"
    client = world.platform if path.startswith(OF_THE_PLATFORM) else world.client
    return getattr(client, method)(path, body)


def lasting(found: Any) -> Any:
    """The answer without what is another each time, in members of it too."""
    if isinstance(found, list):
        return [lasting(one) for one in found]
    return {k: lasting(v) for k, v in found.items() if k not in VOLATILE} if isinstance(found, dict) else found


def test_every_operation_that_changes_rows_only_is_tried_here() -> None:
    assert sorted(CASES) == ROWS, "an operation with effects='rows' came or went: CASES must say how it is called"
    assert sorted(UNSUPPORTED) == OTHERS, "an unsafe operation came or went: UNSUPPORTED must say how it is called"


@pytest.mark.parametrize("name", ROWS)
def test_a_dry_run_changes_no_row_and_calls_nobody(name: str, world: World, sealed: list[str]) -> None:
    before = digest(world.own.tenant)
    response = send(world, name, dry=True)
    assert (response.status_code, response.json()["dry_run"], sealed) == (200, True, [])
    assert digest(world.own.tenant) == before


@pytest.mark.parametrize("name", ROWS)
def test_a_dry_run_says_what_then_happens(name: str, world: World, taken_back: None) -> None:
    told = send(world, name, dry=True).json()
    last = EventRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    response = send(world, name, dry=False)
    assert response.status_code == told["status"]
    done: Any = response.json() if response.content else None
    assert lasting(told["result"]) == lasting(done)
    assert type(told["result"]) is type(done)
    assert not isinstance(done, dict) or told["result"].keys() == done.keys()
    rows = EventRow.objects.filter(pk__gt=last).order_by("pk")
    happened = [(row.name, row.subject_type, row.subject_version, row.data) for row in rows]
    own = {"name", "subject", "subject_id", "version"}
    assert [
        (event["name"], event["subject"], event["version"], {k: v for k, v in event.items() if k not in own})
        for event in told["events"]
    ] == happened
    assert happened or name in ("jobs_cancel", "users_activate")


@pytest.mark.parametrize("name", OTHERS)
def test_what_a_rollback_does_not_undo_is_not_tried(name: str, world: World, sealed: list[str]) -> None:
    before, stored = digest(world.own.tenant), files.stored(world.own.site)
    response = UNSUPPORTED[name](world)
    assert (response.status_code, response.json()["code"], sealed) == (400, "dry_run_unsupported", [])
    assert digest(world.own.tenant) == before
    assert files.stored(world.own.site) == stored


@pytest.mark.parametrize("name", ROWS)
def test_a_dry_run_needs_the_same_permission(name: str, world: World, users: dict[str, dict[str, Any]]) -> None:
    method, path, body = CASES[name](world)
    path += ("&" if "?" in path else "?") + "dry_run=true"
    stranger = ApiClient().login(users["beta"]["tenant_admin"])
    before = digest(world.own.tenant)
    anonymous = getattr(ApiClient(), method)(path, body)
    assert anonymous.status_code == 401
    if path.split("?")[0].split("/")[1] in OF_THE_TENANT and world.site not in path:
        viewer = ApiClient().login(users["beta"]["viewer"])
        assert getattr(viewer, method)(path, body).status_code == 403
    elif path.startswith("/auth/currentuser"):  # any token's holder may try to change itself
        assert getattr(stranger, method)(path, body).json()["result"]["email"] == pair.email("tenant_admin", "beta")
    else:
        assert getattr(stranger, method)(path, body).status_code == 404
    assert {t: v for t, v in digest(world.own.tenant).items() if "session" not in t} == {
        t: v for t, v in before.items() if "session" not in t
    }


def test_a_refusal_is_the_same_in_a_dry_run_and_leaves_nothing(world: World) -> None:
    path = f"/{world.site}/posts/{world.post['id']}"
    before = digest(world.own.tenant)
    answers = [world.client.delete(path + query) for query in ("?dry_run=true", "")]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json() == answers[1].json()
    body = {"type_id": world.kind["id"], "data": {"story": "no number"}}
    answers = [world.client.post(f"/{world.site}/elements{query}", body) for query in ("?dry_run=true", "")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert digest(world.own.tenant) == before


def test_a_dry_run_leaves_the_request_after_it_as_it_was(world: World, taken_back: None) -> None:
    send(world, "posts_update", dry=True)
    with inside(world.own.tenant):
        assert send(world, "posts_update", dry=False).status_code == 200
    found = world.client.get(f"/{world.site}/posts/{world.post['id']}").json()
    assert (found["title"], found["version"]) == ("Dry", world.post["version"] + 1)
    events = EventRow.objects.filter(tenant_id=world.own.tenant.pk, subject_type="post", name="content.post_published")
    assert events.count() == 2
