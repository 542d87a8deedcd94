"""Roles on single sites: who gives them, where they hold, and where not."""

from typing import Any

import pytest

from apps.accounts.models import Membership
from apps.accounts.services import users as service
from apps.core.actor import Actor
from apps.sites.services import sites
from conftest import AsRole, Users
from tests.client import ApiClient

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(because="tests")


@pytest.fixture
def second_site(site_a: Any) -> Any:
    return sites.create(actor=SYSTEM, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")


@pytest.fixture
def site_admin(site_a: Any) -> ApiClient:
    """A client of somebody who is site_admin on alpha-site and nothing elsewhere."""
    user = service.create(actor=SYSTEM, email="one-site@alpha.test", password=None, tenant=site_a.tenant)
    service.grant(actor=SYSTEM, user=user, tenant_id=site_a.tenant_id, role="site_admin", site_id=site_a.pk)
    return ApiClient().login(user)


def test_a_role_on_a_site_holds_there_and_is_listed_with_those_of_the_tenant(
    as_role: AsRole, users: Users, second_site: Any
) -> None:
    admin, viewer = as_role("tenant_admin"), users["alpha"]["viewer"]
    path = f"/sites/alpha-two/users/{viewer.pk}"
    given = admin.put(path, {"role": "editor"}).json()
    assert (given["role"], given["inherited"]) == ("editor", False)
    client = ApiClient().login(viewer)
    assert client.post("/alpha-two/posts", {"title": "X"}).status_code == 201
    assert client.post("/alpha-site/posts", {"title": "X"}).status_code == 403
    listed = {
        row["email"]: (row["role"], row["inherited"]) for row in admin.get("/sites/alpha-two/users").json()["items"]
    }
    assert listed["viewer@alpha.test"] == ("editor", False)
    assert listed["author@alpha.test"] == ("author", True)
    assert [(row["identifier"], row["role"]) for row in admin.get(f"/users/{viewer.pk}/sites").json()] == [
        ("alpha-site", "viewer"), ("alpha-two", "editor")
    ]  # fmt: skip
    assert admin.delete(path).status_code == 204
    assert client.get("/auth/currentuser").status_code == 401
    assert admin.delete(path).status_code == 404
    assert ApiClient().login(viewer).post("/alpha-two/posts", {"title": "X"}).status_code == 403


def test_who_administers_one_site_gives_roles_there_and_nowhere_else(
    site_admin: ApiClient, users: Users, second_site: Any
) -> None:
    viewer = users["alpha"]["viewer"]
    path = f"/sites/alpha-site/users/{viewer.pk}"
    assert site_admin.put(path, {"role": "site_admin"}).status_code == 200
    assert site_admin.delete(path).status_code == 204
    assert site_admin.put(path, {"role": "tenant_admin"}).json()["code"] == "users.above_own"
    assert site_admin.put(f"/sites/alpha-two/users/{viewer.pk}", {"role": "viewer"}).status_code == 404
    assert site_admin.put(f"/sites/beta-site/users/{viewer.pk}", {"role": "viewer"}).status_code == 404
    assert site_admin.get("/users").status_code == 403
    admin = users["alpha"]["tenant_admin"]
    answer = site_admin.put(f"/sites/alpha-site/users/{admin.pk}", {"role": "viewer"})
    assert (answer.status_code, answer.json()["code"]) == (403, "users.above_own")
    assert not Membership.objects.filter(site__identifier="alpha-site", user__in=[viewer, admin]).exists()


def test_a_role_on_a_site_does_not_wake_who_is_suspended(as_role: AsRole, users: Users, second_site: Any) -> None:
    admin, viewer = as_role("tenant_admin"), users["alpha"]["viewer"]
    admin.post(f"/users/{viewer.pk}/deactivate")
    assert admin.put(f"/sites/alpha-two/users/{viewer.pk}", {"role": "editor"}).json()["is_active"] is False
    assert ApiClient().login(viewer).get("/alpha-two/posts").status_code == 401
