"""Signing in with a provider into an account that takes a code: the provider does not stand for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import OAuthState, Session, User
from apps.accounts.services import users
from apps.accounts.tests.oauth import EMAIL, begin, configured, finish, provider, sign_in
from apps.accounts.tests.test_oauth import linked, refused
from apps.core.actor import Actor
from tests import codes
from tests.client import ApiClient
from tests.openid import Provider

pytestmark = pytest.mark.slow

__all__ = ["configured", "provider"]

State = dict[str, str]


@pytest.fixture
def user(provider: Provider) -> User:
    sign_in(provider)
    user = User.objects.get(email=EMAIL)
    codes.enrol(user)
    Session.objects.all().delete()
    OAuthState.objects.all().delete()
    return user


def led_back(client: ApiClient, provider: Provider, **query: str) -> State:
    return provider.authorize(begin(client, **query)["authorization_url"], "1")


def waiting(client: ApiClient, provider: Provider, **query: str) -> State:
    """Without the code of the provider, which was spent: what the client sends a code of the app with."""
    back = led_back(client, provider, **query)
    assert refused(finish(client, back, **query), 401, "auth.otp_required")
    return {"state": back["state"]}


def test_the_code_may_come_along(provider: Provider, user: User) -> None:
    client = ApiClient()
    assert finish(client, led_back(client, provider), otp=codes.fresh(user)).status_code == 200
    assert Session.objects.get().amr == ["oauth", "otp"]


def test_the_code_may_come_alone_and_only_once(provider: Provider, user: User) -> None:
    client = ApiClient()
    state = waiting(client, provider)
    assert refused(finish(client, state), 400, "invalid")
    assert not Session.objects.exists()
    answer = finish(client, state, otp=codes.fresh(user))
    assert (answer.status_code, Session.objects.get().amr) == (200, ["oauth", "otp"])
    me = ApiClient().bearer(answer.json()["access_token"]).get("/auth/currentuser").json()
    assert me["email"] == EMAIL
    assert OAuthState.objects.get().identity is None
    assert refused(finish(client, state, otp=codes.fresh(user)), 400, "auth.oauth.state")
    assert Session.objects.count() == 1


def test_after_a_wrong_code_another_may_follow_five_times(provider: Provider, user: User) -> None:
    client = ApiClient()
    back = led_back(client, provider)
    assert refused(finish(client, back, otp=codes.wrong(user)), 401, "auth.otp")
    state = {"state": back["state"]}
    for _ in range(5):
        assert refused(finish(client, state, otp=codes.wrong(user)), 401, "auth.otp")
    assert refused(finish(client, state, otp=codes.fresh(user)), 400, "auth.oauth.state")
    assert not Session.objects.exists()


def test_guesses_are_counted_on_the_account_across_sign_ins(provider: Provider, user: User) -> None:
    answers = []
    for _ in range(3):
        client = ApiClient()
        state = waiting(client, provider)
        answers += [finish(client, state, otp=codes.wrong(user)).status_code for _ in range(4)]
    assert answers == [401] * 10 + [429] * 2


def test_another_browser_cannot_bring_the_code(provider: Provider, user: User) -> None:
    client, stranger = ApiClient(), ApiClient()
    state = waiting(client, provider)
    begin(stranger)
    cookie = client.cookies["cognitor_oauth"].value
    for answer in (
        finish(ApiClient(), state, otp=codes.fresh(user)),
        finish(stranger, state, otp=codes.fresh(user)),
        finish(stranger, state, otp=codes.fresh(user), client_nonce=cookie),
        finish(client, {"state": "x" * 43}, otp=codes.fresh(user)),
    ):
        assert refused(answer, 400, "auth.oauth.state")
    assert not Session.objects.exists()
    assert OAuthState.objects.get(identity__isnull=False).tries == 0
    assert finish(client, state, otp=codes.fresh(user)).status_code == 200


def test_a_client_with_a_nonce_shows_it_again(provider: Provider, user: User) -> None:
    state = waiting(ApiClient(), provider, client_nonce="n" * 32)
    other = finish(ApiClient(), state, otp=codes.fresh(user), client_nonce="m" * 32)
    assert refused(other, 400, "auth.oauth.state")
    assert finish(ApiClient(), state, otp=codes.fresh(user), client_nonce="n" * 32).status_code == 200


def test_a_code_that_comes_too_late_or_of_another_provider_is_refused(
    provider: Provider, user: User, settings: Any
) -> None:
    client = ApiClient()
    state = waiting(client, provider)
    settings.SOCIALACCOUNT_PROVIDERS |= {"github": {"APPS": [{"client_id": "x", "secret": "x"}]}}
    assert refused(finish(client, state, "github", otp=codes.fresh(user)), 400, "auth.oauth.state")
    OAuthState.objects.update(used_at=timezone.now() - timedelta(minutes=5, seconds=1))
    assert refused(finish(client, state, otp=codes.fresh(user)), 400, "auth.oauth.state")
    assert not Session.objects.exists()


def test_a_code_before_the_provider_has_spoken_is_refused(provider: Provider, user: User) -> None:
    client = ApiClient()
    back = led_back(client, provider)
    assert refused(finish(client, {"state": back["state"]}, otp=codes.fresh(user)), 400, "auth.oauth.state")
    assert finish(client, back, otp=codes.fresh(user)).status_code == 200


def test_an_identity_is_linked_with_the_code_and_not_before(provider: Provider, user: User) -> None:
    provider.person("2", email="second@example.org", email_verified=True)
    other = User.objects.create_user("second@example.org", "a-password-of-its-own", email_verified_at=timezone.now())
    users.grant(actor=Actor.system(because="tests"), user=other, tenant_id=user.home_tenant_id or 0, role="viewer")
    codes.enrol(other)
    client = ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "2")
    assert refused(finish(client, back), 401, "auth.otp_required")
    assert [row[1] for row in linked()] == ["1"]
    assert finish(client, {"state": back["state"]}, otp=codes.fresh(other)).status_code == 200
    assert [row[1] for row in linked()] == ["1", "2"]
