"""Tenants: what they see of themselves, and what those who run the installation do with them."""

from typing import Any

import pytest

from apps.core.models import EventRow
from apps.core.tenancy import inside
from apps.sites import selectors
from apps.sites.models import LIMITS, Tenant
from conftest import AsRole
from tests.client import ApiClient


def told(tenant: Tenant) -> list[str]:
    """Names of the events about the tenant, in its own history."""
    rows = EventRow.objects.filter(tenant_id=tenant.pk, subject_type="tenant", subject_id=tenant.pk).order_by("pk")
    return list(rows.values_list("name", flat=True))


def test_a_member_sees_plan_limits_and_usage_of_its_own_tenant(as_role: AsRole, tenant_a: Tenant) -> None:
    client = as_role("tenant_admin")
    client.post("/sites", {"identifier": "second", "name": "2"})
    client.post("/sites", {"identifier": "third", "name": "3"})
    client.delete("/sites/third?confirm=third")
    tenant_a.refresh_from_db()
    found = as_role("viewer").get("/tenants/current").json()
    assert found.pop("created_at")
    assert found == {
        "id": tenant_a.pk,
        "identifier": "alpha",
        "name": "Twin",
        "email": "",
        "status": "active",
        "plan": "standard",
        "limits": LIMITS,
        "usage": {"users": 5, "sites": 2, "storage_bytes": 0, "elements": 0},
    }
    assert as_role("viewer", tenant="beta").get("/tenants/current").json()["usage"]["sites"] == 1


def test_a_platform_admin_without_a_tenant_has_no_current_one(platform: ApiClient) -> None:
    assert platform.get("/tenants/current").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "tenant_admin"])
def test_members_may_not_look_at_tenants_not_even_their_own(role: str, as_role: AsRole, tenant_a: Tenant) -> None:
    client, before = as_role(role), Tenant.objects.count()
    assert client.get("/tenants").status_code == 403
    assert client.get(f"/tenants/{tenant_a.pk}").status_code == 403
    assert client.post("/tenants", {"identifier": "mine", "name": "x"}).status_code == 403
    assert client.patch(f"/tenants/{tenant_a.pk}", {"limits": {"sites": 1000}}).status_code == 403
    tenant_a.refresh_from_db()
    assert (tenant_a.limits, Tenant.objects.count()) == ({}, before)


def test_tenants_are_listed_searched_and_filtered(platform: ApiClient) -> None:
    page = platform.get("/tenants").json()
    assert [one["identifier"] for one in page["items"]] == ["alpha", "beta"]
    assert (page["total"], page["page"], page["has_next"]) == (2, 1, False)
    assert [one["identifier"] for one in platform.get("/tenants?q=ALPH").json()["items"]] == ["alpha"]
    assert platform.get("/tenants?q=twin&size=1&sort=-identifier").json()["items"][0]["identifier"] == "beta"
    assert platform.get("/tenants?status=suspended").json()["total"] == 0
    for wrong in ("status=gone", "sort=schema_name", "identifier=alpha", "q=%00"):
        assert platform.get(f"/tenants?{wrong}").status_code == 400


def test_a_created_tenant_has_a_schema_and_serves_at_once(platform: ApiClient) -> None:
    answer = platform.post("/tenants", {"identifier": "gamma", "name": "Gamma", "email": "g@gamma.test"})
    assert answer.status_code == 201
    found = answer.json()
    assert (found["identifier"], found["status"], found["email"]) == ("gamma", "active", "g@gamma.test")
    assert "schema_name" not in found
    tenant = Tenant.objects.get(pk=found["id"])
    assert selectors.usable(tenant) == tenant
    with inside(tenant):
        assert told(tenant) == ["sites.tenant_created"]
    assert platform.get(f"/tenants/{tenant.pk}").json() == found


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"identifier": "alpha"}, 409, "sites.identifier.taken"),
        ({"identifier": "admin"}, 400, "sites.identifier.reserved"),
        ({"identifier": "Not a slug"}, 400, "sites.identifier.malformed"),
        ({"identifier": "delta", "schema_name": "public"}, 400, "invalid"),
        ({"identifier": "delta", "status": "active", "id": 1}, 400, "invalid"),
        ({"identifier": "delta", "email": "nobody"}, 400, "invalid"),
        ({}, 400, "invalid"),
    ],
)
def test_a_tenant_that_cannot_be_made_leaves_nothing(body: Any, status: int, code: str, platform: ApiClient) -> None:
    before = (Tenant.objects.count(), EventRow.objects.count())
    answer = platform.post("/tenants", {"name": "Delta", **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (Tenant.objects.count(), EventRow.objects.count()) == before


@pytest.mark.parametrize("tenant_id", ["0", "999999999", "9" * 19, "-1", "abc", "%00"])
def test_ids_of_no_tenant_are_404(tenant_id: str, platform: ApiClient) -> None:
    assert platform.get(f"/tenants/{tenant_id}").status_code == 404
    assert platform.patch(f"/tenants/{tenant_id}", {"name": "x"}).status_code == 404


def test_name_plan_and_limits_change_one_by_one_and_null_gives_the_default_back(
    platform: ApiClient, tenant_a: Tenant
) -> None:
    path = f"/tenants/{tenant_a.pk}"
    answer = platform.patch(path, {"name": "Renamed", "plan": "large", "limits": {"sites": 3, "users": 7}}).json()
    assert (answer["name"], answer["plan"], answer["status"]) == ("Renamed", "large", "active")
    assert answer["limits"] == LIMITS | {"sites": 3, "users": 7}
    assert platform.patch(path, {"limits": {"users": None}}).json()["limits"] == LIMITS | {"sites": 3}
    tenant_a.refresh_from_db()
    assert tenant_a.limits == {"sites": 3}
    assert told(tenant_a)[-2:] == ["sites.tenant_changed"] * 2
    last = EventRow.objects.filter(name="sites.tenant_changed").order_by("pk").values_list("data", flat=True)
    assert list(last) == [{"fields": ["limits", "name", "plan"]}, {"fields": ["limits"]}]


@pytest.mark.parametrize(
    "body",
    [
        {"identifier": "other"},
        {"schema_name": "public"},
        {"uid": "00000000-0000-4000-8000-000000000001"},
        {"status": "deleting"},
        {"status": "provisioning"},
        {"limits": {"sites": -1}},
        {"limits": {"sites": 10**16}},
        {"limits": {"sites": "many"}},
        {"limits": {"credits": 1}},
        {"limits": []},
    ],
)
def test_what_a_tenant_cannot_be_given_is_400_and_changes_nothing(
    body: Any, platform: ApiClient, tenant_a: Tenant
) -> None:
    before, events = Tenant.objects.filter(pk=tenant_a.pk).values().get(), EventRow.objects.count()
    answer = platform.patch(f"/tenants/{tenant_a.pk}", {"name": "Changed", **body})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert Tenant.objects.filter(pk=tenant_a.pk).values().get() == before
    assert EventRow.objects.count() == events


def test_a_suspended_tenant_is_out_of_reach_from_the_next_request_until_it_is_resumed(
    platform: ApiClient, api: ApiClient, as_role: AsRole, tenant_a: Tenant
) -> None:
    clients = [as_role("tenant_admin"), as_role("viewer")]
    paths = ("/sites", "/alpha-site/posts", "/tenants/current", "/sites/alpha-site/settings")
    assert {client.get(path).status_code for client in clients for path in paths} == {200}
    assert api.get("/public/alpha-site").status_code == 200

    suspended = platform.patch(f"/tenants/{tenant_a.pk}", {"status": "suspended"})
    assert (suspended.status_code, suspended.json()["status"]) == (200, "suspended")
    assert {client.get(path).status_code for client in clients for path in paths} == {401}
    assert clients[0].post("/sites", {"identifier": "more", "name": "x"}).status_code == 401
    assert api.get("/public/alpha-site").status_code == 404
    assert api.get("/public/alpha-site/posts").content == api.get("/public/no-such-site/posts").content
    assert as_role("tenant_admin", tenant="beta").get("/sites").status_code == 200

    assert platform.patch(f"/tenants/{tenant_a.pk}", {"status": "suspended"}).status_code == 200
    assert platform.patch(f"/tenants/{tenant_a.pk}", {"status": "active"}).status_code == 200
    assert api.get("/public/alpha-site").status_code == 200
    assert as_role("viewer").get("/sites").status_code == 200
    assert told(tenant_a)[-2:] == ["sites.tenant_suspended", "sites.tenant_resumed"]


def test_a_tenant_in_another_state_keeps_it(platform: ApiClient, tenant_a: Tenant) -> None:
    Tenant.objects.filter(pk=tenant_a.pk).update(status="provisioning")
    answer = platform.patch(f"/tenants/{tenant_a.pk}", {"status": "active"})
    assert (answer.status_code, answer.json()["code"]) == (409, "sites.tenant.unsettled")
    assert answer.json()["detail"]["state"] == "provisioning"
    tenant_a.refresh_from_db()
    assert tenant_a.status == "provisioning"
    assert platform.patch(f"/tenants/{tenant_a.pk}", {"name": "Still mine"}).status_code == 200
