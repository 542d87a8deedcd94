"""`Idempotency-Key`: one effect and one answer, whatever is repeated, at once or after a death."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from apps.accounts.services import users as people
from apps.core import errors, idempotency
from apps.core.actor import Actor
from apps.core.models import EventRow, IdempotencyKey
from apps.core.refusal import Refusal
from apps.sites import services
from apps.sites.models import Site
from conftest import Committed
from tests.client import ApiClient

pytestmark = pytest.mark.slow


def send(client: ApiClient, identifier: str, key: str = "key-1", **body: Any) -> Any:
    sent = {"identifier": identifier, "name": "A name", **body}
    return client.post("/sites", sent, headers={"Idempotency-Key": key} if key else {})


def effects(committed: Committed) -> tuple[int, int]:
    """Sites of the tenant beyond its first, and events that tell of them."""
    sites = Site.objects.filter(tenant=committed.tenant).count() - 1
    return sites, EventRow.objects.filter(tenant_id=committed.tenant.pk, name="sites.site_created").count()


def keys(committed: Committed) -> list[IdempotencyKey]:
    return list(IdempotencyKey.objects.filter(tenant_id=committed.tenant.pk).order_by("pk"))


def other(committed: Committed) -> str:
    return f"{committed.tenant.identifier}-two"


def test_the_same_key_and_body_have_one_effect_and_the_same_answer(committed: Committed) -> None:
    client = committed.client
    first, again = send(client, other(committed)), send(client, other(committed))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert effects(committed) == (1, 1)


def test_without_a_key_a_repetition_is_a_second_request(committed: Committed) -> None:
    client = committed.client
    assert [send(client, other(committed), key="").status_code for _ in range(2)] == [201, 409]
    assert keys(committed) == []


def test_another_body_under_the_same_key_is_422_and_has_no_effect(committed: Committed) -> None:
    client = committed.client
    send(client, other(committed))
    response = send(client, other(committed), description="changed")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency.reused")
    assert effects(committed) == (1, 1)


def test_the_order_of_members_is_no_other_body(committed: Committed) -> None:
    client, name = committed.client, other(committed)
    first = client.post("/sites", {"identifier": name, "name": "n"}, headers={"Idempotency-Key": "k"})
    again = client.post("/sites", {"name": "n", "identifier": name}, headers={"Idempotency-Key": "k"})
    assert again.content == first.content


@pytest.mark.parametrize("key", ["x" * 201, "a\tb", ""], ids=["long", "tab", "empty"])
def test_a_key_that_is_none_is_400(key: str, committed: Committed) -> None:
    response = committed.client.post(
        "/sites", {"identifier": other(committed), "name": "n"}, headers={"Idempotency-Key": key}
    )
    assert (response.status_code, response.json()["code"]) == (400, "idempotency.malformed")
    assert effects(committed) == (0, 0)


def test_while_the_first_request_runs_the_second_is_409_and_of_many_one_has_effect(
    committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, released = threading.Event(), threading.Event()
    create = services.sites.create

    def slow(**kwargs: Any) -> Site:
        entered.set()
        assert released.wait(10)
        return create(**kwargs)

    monkeypatch.setattr(services.sites, "create", slow)
    clients = [committed.client for _ in range(4)]

    def run(client: ApiClient) -> Any:
        try:
            return send(client, other(committed))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        running = pool.submit(run, clients[0])
        assert entered.wait(10)
        refused = [asked.result() for asked in [pool.submit(run, client) for client in clients[1:]]]
        released.set()
        first = running.result()
    assert [(response.status_code, response.json()["code"]) for response in refused] == [
        (409, "idempotency.running")
    ] * 3
    assert [response["Retry-After"] for response in refused] == ["1"] * 3
    assert first.status_code == 201
    assert send(clients[1], other(committed)).content == first.content
    assert effects(committed) == (1, 1)


def test_a_refusal_is_kept_and_repeated_though_it_would_no_longer_be_one(committed: Committed) -> None:
    client, name = committed.client, committed.site.identifier
    first = send(client, name)
    assert (first.status_code, first.json()["code"]) == (409, "sites.identifier.taken")
    Site.objects.filter(pk=committed.site.pk).update(identifier=f"{name}-moved")
    again = send(client, name)
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (409, first.content, "true")
    assert send(client, name, key="key-2").status_code == 201


@pytest.mark.parametrize(
    "thrown",
    [
        errors.NotSignedIn(),
        errors.Forbidden(),
        errors.RateLimited(),
        errors.Unavailable(),
        OperationalError(),
        KeyError("bug"),
    ],
    ids=["401", "403", "429", "503", "database", "bug"],
)
def test_what_says_nothing_of_the_request_is_not_kept(
    thrown: Exception, committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(**kwargs: Any) -> None:
        raise thrown

    client = committed.client
    client.raise_request_exception = client.conforming = False
    with monkeypatch.context() as patch:
        patch.setattr(services.sites, "create", create)
        expected = thrown.status if isinstance(thrown, Refusal) else 500 if isinstance(thrown, KeyError) else 503
        assert send(client, other(committed)).status_code == expected
    assert keys(committed) == []
    assert send(client, other(committed)).status_code == 201
    assert effects(committed) == (1, 1)


def test_what_is_not_valid_takes_no_key(committed: Committed) -> None:
    client = committed.client
    assert send(client, other(committed), name="").status_code == 400
    assert keys(committed) == []
    assert send(client, other(committed)).status_code == 201


def test_a_failure_after_the_effect_takes_the_effect_with_it(
    committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = committed.client
    client.raise_request_exception = client.conforming = False
    with monkeypatch.context() as patch:
        patch.setattr("apps.core.operation.represent", lambda *_: 1 / 0)
        assert send(client, other(committed)).status_code == 500
    assert (effects(committed), keys(committed)) == ((0, 0), [])
    assert send(client, other(committed)).status_code == 201


def test_a_key_belongs_to_tenant_principal_and_operation(committed: Committed) -> None:
    system = Actor.system(because="tests")
    second = people.create(
        actor=system, email=f"second@{committed.tenant.identifier}.test", password=None, tenant=committed.tenant
    )
    people.grant(actor=system, user=second, tenant_id=committed.tenant.pk, role="tenant_admin")
    assert send(committed.client, other(committed)).status_code == 201
    assert send(ApiClient().login(second), f"{other(committed)}-b").status_code == 201
    scopes = [(row.tenant_id, row.principal, row.operation) for row in keys(committed)]
    assert scopes == [
        (committed.tenant.pk, f"user:{committed.admin.pk}", "sites_create"),
        (committed.tenant.pk, f"user:{second.pk}", "sites_create"),
    ]


def dead(committed: Committed, **changes: Any) -> None:
    """Leaves a claim as a process leaves it that died in the middle."""
    send(committed.client, other(committed))
    IdempotencyKey.objects.filter(tenant_id=committed.tenant.pk).update(
        status=None, body=None, headers={}, lease_until=timezone.now() - timedelta(seconds=1), **changes
    )
    Site.objects.filter(tenant=committed.tenant).exclude(pk=committed.site.pk).delete()
    EventRow.objects.filter(tenant_id=committed.tenant.pk).delete()


def test_a_claim_whose_process_died_is_taken_over_after_its_lease_by_one(committed: Committed) -> None:
    dead(committed)
    clients, ready = [committed.client for _ in range(4)], threading.Barrier(4)

    def run(client: ApiClient) -> Any:
        ready.wait()
        try:
            return send(client, other(committed)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = [asked.result() for asked in [pool.submit(run, client) for client in clients]]
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert effects(committed) == (1, 1)


def test_a_dead_claim_is_not_taken_over_by_another_request(committed: Committed) -> None:
    dead(committed)
    assert send(committed.client, other(committed), description="changed").status_code == 422


def test_a_claim_that_was_taken_over_has_no_effect_any_more(
    committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = services.sites.create

    def overtaken(**kwargs: Any) -> Site:
        site = create(**kwargs)
        IdempotencyKey.objects.filter(tenant_id=committed.tenant.pk).update(
            lease_until=timezone.now() + idempotency.LEASE
        )
        return site

    monkeypatch.setattr(services.sites, "create", overtaken)
    response = send(committed.client, other(committed))
    assert (response.status_code, response.json()["code"]) == (409, "idempotency.running")
    assert effects(committed) == (0, 0)


def test_after_a_day_a_key_may_be_used_anew(committed: Committed) -> None:
    client = committed.client
    send(client, other(committed))
    IdempotencyKey.objects.filter(tenant_id=committed.tenant.pk).update(
        created_at=timezone.now() - idempotency.KEPT - timedelta(seconds=1)
    )
    response = send(client, f"{other(committed)}-b")
    assert (response.status_code, response.json()["identifier"]) == (201, f"{other(committed)}-b")
    assert len(keys(committed)) == 1
    assert send(client, f"{other(committed)}-b").content == response.content


def test_keys_are_deleted_when_they_are_a_day_old(committed: Committed) -> None:
    client = committed.client
    send(client, other(committed), key="old")
    IdempotencyKey.objects.update(created_at=timezone.now() - idempotency.KEPT - timedelta(seconds=1))
    send(client, f"{other(committed)}-b", key="new")
    assert idempotency.purge() == 1
    assert [row.key for row in keys(committed)] == ["new"]


def test_a_dry_run_answers_what_would_have_been_and_has_no_effect(committed: Committed) -> None:
    client, name = committed.client, other(committed)
    body = {"identifier": name, "name": "A name"}
    response = client.post("/sites?dry_run=true", body, headers={"Idempotency-Key": "key-1"})
    told = response.json()
    assert response.status_code == 200
    assert (told["dry_run"], told["status"], told["result"]["identifier"]) == (True, 201, name)
    assert [(event["name"], event["subject"]) for event in told["events"]] == [("sites.site_created", "site")]
    assert (effects(committed), keys(committed)) == ((0, 0), [])
    assert client.post("/sites?dry_run=true", {**body, "identifier": "no good"}).status_code == 400


def test_a_dry_run_of_what_cannot_be_undone_is_refused(committed: Committed) -> None:
    client = committed.client
    response = client.post("/auth/logout?dry_run=true")
    assert (response.status_code, response.json()["code"]) == (400, "dry_run_unsupported")
    assert client.get("/auth/currentuser").status_code == 200
