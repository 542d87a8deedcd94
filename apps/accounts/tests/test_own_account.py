from collections.abc import Callable
from typing import Any

import jwt
import pytest

from apps.accounts import selectors, services
from apps.accounts.models import Membership, Session, User
from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.models import EventRow
from apps.sites.models import Tenant
from conftest import AsRole, Users
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

EMAIL = pair.email("editor", "alpha")
NEW = "a-brand-new-battery-staple"


def sign_in(tenant: str = "", **headers: str) -> Any:
    body = {"username": EMAIL, "password": pair.PASSWORD, "tenant": tenant}
    answer = ApiClient().post("/auth/login", body, headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def holder(tokens: Any) -> ApiClient:
    return ApiClient().bearer(tokens["access_token"])


def refresh(tokens: Any, **members: str) -> Any:
    return ApiClient().post("/auth/refresh", {"refresh_token": tokens["refresh_token"], **members})


@pytest.fixture
def in_both(users: Users, tenant_b: Any) -> User:
    """The editor of alpha, who is a viewer in beta."""
    user: User = users["alpha"]["editor"]
    Membership.objects.create(user=user, tenant=tenant_b, role="viewer")
    return user


def test_sessions_are_ones_own_that_live_with_device_and_address(users: Users, as_role: AsRole) -> None:
    as_role("viewer")
    first = sign_in(**{"User-Agent": "Phone"})
    holder(sign_in()).post("/auth/logout")
    last = sign_in(**{"User-Agent": "Laptop"})
    found = holder(first).get("/auth/sessions").json()
    assert [(s["device"], s["address"], s["current"]) for s in found["items"]] == [
        ("Laptop", "127.0.0.1", False),
        ("Phone", "127.0.0.1", True),
    ]
    assert (found["total"], found["has_next"]) == (2, False)
    assert set(found["items"][0]) == {
        "id",
        "device",
        "address",
        "amr",
        "created_at",
        "used_at",
        "expires_at",
        "current",
    }
    assert holder(last).get("/auth/sessions?size=1&page=2").json()["items"][0]["device"] == "Phone"


def test_a_revoked_session_is_dead_at_once_and_told(users: Users) -> None:
    first, second = sign_in(), sign_in()
    other = next(s["id"] for s in holder(first).get("/auth/sessions").json()["items"] if not s["current"])
    assert holder(first).delete(f"/auth/sessions/{other}").status_code == 204
    assert holder(second).get("/auth/currentuser").status_code == 401
    assert refresh(second).status_code == 401
    assert holder(first).get("/auth/currentuser").status_code == 200
    told = EventRow.objects.get(name="accounts.session_ended")
    assert (told.data, told.subject_label) == ({"session": other, "reason": "revoked"}, EMAIL)
    assert holder(first).delete(f"/auth/sessions/{other}").status_code == 404


def test_anothers_session_is_404_for_a_colleague_and_another_tenant_alike(as_role: AsRole, users: Users) -> None:
    for client in (as_role("tenant_admin"), as_role("tenant_admin", tenant="beta")):
        tokens = sign_in()
        theirs = Session.objects.filter(user__email=EMAIL).latest("created_at")
        missing = client.delete("/auth/sessions/00000000-0000-4000-8000-000000000001")
        answer = client.delete(f"/auth/sessions/{theirs.pk}")
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert holder(tokens).get("/auth/currentuser").status_code == 200


def test_ones_name_and_preferences_change_and_what_is_left_out_stays(as_role: AsRole) -> None:
    client = as_role("editor")
    answer = client.patch("/auth/currentuser", {"name": "Ada", "preferences": {"theme": "dark", "rows": [1]}})
    assert answer.status_code == 200
    assert client.patch("/auth/currentuser", {}).json() == answer.json() == client.get("/auth/currentuser").json()
    assert (answer.json()["name"], answer.json()["preferences"]) == ("Ada", {"theme": "dark", "rows": [1]})
    assert [row.data for row in EventRow.objects.filter(name="accounts.profile_changed")] == [
        {"fields": ["name", "preferences"]}
    ]


@pytest.mark.parametrize("preferences", [["a"], "a", {"a": "x" * 10_240}])
def test_preferences_that_are_no_object_or_too_large_are_400(as_role: AsRole, preferences: Any) -> None:
    client = as_role("editor")
    answer = client.patch("/auth/currentuser", {"preferences": preferences})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "preferences")
    assert client.patch("/auth/currentuser", {"preferences": {"a": "x" * 10_232}}).status_code == 200


def test_email_role_and_state_cannot_be_changed_by_oneself(as_role: AsRole, users: Users) -> None:
    as_role("editor").patch(
        "/auth/currentuser", {"email": "x@y.test", "role": "tenant_admin", "is_platform_admin": True, "password": NEW}
    )
    user = User.objects.get(pk=users["alpha"]["editor"].pk)
    assert (user.email, user.is_platform_admin, user.password) == (EMAIL, False, users["alpha"]["editor"].password)


def test_the_home_is_where_signing_in_leads_and_must_be_ones_own(in_both: User, as_role: AsRole) -> None:
    client = as_role("editor")
    for foreign in ("no-such-tenant", "beta"):
        Membership.objects.filter(user=in_both, tenant__identifier=foreign).delete()
        answer = client.patch("/auth/currentuser", {"home_tenant": foreign, "name": "Not this"})
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.no_tenant")
    assert client.get("/auth/currentuser").json()["name"] == "Twin editor"


def test_a_changed_home_is_where_the_next_sign_in_leads(in_both: User, as_role: AsRole) -> None:
    assert as_role("editor").patch("/auth/currentuser", {"home_tenant": "beta"}).json()["home_tenant"] == "beta"
    assert holder(sign_in()).get("/auth/currentuser").json()["tenant"]["identifier"] == "beta"


def test_a_changed_password_ends_all_other_sessions_in_all_tenants(in_both: User) -> None:
    mine, other, elsewhere = sign_in(), sign_in(), sign_in("beta")
    body = {"current_password": pair.PASSWORD, "new_password": NEW}
    assert holder(mine).post("/auth/change-password", body).status_code == 204
    assert holder(mine).get("/auth/currentuser").status_code == 200
    for ended in (other, elsewhere):
        assert holder(ended).get("/auth/currentuser").status_code == 401
        assert refresh(ended).status_code == 401
    assert refresh(mine).status_code == 200
    codes = [
        ApiClient().post("/auth/login", {"username": EMAIL, "password": password}).status_code
        for password in (pair.PASSWORD, NEW)
    ]
    assert codes == [401, 200]
    told = EventRow.objects.get(name="accounts.password_changed")
    assert (told.data, told.actor_label) == ({"ended": 2}, EMAIL)


def test_a_wrong_current_password_changes_nothing_and_is_counted(users: Users) -> None:
    mine, other = sign_in(), sign_in()
    body = {"current_password": "wrong", "new_password": NEW}
    codes = [holder(mine).post("/auth/change-password", body).status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]
    assert holder(other).get("/auth/currentuser").status_code == 200
    assert not EventRow.objects.filter(name="accounts.password_changed").exists()


@pytest.mark.parametrize("bad", ["short", "password123", "editor@alpha.test"])
def test_a_password_that_the_validators_refuse_is_400_at_its_field(users: Users, bad: str) -> None:
    mine, other = sign_in(), sign_in()
    answer = holder(mine).post("/auth/change-password", {"current_password": pair.PASSWORD, "new_password": bad})
    assert (answer.status_code, {fault["field"] for fault in answer.json()["errors"]}) == (400, {"new_password"})
    assert holder(other).get("/auth/currentuser").status_code == 200


def test_a_refresh_changes_the_tenant_and_the_old_tokens_are_dead(in_both: User) -> None:
    old = sign_in()
    new = refresh(old, tenant="beta")
    assert new.status_code == 200
    me = holder(new.json()).get("/auth/currentuser").json()
    assert (me["tenant"]["identifier"], me["role"]) == ("beta", "viewer")
    assert holder(new.json()).get("/alpha-site/elements").status_code == 404
    assert holder(old).get("/auth/currentuser").status_code == 401
    assert Session.objects.get(end_reason="switched", tenant__identifier="alpha")
    assert refresh(new.json()).status_code == 200


def test_the_old_token_after_a_change_of_tenant_ends_the_new_session_too(in_both: User) -> None:
    old = sign_in()
    new = refresh(old, tenant="beta").json()
    again = refresh(new, tenant="alpha").json()
    assert refresh(old).status_code == 401
    for tokens in (new, again):
        assert holder(tokens).get("/auth/currentuser").status_code == 401
        assert refresh(tokens).status_code == 401
    assert EventRow.objects.filter(name="accounts.refresh_reused").count() == 1


@pytest.mark.parametrize("tenant", ["beta", "no-such-tenant"])
def test_a_tenant_of_others_is_refused_and_spends_nothing(users: Users, tenant: str) -> None:
    tokens = sign_in()
    answer = refresh(tokens, tenant=tenant)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.no_tenant")
    assert refresh(tokens).status_code == 200


def test_a_refresh_for_the_same_tenant_keeps_the_session(users: Users) -> None:
    tokens = sign_in()
    fresh = refresh(tokens, tenant="alpha").json()
    sessions = {jwt.decode(one["access_token"], options={"verify_signature": False})["sid"] for one in (tokens, fresh)}
    assert len(sessions) == 1


def test_ten_wrong_passwords_close_the_account_from_everywhere_and_no_other(users: Users, settings: Any) -> None:
    def attempt(email: str, password: str, address: str) -> Any:
        body = {"username": email, "password": password}
        return ApiClient(REMOTE_ADDR=address).post("/auth/login", body)

    spellings = (EMAIL, EMAIL.upper(), f" {EMAIL}", f"{EMAIL} ", EMAIL.title())
    for n in range(10):
        assert attempt(spellings[n % 5], "wrong", f"192.0.2.{n}").status_code == 401
        assert attempt(pair.email("viewer", "alpha"), pair.PASSWORD, f"192.0.2.{n}").status_code == 200
    closed = attempt(EMAIL, pair.PASSWORD, "198.51.100.1")
    assert (closed.status_code, closed.json()["code"]) == (429, "rate_limited")
    assert 880 <= int(closed["Retry-After"]) <= 900
    assert attempt(pair.email("viewer", "alpha"), pair.PASSWORD, "198.51.100.1").status_code == 200


def test_an_unknown_account_is_closed_like_a_known_one(db: None) -> None:
    codes = [
        ApiClient(REMOTE_ADDR=f"192.0.2.{n}")
        .post("/auth/login", {"username": "nobody@alpha.test", "password": "wrong"})
        .status_code
        for n in range(11)
    ]
    assert codes == [401] * 10 + [429]


def test_right_passwords_are_never_counted(users: Users) -> None:
    for n in range(12):
        answer = ApiClient(REMOTE_ADDR=f"192.0.2.{n}").post(
            "/auth/login", {"username": EMAIL, "password": pair.PASSWORD}
        )
        assert answer.status_code == 200


def test_an_unknown_address_costs_the_same_hasher_call(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def watched(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", watched)
    for email in (EMAIL, "nobody@alpha.test"):
        hashed.clear()
        ApiClient().post("/auth/login", {"username": email, "password": "wrong"})
        assert hashed == ["wrong"]


def test_an_admin_ends_sessions_of_the_own_tenant_only(client: Any, users: Users, in_both: User) -> None:
    here, there = sign_in(), sign_in("beta")
    client.force_login(users["alpha"]["tenant_admin"])
    rows = [str(pk) for pk in Session.objects.filter(user=in_both).values_list("pk", flat=True)]
    answer = client.post("/admin/accounts/session/", {"action": "end_sessions", "_selected_action": rows})
    assert answer.status_code == 302
    assert holder(here).get("/auth/currentuser").status_code == 401
    assert holder(there).get("/auth/currentuser").status_code == 200
    client.force_login(users["alpha"]["site_admin"])
    tokens = sign_in()
    rows = [str(pk) for pk in Session.objects.filter(user=in_both, ended_at=None).values_list("pk", flat=True)]
    client.post("/admin/accounts/session/", {"action": "end_sessions", "_selected_action": rows})
    assert holder(tokens).get("/auth/currentuser").status_code == 200


def test_what_is_no_person_has_no_profile_no_password_and_no_sessions(users: Users) -> None:
    machine = Actor(kind="service", id=users["alpha"]["editor"].pk, label="a key", tenant_id=1)
    sign_in()
    with pytest.raises(Forbidden):
        services.profiles.change(actor=machine, name="Not this")
    with pytest.raises(Forbidden):
        services.passwords.change(actor=machine, current=pair.PASSWORD, new=NEW)
    assert selectors.sessions_of(machine).count() == 0


def test_sessions_of_a_suspended_tenant_do_not_come_back_to_life_with_it(
    platform: ApiClient, tenant_a: Tenant, deliver_events: Callable[[], int]
) -> None:
    tokens = sign_in()
    path = f"/tenants/{tenant_a.pk}"
    assert platform.patch(path, {"status": "suspended"}).status_code == 200
    deliver_events()
    assert platform.patch(path, {"status": "active"}).status_code == 200
    assert holder(tokens).get("/auth/currentuser").status_code == 401
    assert holder(sign_in()).get("/auth/currentuser").status_code == 200
