"""A second factor that the person lost, or that the server cannot read any more, and who may take it away."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from structlog.testing import capture_logs

from apps.accounts.models import Session, User
from apps.accounts.services import users as people
from apps.accounts.tests.test_second_factor import bearer, happened, sign_in
from apps.core.actor import Actor
from apps.core.models import EventRow
from conftest import AsRole, Users
from tests import codes, pair
from tests.client import ApiClient

pytestmark = pytest.mark.usefixtures("db")

OTHER_KEY = "another-key-that-is-long-enough-to-sign-with-" + "1" * 20


@pytest.fixture
def enrolled(users: Users) -> User:
    codes.enrol(users["alpha"]["editor"])
    return users["alpha"]["editor"]


def reset(client: ApiClient, user: User) -> Any:
    return client.post(f"/users/{user.pk}/reset-second-factor")


def refused(answer: Any, status: int, code: str) -> bool:
    return (answer.status_code, answer.json()["code"]) == (status, code)


# Another SECRET_KEY


def test_a_factor_that_cannot_be_read_is_a_clear_refusal_on_every_door(enrolled: User, settings: Any) -> None:
    recovery = codes.enrol(enrolled)[0]
    client = bearer(sign_in(enrolled, codes.fresh(enrolled)))
    good = codes.fresh(enrolled)
    settings.SECRET_KEY = OTHER_KEY
    with capture_logs() as logs:
        for code in (good, recovery, "000000"):
            assert refused(sign_in(enrolled, code), 403, "auth.mfa.unreadable")
    assert [(log["event"], log["log_level"], log["user"]) for log in logs if "second_factor" in log["event"]] == [
        ("second_factor_unreadable", "error", enrolled.pk)
    ] * 3
    assert client.get("/auth/mfa").json()["recovery_codes_left"] == 0
    assert refused(client.post("/auth/mfa/recovery-codes", {"code": good}), 403, "auth.mfa.unreadable")
    body = {"current_password": pair.PASSWORD, "code": good}
    assert refused(client.delete("/auth/mfa", body), 403, "auth.mfa.unreadable")
    assert refused(client.post("/auth/mfa/totp", body), 403, "auth.mfa.unreadable")
    enrolled.refresh_from_db()
    assert enrolled.second_factor_at is not None
    assert Session.objects.filter(user=enrolled).count() == 1


def test_a_former_key_is_read_and_each_use_seals_with_the_present_one(enrolled: User, settings: Any) -> None:
    recovery = codes.enrol(enrolled)
    former, settings.SECRET_KEY = settings.SECRET_KEY, OTHER_KEY
    settings.SECRET_KEY_FALLBACKS = [former]
    assert sign_in(enrolled, recovery[0]).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert sign_in(enrolled, codes.fresh(enrolled)).status_code == 200
    assert sign_in(enrolled, recovery[1]).status_code == 200


def test_what_can_be_read_is_taken_when_the_other_half_cannot(enrolled: User, settings: Any) -> None:
    made = codes.enrol(enrolled)
    row = Authenticator.objects.get(user=enrolled, type="recovery_codes")
    kept = row.data["seed"]
    row.data["seed"] = "gAAAAABmangled"
    row.save()
    assert sign_in(enrolled, codes.fresh(enrolled)).status_code == 200
    assert refused(sign_in(enrolled, made[0]), 403, "auth.mfa.unreadable")
    Authenticator.objects.filter(pk=row.pk).update(data=row.data | {"seed": kept})
    app = Authenticator.objects.get(user=enrolled, type="totp")
    app.data["secret"] = "gAAAAABmangled"
    app.save()
    assert sign_in(enrolled, made[0]).status_code == 200


def test_a_secret_that_waits_under_another_key_is_begun_anew(users: Users, settings: Any) -> None:
    client = bearer(sign_in(users["alpha"]["editor"]))
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    user = User.objects.get(pk=users["alpha"]["editor"].pk)
    user.second_factor_begun = user.second_factor_begun[:-4] + "AAA="
    user.save()
    answer = client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])})
    assert refused(answer, 409, "auth.mfa.not_begun")


# Taking it away


def test_an_administrator_resets_it_which_ends_the_sessions_and_is_told(
    enrolled: User, as_role: AsRole, users: Users, deliver_events: Any
) -> None:
    client = bearer(sign_in(enrolled, codes.fresh(enrolled)))
    deliver_events()
    mail.outbox.clear()
    assert reset(as_role("tenant_admin"), enrolled).status_code == 204
    assert client.get("/auth/currentuser").status_code == 401
    assert not Authenticator.objects.filter(user=enrolled).exists()
    assert sign_in(enrolled).status_code == 200
    told = EventRow.objects.get(name="accounts.second_factor_reset")
    admin = users["alpha"]["tenant_admin"]
    assert (told.actor_id, told.tenant_id, told.subject_id, told.data) == (
        admin.pk, admin.home_tenant_id, enrolled.pk, {"ended": 1}
    )  # fmt: skip
    deliver_events()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([enrolled.email], "Your second factor was removed")
    ]
    assert "An administrator took" in mail.outbox[0].body
    assert refused(reset(as_role("tenant_admin"), enrolled), 409, "auth.mfa.off")


def test_an_unreadable_factor_is_reset_and_made_anew(enrolled: User, as_role: AsRole, settings: Any) -> None:
    admin = as_role("tenant_admin")
    settings.SECRET_KEY = OTHER_KEY
    assert refused(sign_in(enrolled, "000000"), 403, "auth.mfa.unreadable")
    assert reset(admin, enrolled).status_code == 204
    client = bearer(sign_in(enrolled))
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    assert client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])}).status_code == 200


def keeps_it(user: User) -> bool:
    is_on = User.objects.get(pk=user.pk).second_factor_at is not None
    return (
        is_on and Authenticator.objects.filter(user=user).count() == 2 and "second_factor_reset" not in happened(user)
    )


def test_nobody_resets_the_own_factor_nor_that_of_who_holds_more(users: Users, as_role: AsRole, tenant_a: Any) -> None:
    admin = users["alpha"]["tenant_admin"]
    codes.enrol(admin)
    assert reset(as_role("tenant_admin"), admin).status_code == 403
    role = as_role("tenant_admin").post("/roles", {"name": "desk", "codes": ["users.read", "users.write"]}).json()
    desk = users["alpha"]["viewer"]
    assert as_role("tenant_admin").patch(f"/users/{desk.pk}", {"role": role["name"]}).status_code == 200
    assert refused(reset(ApiClient().login(desk), admin), 403, "users.above_own")
    assert keeps_it(admin)


@pytest.mark.parametrize("role", ["viewer", "author", "editor", "site_admin"])
def test_without_the_permission_nobody_resets_anybody(role: str, enrolled: User, as_role: AsRole) -> None:
    assert reset(as_role(role), enrolled).status_code == 403
    assert keeps_it(enrolled)


def test_a_tenant_does_not_take_what_guards_another_one(enrolled: User, as_role: AsRole, tenant_b: Any) -> None:
    assert reset(as_role("tenant_admin", tenant="beta"), enrolled).status_code == 404
    people.grant(actor=Actor.system(because="tests"), user=enrolled, tenant_id=tenant_b.pk, role="viewer")
    for tenant in ("alpha", "beta"):
        assert refused(reset(as_role("tenant_admin", tenant=tenant), enrolled), 403, "users.factor_elsewhere")
    assert keeps_it(enrolled)


def test_a_tenant_does_not_take_a_platform_administrators_factor(as_role: AsRole, tenant_a: Any) -> None:
    boss = User.objects.get(email=pair.PLATFORM)
    people.grant(actor=Actor.system(because="tests"), user=boss, tenant_id=tenant_a.pk, role="viewer")
    assert refused(reset(as_role("tenant_admin"), boss), 403, "users.factor_elsewhere")
    assert User.objects.get(pk=boss.pk).second_factor_at is not None
