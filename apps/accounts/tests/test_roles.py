"""A tenant's own roles, and the list of permissions that roles are made of."""

from typing import Any

import pytest

from apps.accounts.models import Role, User
from apps.accounts.permissions import PERMISSIONS, grantable
from apps.accounts.roles import PLATFORM_ADMIN, ROLES
from apps.core.operation import OPERATIONS, PUBLIC, USER
from conftest import AsRole, Users
from tests.client import ApiClient, operations

pytestmark = pytest.mark.django_db


def make(client: ApiClient, name: str = "translator", codes: Any = ("content.read", "content.write")) -> Any:
    return client.post("/roles", {"name": name, "title": "Translators", "codes": list(codes)})


def test_the_list_holds_the_built_in_roles_and_the_tenants_own(as_role: AsRole) -> None:
    make(as_role("tenant_admin"))
    make(as_role("tenant_admin", tenant="beta"), "theirs")
    answer = as_role("site_admin").get("/roles").json()
    assert [(item["name"], item["built_in"], item["members"]) for item in answer["items"]] == [
        *((name, True, 1) for name in ROLES),
        ("translator", False, 0),
    ]
    assert answer["items"][-1]["codes"] == ["content.read", "content.write"]
    assert set(answer["items"][4]["codes"]) == ROLES["tenant_admin"]


def test_a_custom_role_gives_its_codes_and_no_other(as_role: AsRole, users: Users) -> None:
    admin, user = as_role("tenant_admin"), users["alpha"]["viewer"]
    make(admin)
    assert admin.patch(f"/users/{user.pk}", {"role": "translator"}).json()["role"] == "translator"
    client = ApiClient().login(user)
    me = client.get("/auth/currentuser").json()
    assert (me["role"], me["permissions"]) == ("translator", ["content.read", "content.write"])
    assert client.post("/alpha-site/posts", {"title": "X"}).status_code == 201
    assert client.get("/alpha-site/media").status_code == 403


def test_a_change_of_a_role_holds_for_its_members_at_once(as_role: AsRole, users: Users) -> None:
    admin, user = as_role("tenant_admin"), users["alpha"]["viewer"]
    role = make(admin).json()
    admin.put(f"/sites/alpha-site/users/{user.pk}", {"role": "translator"})
    admin.patch(f"/users/{user.pk}", {"role": "translator"})
    client = ApiClient().login(user)
    changed = admin.patch(f"/roles/{role['id']}", {"codes": ["media.read", "media.read"]}).json()
    assert (changed["codes"], changed["title"], changed["members"]) == (["media.read"], "Translators", 2)
    assert client.get("/alpha-site/media").status_code == 200
    assert client.get("/alpha-site/posts").status_code == 403


def test_an_assigned_role_is_not_deleted(as_role: AsRole, users: Users) -> None:
    admin, user = as_role("tenant_admin"), users["alpha"]["viewer"]
    role = make(admin).json()
    admin.patch(f"/users/{user.pk}", {"role": "translator"})
    answer = admin.delete(f"/roles/{role['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "roles.assigned")
    assert answer.json()["detail"]["members"] == 1
    assert Role.objects.filter(pk=role["id"]).exists()
    admin.patch(f"/users/{user.pk}", {"role": "viewer"})
    assert admin.delete(f"/roles/{role['id']}").status_code == 204
    assert not Role.objects.filter(pk=role["id"]).exists()


@pytest.mark.parametrize("codes", [["platform.tenants"], ["content.everything"], ["content.read", "*"]])
def test_codes_that_no_tenant_can_give_are_refused(codes: list[str], as_role: AsRole) -> None:
    answer = make(as_role("tenant_admin"), codes=codes)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "codes")
    assert not Role.objects.exists()


def test_nobody_makes_or_changes_a_role_above_its_own(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    make(admin, "clerk", ["roles.write", "users.read", "users.write"])
    rich = make(admin, "rich", ["content.publish"]).json()
    made = admin.post("/users", {"email": "clerk@alpha.test", "role": "clerk"}).json()
    clerk = ApiClient().login(User.objects.get(pk=made["id"]))
    own = Role.objects.get(name="clerk")
    for answer in (
        make(clerk, "more", ["content.publish"]),
        clerk.patch(f"/roles/{own.pk}", {"codes": [*own.codes, "content.publish"]}),
        clerk.patch(f"/roles/{rich['id']}", {"codes": []}),
        clerk.delete(f"/roles/{rich['id']}"),
    ):
        assert (answer.status_code, answer.json()["detail"]["codes"]) == (403, ["content.publish"])
    assert {role.name: role.codes for role in Role.objects.all()} == {"clerk": own.codes, "rich": ["content.publish"]}
    assert make(clerk, "less", ["users.read"]).status_code == 201


@pytest.mark.parametrize("name", ["editor", "translator"])
def test_a_name_is_given_once_and_never_a_built_in_ones(name: str, as_role: AsRole) -> None:
    make(as_role("tenant_admin"))
    answer = make(as_role("tenant_admin"), name)
    assert (answer.status_code, answer.json()["code"]) == (409, "roles.taken")
    assert make(as_role("tenant_admin", tenant="beta")).status_code == 201


def test_a_role_of_another_tenant_is_neither_seen_nor_given_nor_changed(as_role: AsRole, users: Users) -> None:
    theirs = make(as_role("tenant_admin", tenant="beta"), "theirs").json()
    client = as_role("tenant_admin")
    assert client.patch(f"/roles/{theirs['id']}", {"codes": []}).status_code == 404
    assert client.delete(f"/roles/{theirs['id']}").status_code == 404
    assert client.patch(f"/users/{users['alpha']['viewer'].pk}", {"role": "theirs"}).status_code == 400
    assert client.post("/users", {"email": "x@alpha.test", "role": "theirs"}).status_code == 400
    assert Role.objects.get(pk=theirs["id"]).codes == ["content.read", "content.write"]


def test_permissions_tell_every_code_and_the_operations_that_ask_for_it(as_role: AsRole) -> None:
    listed = {row["code"]: row for row in as_role("viewer").get("/permissions").json()}
    assert listed.keys() == PERMISSIONS.keys()
    assert listed["roles.write"]["operations"] == ["roles_create", "roles_delete", "roles_update"]
    assert listed["content.others"]["operations"] == []
    assert "unpublished" in listed["content.others"]["allows"]
    asked = sorted(name for row in listed.values() for name in row["operations"] if name in operations())
    assert asked == sorted(name for name in operations() if OPERATIONS[name].allow not in (PUBLIC, USER))


def test_every_code_that_is_given_or_asked_for_is_explained() -> None:
    given = frozenset().union(*ROLES.values(), PLATFORM_ADMIN)
    asked = {OPERATIONS[name].allow for name in operations()} - {PUBLIC, USER}
    assert given | asked == PERMISSIONS.keys()
    assert ROLES["tenant_admin"] == grantable()
