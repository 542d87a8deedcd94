"""The second factor: enrolling, signing in with it, losing it."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import OneTimeToken, Session, User
from apps.accounts.services import one_time
from apps.core.models import EventRow
from conftest import AsRole, Users
from tests import codes, pair
from tests.client import ApiClient

pytestmark = pytest.mark.usefixtures("db")


def sign_in(user, otp=None, password=pair.PASSWORD, **more):
    body = {"username": user.email, "password": password} | ({} if otp is None else {"otp": otp})
    return ApiClient().post("/auth/login", body, **more)


def bearer(response):
    return ApiClient().bearer(response.json()["access_token"])


def happened(user):
    rows = EventRow.objects.filter(subject_type="user", subject_id=str(user.pk)).order_by("pk")
    return [row.name.removeprefix("accounts.") for row in rows]


@pytest.fixture
def editor(users: Users) -> User:
    return users["alpha"]["editor"]


@pytest.fixture
def enrolled(editor: User) -> User:
    codes.enrol(editor)
    return editor


# Enrolling


def test_enrolling_takes_the_password_and_a_code_and_ends_the_other_sessions(editor: User) -> None:
    other, client = bearer(sign_in(editor)), bearer(sign_in(editor))
    off = {"enabled": False, "methods": [], "recovery_codes_left": 0, "required": False}
    assert client.get("/auth/mfa").json() == off
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    assert begun["uri"] == f"otpauth://totp/editor%40alpha.test?secret={begun['secret']}&issuer=Cognitor"
    assert client.get("/auth/mfa").json() == off
    assert sign_in(editor).status_code == 200

    response = client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])})
    assert response.status_code == 200
    assert len(set(response.json()["recovery_codes"])) == 10
    assert other.get("/auth/currentuser").status_code == 401
    assert client.get("/auth/mfa").json() == {
        "enabled": True, "methods": ["totp", "recovery_code"], "recovery_codes_left": 10, "required": False
    }  # fmt: skip
    assert [s["amr"] for s in client.get("/auth/sessions").json()["items"]] == [["pwd", "otp"]]
    assert happened(editor)[-1] == "second_factor_enabled"
    assert client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])}).json()["code"] == (
        "auth.mfa.not_begun"
    )


def test_a_wrong_password_or_a_wrong_first_code_enrols_nothing(editor: User) -> None:
    client = bearer(sign_in(editor))
    response = client.post("/auth/mfa/totp", {"current_password": "wrong"})
    assert (response.status_code, response.json()["code"]) == (403, "auth.password")
    assert client.post("/auth/mfa/totp/confirm", {"code": "123456"}).json()["code"] == "auth.mfa.not_begun"
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    late = codes.of(begun["secret"], ahead=-9)
    assert client.post("/auth/mfa/totp/confirm", {"code": late}).json()["code"] == "auth.code"
    assert not Authenticator.objects.filter(user=editor).exists()
    assert sign_in(editor).status_code == 200


def test_a_secret_that_waited_too_long_is_begun_anew(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bearer(sign_in(editor))
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    monkeypatch.setattr("apps.accounts.providers.mfa._BEGUN_SECONDS", -1)
    response = client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])})
    assert (response.status_code, response.json()["code"]) == (409, "auth.mfa.not_begun")


def test_another_app_takes_the_place_of_the_first_only_for_a_code_of_it(enrolled: User) -> None:
    client = bearer(sign_in(enrolled, codes.fresh(enrolled)))
    body = {"current_password": pair.PASSWORD}
    assert client.post("/auth/mfa/totp", body).json()["code"] == "auth.code"
    begun = client.post("/auth/mfa/totp", body | {"code": codes.fresh(enrolled)}).json()
    old = codes.fresh(enrolled)
    assert client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])}).status_code == 200
    assert sign_in(enrolled, old).json()["code"] == "auth.otp"
    assert sign_in(enrolled, codes.of(begun["secret"], ahead=1)).status_code == 200


def test_secrets_are_nowhere_in_clear(editor: User) -> None:
    client = bearer(sign_in(editor))
    secret = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()["secret"]
    editor.refresh_from_db()
    assert secret not in editor.second_factor_begun
    made = client.post("/auth/mfa/totp/confirm", {"code": codes.of(secret)}).json()["recovery_codes"]
    kept = str([row.data for row in Authenticator.objects.filter(user=editor)])
    kept += str([row.data for row in EventRow.objects.all()])
    assert not any(word in kept for word in [secret, *made])


# Signing in


def test_without_a_code_it_is_asked_for_only_after_the_right_password(enrolled: User) -> None:
    before = Session.objects.count()
    response = sign_in(enrolled)
    assert (response.status_code, response.json()["code"]) == (401, "auth.otp_required")
    assert response.json()["detail"]["message"]
    assert response.json()["detail"]["methods"] == ["totp", "recovery_code"]
    wrong = sign_in(enrolled, codes.fresh(enrolled), password="wrong")
    assert (wrong.status_code, wrong.json()) == (401, sign_in(enrolled, password="wrong").json())
    assert wrong.json()["code"] == "auth.credentials"
    assert Session.objects.count() == before


def test_a_code_signs_in_and_the_session_says_so_through_refresh_and_change_of_tenant(enrolled: User, tenant_b) -> None:
    enrolled.memberships.create(tenant=tenant_b, role="viewer")
    tokens = sign_in(enrolled, codes.fresh(enrolled)).json()
    for tenant in ("", "beta"):
        tokens = ApiClient().post("/auth/refresh", {"refresh_token": tokens["refresh_token"], "tenant": tenant}).json()
        found = ApiClient().bearer(tokens["access_token"]).get("/auth/sessions").json()["items"]
        assert [session["amr"] for session in found] == [["pwd", "otp"]]


def test_a_password_alone_is_shown_as_such(editor: User) -> None:
    assert bearer(sign_in(editor)).get("/auth/sessions").json()["items"][0]["amr"] == ["pwd"]
    assert sign_in(editor, "123456").status_code == 200


def test_a_code_is_good_once_and_none_older_after_it(enrolled: User) -> None:
    code = codes.fresh(enrolled)
    assert sign_in(enrolled, code).status_code == 200
    response = sign_in(enrolled, code)
    assert (response.status_code, response.json()["code"]) == (401, "auth.otp")
    app = Authenticator.objects.get(user=enrolled, type="totp")
    app.data["step"] += 1
    app.save()
    assert sign_in(enrolled, code).status_code == 401


def test_the_code_that_confirmed_does_not_sign_in(editor: User) -> None:
    client = bearer(sign_in(editor))
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    code = codes.of(begun["secret"])
    assert client.post("/auth/mfa/totp/confirm", {"code": code}).status_code == 200
    assert sign_in(editor, code).json()["code"] == "auth.otp"


def test_a_recovery_code_signs_in_once_and_is_told(editor: User) -> None:
    code = codes.enrol(editor)[3]
    client = bearer(sign_in(editor, f" {code[:4]} {code[4:]} "))
    assert client.get("/auth/sessions").json()["items"][0]["amr"] == ["pwd", "recovery"]
    assert client.get("/auth/mfa").json()["recovery_codes_left"] == 9
    assert happened(editor)[-2:] == ["recovery_code_used", "signed_in"]
    assert sign_in(editor, code).json()["code"] == "auth.otp"


@pytest.mark.parametrize("code", ["é" * 6, "１２３４５６", "-1", "0" * 20, "' OR 1", "👾"])
def test_what_is_no_code_is_a_wrong_one(enrolled: User, code: str) -> None:
    response = sign_in(enrolled, code)
    assert (response.status_code, response.json()["code"]) == (401, "auth.otp")


def test_wrong_codes_are_counted_like_wrong_passwords(enrolled: User) -> None:
    wrong = codes.wrong(enrolled)
    answers = [sign_in(enrolled, wrong, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(11)]
    assert answers == [401] * 10 + [429]
    assert sign_in(enrolled, codes.fresh(enrolled)).status_code == 429


def test_being_asked_for_a_code_counts_nothing(enrolled: User) -> None:
    assert [sign_in(enrolled, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(12)] == [401] * 12
    assert sign_in(enrolled, codes.fresh(enrolled)).status_code == 200


def test_codes_are_counted_on_every_door(enrolled: User) -> None:
    client, wrong = bearer(sign_in(enrolled, codes.fresh(enrolled))), codes.wrong(enrolled)
    for _ in range(5):
        assert client.post("/auth/mfa/recovery-codes", {"code": wrong}).status_code == 403
        body = {"current_password": pair.PASSWORD, "code": wrong}
        assert client.delete("/auth/mfa", body).status_code == 403
    assert client.post("/auth/mfa/recovery-codes", {"code": codes.fresh(enrolled)}).status_code == 429


def test_a_new_password_by_mail_does_not_go_around_the_factor(enrolled: User) -> None:
    wrong = codes.wrong(enrolled)
    for n in range(10):
        sign_in(enrolled, wrong, REMOTE_ADDR=f"192.0.2.{n}")
    token, new = one_time.issue(enrolled, OneTimeToken.Purpose.RESET), f"{pair.PASSWORD}-2"
    assert ApiClient().post("/auth/reset-password", {"token": token, "password": new}).status_code == 204
    assert sign_in(enrolled, password=new).status_code == 429
    enrolled.refresh_from_db()
    assert enrolled.second_factor_at is not None
    assert mail.outbox == []


def test_after_a_reset_the_code_is_asked_for(enrolled: User) -> None:
    token, new = one_time.issue(enrolled, OneTimeToken.Purpose.RESET), f"{pair.PASSWORD}-2"
    assert ApiClient().post("/auth/reset-password", {"token": token, "password": new}).status_code == 204
    assert sign_in(enrolled, password=new).json()["code"] == "auth.otp_required"
    assert sign_in(enrolled, codes.fresh(enrolled), password=new).status_code == 200


# New codes, and giving it up


def test_a_new_set_of_recovery_codes_voids_the_old_one(editor: User) -> None:
    old = codes.enrol(editor)
    client = bearer(sign_in(editor, codes.fresh(editor)))
    assert client.post("/auth/mfa/recovery-codes", {"code": codes.wrong(editor)}).json()["code"] == "auth.code"
    new = client.post("/auth/mfa/recovery-codes", {"code": codes.fresh(editor)}).json()["recovery_codes"]
    assert len(new) == 10
    assert not set(old) & set(new)
    assert happened(editor)[-1] == "recovery_codes_made"
    assert sign_in(editor, old[0]).status_code == 401
    assert sign_in(editor, new[0]).status_code == 200


def test_giving_it_up_takes_password_and_code(enrolled: User) -> None:
    client = bearer(sign_in(enrolled, codes.fresh(enrolled)))
    for body, told in (
        ({"current_password": "wrong", "code": codes.fresh(enrolled)}, "auth.password"),
        ({"current_password": pair.PASSWORD, "code": codes.wrong(enrolled)}, "auth.code"),
    ):
        response = client.delete("/auth/mfa", body)
        assert (response.status_code, response.json()["code"]) == (403, told)
    assert sign_in(enrolled).status_code == 401
    good = {"current_password": pair.PASSWORD, "code": codes.fresh(enrolled)}
    assert client.delete("/auth/mfa", good).status_code == 204
    assert happened(enrolled)[-1] == "second_factor_disabled"
    assert not Authenticator.objects.filter(user=enrolled).exists()
    assert sign_in(enrolled).status_code == 200
    response = client.delete("/auth/mfa", good)
    assert (response.status_code, response.json()["code"]) == (409, "auth.mfa.off")


def test_a_service_account_has_no_second_factor(as_role: AsRole) -> None:
    body = {"name": "Machine", "codes": ["media.read"]}
    key = as_role("tenant_admin").post("/service-accounts", body).json()["key"]
    machine = ApiClient().bearer(key)
    assert machine.get("/auth/mfa").status_code == 403
    assert machine.post("/auth/mfa/totp", {"current_password": "x"}).status_code == 403


def test_who_is_anonymised_leaves_no_secret(enrolled: User, as_role: AsRole) -> None:
    assert as_role("tenant_admin").delete(f"/users/{enrolled.pk}").status_code == 204
    assert not Authenticator.objects.filter(user=enrolled).exists()


def test_a_lost_factor_is_reset_by_command_and_its_sessions_end(enrolled: User) -> None:
    client = bearer(sign_in(enrolled, codes.fresh(enrolled)))
    call_command("reset_second_factor", enrolled.email.upper(), verbosity=0)
    assert client.get("/auth/currentuser").status_code == 401
    assert happened(enrolled)[-1] == "second_factor_reset"
    assert sign_in(enrolled).status_code == 200
    for address in (enrolled.email, "nobody@nowhere.test"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", address)
    assert Session.objects.filter(user=enrolled, ended_at__lte=timezone.now(), end_reason="second_factor").exists()
