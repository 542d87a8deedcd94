"""What a person is told by mail of the own account, since it may have been somebody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core import mail

from apps.accounts.models import User
from apps.accounts.tests.oauth import EMAIL, configured, provider, sign_in
from apps.accounts.tests.test_second_factor import bearer
from apps.accounts.tests.test_second_factor import sign_in as by_password
from conftest import Users
from tests import codes, pair
from tests.client import ApiClient
from tests.openid import Provider

__all__ = ["configured", "provider"]

Deliver = Callable[[], int]


@pytest.fixture
def told(deliver_events: Deliver) -> Callable[[], list[tuple[list[str], str, str]]]:
    """Address, subject and body of the mails since the last look."""

    def look() -> list[tuple[list[str], str, str]]:
        deliver_events()
        found = [(message.to, str(message.subject), str(message.body)) for message in mail.outbox]
        mail.outbox.clear()
        return found

    return look


def test_of_a_second_factor_that_comes_has_new_codes_and_goes(users: Users, told: Any) -> None:
    user = users["alpha"]["editor"]
    client = bearer(by_password(user))
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    assert told() == []
    made = client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])}).json()["recovery_codes"]
    new = client.post("/auth/mfa/recovery-codes", {"code": codes.fresh(user)}).json()["recovery_codes"]
    good = {"current_password": pair.PASSWORD, "code": codes.fresh(user)}
    assert client.delete("/auth/mfa", good | {"code": codes.wrong(user)}).status_code == 403
    assert client.delete("/auth/mfa", good).status_code == 204
    mails = told()
    assert [(to, subject) for to, subject, _ in mails] == [
        ([user.email], "Your account has a second factor now"),
        ([user.email], "You have new recovery codes"),
        ([user.email], "Your second factor was removed"),
    ]
    assert all("http://testserver/account/forgot-password\n" in body for *_, body in mails)
    assert "was turned off" in mails[2][2]
    said = "".join(body for *_, body in mails)
    assert not [secret for secret in (begun["secret"], *made, *new) if secret in said]


def test_of_an_identity_that_is_linked_and_unlinked(provider: Provider, told: Any) -> None:
    answer = sign_in(provider)
    assert [(to, subject) for to, subject, _ in told()] == [([EMAIL], "You can sign in with Acme now")]
    client = ApiClient().bearer(answer.json()["access_token"])
    (row,) = client.get("/auth/oauth/identities").json()
    assert (row["provider"], row["name"]) == ("acme", "Acme")

    last = client.delete("/auth/oauth/identities/acme", "")
    assert (last.status_code, last.json()["code"]) == (409, "auth.oauth.last")
    assert client.delete("/auth/oauth/identities/github", "").status_code == 404
    assert told() == []
    assert len(client.get("/auth/oauth/identities").json()) == 1

    user = User.objects.get(email=EMAIL)
    user.set_password("a-password-of-the-person-1")
    user.save()
    assert client.delete("/auth/oauth/identities/acme", "").status_code == 204
    assert [(to, subject) for to, subject, _ in told()] == [([EMAIL], "You cannot sign in with Acme any more")]
    assert client.get("/auth/oauth/identities").json() == []
    assert not apps.get_model("socialaccount.SocialAccount")._default_manager.exists()


def test_an_identity_that_was_unlinked_comes_back_by_its_verified_address(provider: Provider) -> None:
    client = ApiClient().bearer(sign_in(provider).json()["access_token"])
    user = User.objects.get(email=EMAIL)
    user.set_password("a-password-of-the-person-1")
    user.save()
    client.delete("/auth/oauth/identities/acme", "")
    other = sign_in(provider, "2", email_verified=False)
    assert (other.status_code, other.json()["code"]) == (403, "auth.oauth.unverified")
    assert sign_in(provider).status_code == 200
    assert User.objects.filter(email=EMAIL).count() == 1


def test_one_does_not_see_or_unlink_anothers_identity(provider: Provider, users: Users) -> None:
    sign_in(provider)
    stranger = ApiClient().login(users["alpha"]["editor"])
    assert stranger.get("/auth/oauth/identities").json() == []
    assert stranger.delete("/auth/oauth/identities/acme", "").status_code == 404
    assert apps.get_model("socialaccount.SocialAccount")._default_manager.count() == 1
