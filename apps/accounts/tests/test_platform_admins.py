"""Who runs the installation does so with a second factor, or not at all."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.accounts.tests.test_second_factor import bearer, sign_in
from tests import codes, pair
from tests.client import ApiClient

pytestmark = pytest.mark.usefixtures("db")


def test_a_platform_admin_without_a_factor_may_enrol_and_nothing_of_the_platform() -> None:
    user = User.objects.create_superuser("new@cognitor.test", pair.PASSWORD)
    client = bearer(sign_in(user))
    assert client.get("/auth/mfa").json()["required"] is True
    assert client.get("/auth/currentuser").json()["permissions"] == []
    assert client.get("/tenants").status_code == 403
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    assert client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])}).status_code == 200
    assert client.get("/tenants").status_code == 200
    assert sign_in(user).json()["code"] == "auth.otp_required"


def test_a_platform_admin_keeps_the_factor(platform: ApiClient) -> None:
    user = User.objects.get(email=pair.PLATFORM)
    response = platform.delete("/auth/mfa", {"current_password": pair.PASSWORD, "code": codes.fresh(user)})
    assert (response.status_code, response.json()["code"]) == (403, "auth.mfa.needed")
    assert Authenticator.objects.filter(user=user).count() == 2


def test_a_platform_admin_is_made_by_command_and_told_nothing_secret(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_ADMIN_PASSWORD", "a-quite-long-staple")
    call_command("create_platform_admin", "Root@Cognitor.test")
    assert "a-quite-long-staple" not in "".join(capsys.readouterr())
    user = User.objects.get(email="root@cognitor.test")
    assert (user.is_platform_admin, user.second_factor_at) == (True, None)
    assert user.check_password("a-quite-long-staple")
    for address, password in (("root@cognitor.test", "a-quite-long-staple"), ("no-address", "x"), ("b@c.test", "x")):
        monkeypatch.setenv("PLATFORM_ADMIN_PASSWORD", password)
        with pytest.raises(CommandError):
            call_command("create_platform_admin", address)
    assert User.objects.filter(is_platform_admin=True).count() == 2
