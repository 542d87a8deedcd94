"""Members of a tenant: who may invite, change, suspend and remove whom, and what of them another tenant can see."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.errors import LastAdmin
from apps.accounts.models import Membership, Session, User
from apps.accounts.services import members
from apps.core.actor import Actor
from apps.core.models import EventRow
from conftest import AsRole, Users
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def ids(answer: Any) -> list[int]:
    return [item["id"] for item in answer.json()["items"]]


def invite(client: ApiClient, email: str, role: str = "viewer", **more: Any) -> Any:
    return client.post("/users", {"email": email, "role": role, **more})


def test_the_list_holds_the_members_of_this_tenant_by_address(as_role: AsRole) -> None:
    answer = as_role("site_admin").get("/users").json()
    assert [item["email"] for item in answer["items"]] == [
        f"{role}@alpha.test" for role in ("author", "editor", "site_admin", "tenant_admin", "viewer")
    ]
    assert (answer["total"], answer["has_next"]) == (5, False)
    assert answer["items"][1].keys() == {"id", "email", "name", "role", "is_active", "created_at", "sites"}
    assert [answer["items"][1][name] for name in ("name", "role", "is_active", "sites")] == [
        "Twin editor", "editor", True, []
    ]  # fmt: skip


def test_filters_are_those_that_are_named_and_no_other(as_role: AsRole, users: Users) -> None:
    client, editor = as_role("tenant_admin"), users["alpha"]["editor"]
    client.post(f"/users/{editor.pk}/deactivate")
    assert ids(client.get("/users?q=Twin edi")) == [editor.pk]
    assert ids(client.get("/users?role=editor")) == [editor.pk]
    assert ids(client.get("/users?active=false")) == [editor.pk]
    assert len(ids(client.get("/users?active=true&size=2&page=2"))) == 2
    for query in (
        "password__startswith=a",
        "email=x",
        "is_platform_admin=true",
        "home_tenant__name=x",
        "sort=password",
    ):
        assert client.get(f"/users?{query}").status_code == 400


@pytest.mark.parametrize("role", ["viewer", "author", "editor"])
def test_who_may_not_read_members_is_refused(role: str, as_role: AsRole) -> None:
    assert as_role(role).get("/users").status_code == 403


def test_a_new_and_a_known_address_are_invited_with_the_same_answer(as_role: AsRole, users: Users) -> None:
    client = as_role("tenant_admin")
    known = invite(client, " Editor@Beta.test ", name="Guest")
    new = invite(client, "new@nowhere.test", name="Guest")
    assert (known.status_code, new.status_code) == (201, 201)
    differing = {"id", "email", "created_at"}
    assert {k: v for k, v in known.json().items() if k not in differing} == {
        k: v for k, v in new.json().items() if k not in differing
    }
    assert (known.json()["name"], known.json()["id"]) == ("Guest", users["beta"]["editor"].pk)
    told = EventRow.objects.filter(tenant_id=users["alpha"]["editor"].home_tenant_id).order_by("-pk")[:2]
    assert [(row.name, row.data) for row in told] == [("accounts.user_invited", {"role": "viewer"})] * 2
    dry = [
        client.post("/users?dry_run=true", {"email": email}).json()
        for email in ("author@beta.test", "newer@nowhere.test")
    ]
    assert [event["name"] for event in dry[0]["events"]] == [event["name"] for event in dry[1]["events"]]
    users["beta"]["editor"].refresh_from_db()
    assert users["beta"]["editor"].name == "Twin editor"
    assert not User.objects.get(email="new@nowhere.test").has_usable_password()


def test_a_member_is_not_invited_twice(as_role: AsRole) -> None:
    answer = invite(as_role("tenant_admin"), "editor@alpha.test")
    assert (answer.status_code, answer.json()["code"]) == (409, "users.already_member")
    assert Membership.objects.filter(user__email="editor@alpha.test").count() == 1


def test_members_of_the_body_that_are_not_the_callers_to_set_change_nothing(as_role: AsRole, users: Users) -> None:
    forbidden = {
        "id": 1, "uid": "x", "password": "chosen-for-you", "is_platform_admin": True, "is_staff": True, "tenant": 2,
        "tenant_id": users["beta"]["editor"].home_tenant_id, "home_tenant": 2, "is_active": False, "is_superuser": True,
        "created_at": "2001-01-01T00:00:00Z", "custom_role": 1, "site_id": 1, "email": "victim@alpha.test",
    }  # fmt: skip
    client = as_role("tenant_admin")
    made = invite(client, **{**forbidden, "email": "massive@alpha.test"}).json()
    client.patch(f"/users/{made['id']}", {**forbidden, "name": "Renamed"})
    user = User.objects.get(email="massive@alpha.test")
    assert (user.pk, user.name, user.is_platform_admin, user.is_active) == (made["id"], "Renamed", False, True)
    assert (user.has_usable_password(), user.home_tenant) == (False, users["alpha"]["editor"].home_tenant)
    assert user.created_at.year > 2001
    assert [(m.tenant_id, m.role, m.site_id) for m in user.memberships.all()] == [(user.home_tenant_id, "viewer", None)]


def limited(as_role: AsRole) -> ApiClient:
    """A client whose role holds `users.write` and `roles.write` and little else."""
    admin = as_role("tenant_admin")
    codes_held = ["users.read", "users.write", "roles.write", "content.read"]
    assert admin.post("/roles", {"name": "clerk", "codes": codes_held}).status_code == 201
    made = invite(admin, "clerk@alpha.test", "clerk").json()
    return ApiClient().login(User.objects.get(pk=made["id"]))


def test_nobody_grants_a_role_with_codes_that_it_lacks(as_role: AsRole, users: Users) -> None:
    clerk = limited(as_role)
    answer = invite(clerk, "friend@alpha.test", "editor")
    assert (answer.status_code, answer.json()["code"]) == (403, "users.above_own")
    assert "content.publish" in answer.json()["detail"]["codes"]
    assert not User.objects.filter(email="friend@alpha.test").exists()
    assert invite(clerk, "friend@alpha.test", "clerk").status_code == 201
    own = User.objects.get(email="clerk@alpha.test").pk
    assert clerk.patch(f"/users/{own}", {"role": "tenant_admin"}).status_code == 403
    assert User.objects.get(pk=own).memberships.get().role_name == "clerk"


@pytest.mark.parametrize("verb", ["patch", "delete", "activate", "deactivate"])
def test_nobody_changes_who_holds_more(verb: str, as_role: AsRole, users: Users) -> None:
    clerk, editor = limited(as_role), users["alpha"]["editor"]
    before = EventRow.objects.count()
    path = f"/users/{editor.pk}"
    answer = {
        "patch": lambda: clerk.patch(path, {"role": "clerk"}),
        "delete": lambda: clerk.delete(path),
        "activate": lambda: clerk.post(f"{path}/activate"),
        "deactivate": lambda: clerk.post(f"{path}/deactivate"),
    }[verb]()
    assert (answer.status_code, answer.json()["code"]) == (403, "users.above_own")
    assert EventRow.objects.count() == before
    membership = Membership.objects.get(user=editor)
    assert (membership.role, membership.is_active) == ("editor", True)


def test_ids_of_another_tenant_are_met_like_ids_of_nobody(as_role: AsRole, users: Users) -> None:
    client, theirs = as_role("tenant_admin"), users["beta"]["editor"]
    for pk in (theirs.pk, 999_999_999, 0, 10**18 - 1):
        answers = [
            client.get(f"/users/{pk}"),
            client.get(f"/users/{pk}/sites"),
            client.patch(f"/users/{pk}", {"role": "viewer"}),
            client.delete(f"/users/{pk}"),
            client.post(f"/users/{pk}/activate"),
            client.post(f"/users/{pk}/deactivate"),
            client.put(f"/sites/alpha-site/users/{pk}", {"role": "viewer"}),
            client.delete(f"/sites/alpha-site/users/{pk}"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 8
    for pk in ("-1", "1" * 10_000, "%00", "11111111-1111-4111-8111-111111111111"):
        assert client.get(f"/users/{pk}").status_code == 404
    assert Membership.objects.get(user=theirs).role == "editor"


def test_a_role_that_does_not_exist_is_refused(as_role: AsRole, users: Users) -> None:
    answer = as_role("tenant_admin").patch(f"/users/{users['alpha']['editor'].pk}", {"role": "platform_admin"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "role")


def test_a_new_role_holds_from_the_next_request_and_ends_the_sessions(as_role: AsRole, users: Users) -> None:
    editor, admin = as_role("editor"), as_role("tenant_admin")
    user = users["alpha"]["editor"]
    assert admin.patch(f"/users/{user.pk}", {"role": "viewer"}).json()["role"] == "viewer"
    assert editor.get("/auth/currentuser").status_code == 401
    assert Session.objects.get(user=user).end_reason == "role"
    again = ApiClient().login(user)
    assert again.get("/auth/currentuser").json()["role"] == "viewer"
    assert again.post("/alpha-site/posts", {"title": "X"}).status_code == 403
    assert admin.patch(f"/users/{user.pk}", {"role": "viewer", "name": "Same"}).json()["name"] == "Same"
    assert again.get("/auth/currentuser").json()["name"] == "Same"


def test_deactivation_ends_sessions_here_and_nowhere_else(as_role: AsRole, users: Users, tenant_a: Any) -> None:
    guest, admin = users["beta"]["editor"], as_role("tenant_admin")
    invite(admin, guest.email, "editor")
    body = {"username": guest.email, "password": pair.PASSWORD}
    tokens = ApiClient().post("/auth/login", {**body, "tenant": "alpha"}).json()
    here, home = ApiClient().bearer(tokens["access_token"]), ApiClient().login(guest)
    assert admin.post(f"/users/{guest.pk}/deactivate").json()["is_active"] is False
    assert ApiClient().post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert here.get("/auth/currentuser").status_code == 401
    assert home.get("/auth/currentuser").json()["tenant"]["identifier"] == "beta"
    assert ApiClient().login(guest, tenant_a).get("/auth/currentuser").status_code == 401
    assert ApiClient().post("/auth/login", {**body, "tenant": "alpha"}).status_code == 403
    assert ApiClient().post("/auth/login", body).status_code == 200
    assert admin.post(f"/users/{guest.pk}/activate").json()["is_active"] is True
    assert ApiClient().login(guest, tenant_a).get("/auth/currentuser").json()["role"] == "editor"


def test_who_is_deactivated_is_not_let_into_the_admin(as_role: AsRole, users: Users) -> None:
    user, browser = users["alpha"]["editor"], Client()
    browser.force_login(user)
    assert browser.get("/admin/").status_code == 200
    as_role("tenant_admin").post(f"/users/{user.pk}/deactivate")
    assert browser.get("/admin/").status_code == 302


def test_removing_a_member_anonymises_who_is_a_member_nowhere_any_more(as_role: AsRole, users: Users) -> None:
    editor, user = as_role("editor"), users["alpha"]["editor"]
    admin = as_role("tenant_admin")
    assert admin.delete(f"/users/{user.pk}").status_code == 204
    assert editor.get("/auth/currentuser").status_code == 401
    user.refresh_from_db()
    assert (user.email, user.name, user.is_active) == (f"deleted-{user.uid}@invalid", "", False)
    assert not user.has_usable_password()
    assert admin.get(f"/users/{user.pk}").status_code == 404
    told = EventRow.objects.filter(subject_type="user", subject_id=user.pk).order_by("-pk")[:2]
    assert [row.name for row in told] == ["accounts.user_anonymised", "accounts.membership_removed"]
    assert invite(admin, "editor@alpha.test").json()["id"] != user.pk


def test_removing_a_guest_leaves_it_its_home(as_role: AsRole, users: Users, tenant_a: Any) -> None:
    guest, admin = users["beta"]["editor"], as_role("tenant_admin")
    invite(admin, guest.email, "editor")
    here, home = ApiClient().login(guest, tenant_a), ApiClient().login(guest)
    assert admin.delete(f"/users/{guest.pk}").status_code == 204
    assert here.get("/auth/currentuser").status_code == 401
    assert home.get("/auth/currentuser").json()["email"] == guest.email
    guest.refresh_from_db()
    assert (guest.name, guest.is_active, guest.home_tenant_id) == ("Twin editor", True, guest.home_tenant_id)


def test_a_platform_administrator_is_never_anonymised(as_role: AsRole) -> None:
    platform = User.objects.get(email=pair.PLATFORM)
    invite(as_role("tenant_admin"), platform.email, "viewer")
    assert as_role("tenant_admin").delete(f"/users/{platform.pk}").status_code == 204
    platform.refresh_from_db()
    assert (platform.email, platform.is_active) == (pair.PLATFORM, True)


def test_the_last_administrator_can_be_neither_removed_nor_suspended_nor_demoted(as_role: AsRole, users: Users) -> None:
    client, own = as_role("tenant_admin"), users["alpha"]["tenant_admin"].pk
    second = invite(client, "second@alpha.test", "tenant_admin").json()["id"]
    client.post(f"/users/{second}/deactivate")
    for answer in (
        client.delete(f"/users/{own}"),
        client.post(f"/users/{own}/deactivate"),
        client.patch(f"/users/{own}", {"role": "editor", "name": "Not kept"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "users.last_admin")
    assert client.get("/auth/currentuser").json()["name"] == "Twin tenant_admin"
    client.post(f"/users/{second}/activate")
    assert client.patch(f"/users/{own}", {"role": "editor"}).json()["role"] == "editor"
    actor = Actor.system(because="tests", tenant_id=users["alpha"]["editor"].home_tenant_id)
    with pytest.raises(LastAdmin):
        members.remove(actor=actor, user_id=second)


def test_a_guests_name_is_changed_for_this_tenant_only(as_role: AsRole, users: Users) -> None:
    guest, admin = users["beta"]["editor"], as_role("tenant_admin")
    invite(admin, guest.email, name="Before")
    assert admin.patch(f"/users/{guest.pk}", {"name": "After"}).json()["name"] == "After"
    assert ids(admin.get("/users?q=after")) == [guest.pk]
    assert ids(admin.get("/users?q=Twin editor")) == [users["alpha"]["editor"].pk]
    assert as_role("tenant_admin", tenant="beta").get(f"/users/{guest.pk}").json()["name"] == "Twin editor"
