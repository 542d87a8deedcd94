"""Whose account an identity opens, and what a stranger can have prepared there."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership, OneTimeToken, Session, SignupAssessment, User
from apps.accounts.services import members, one_time
from apps.accounts.tests.oauth import EMAIL, begin, configured, finish, provider, sign_in
from apps.accounts.tests.test_oauth import linked, refused
from apps.core.actor import Actor
from apps.core.models import EventRow
from apps.sites.models import Tenant
from conftest import Users
from tests import pair
from tests.client import ApiClient
from tests.openid import Provider

pytestmark = pytest.mark.slow

__all__ = ["configured", "provider"]

PASSWORD = "chosen-by-a-stranger-1"


def by_password(email: str = EMAIL, password: str = PASSWORD) -> int:
    return int(ApiClient().post("/auth/login", {"username": email, "password": password}).status_code)


def verified(user: User) -> User:
    User.objects.filter(pk=user.pk).update(email_verified_at=timezone.now())
    return user


def unchanged(user: User) -> bool:
    now = User.objects.get(pk=user.pk)
    same = (now.password, now.email, now.pending) == (user.password, user.email, user.pending)
    return same and linked() == [] and not Session.objects.filter(user=user).exists()


def test_an_address_that_both_sides_verified_joins_the_two(provider: Provider, users: Users) -> None:
    user = verified(users["alpha"]["editor"])
    answer = sign_in(provider, email=user.email.upper())
    assert answer.status_code == 200
    assert linked() == [("acme", "1", user.pk)]
    me = ApiClient().bearer(answer.json()["access_token"]).get("/auth/currentuser").json()
    assert (me["id"], me["tenant"]["identifier"], me["role"]) == (user.pk, "alpha", "editor")
    assert by_password(user.email, pair.PASSWORD) == 200
    event = EventRow.objects.get(name="accounts.identity_linked")
    assert (event.subject_id, event.tenant_id, event.data) == (user.pk, user.home_tenant_id, {"provider": "acme"})


def test_an_account_whose_address_is_not_verified_here_is_not_joined(provider: Provider, users: Users) -> None:
    user = users["alpha"]["editor"]
    User.objects.filter(pk=user.pk).update(email_verified_at=None)
    assert refused(sign_in(provider, email=user.email), 409, "auth.oauth.unlinked")
    assert unchanged(user)


@pytest.mark.parametrize("claim", [False, None, "false", "true", 1])
def test_an_address_that_the_provider_did_not_verify_is_nothing(provider: Provider, users: Users, claim: Any) -> None:
    user, before = verified(users["alpha"]["editor"]), User.objects.count()
    for email in (user.email, EMAIL):
        assert refused(sign_in(provider, email=email, email_verified=claim), 403, "auth.oauth.unverified")
    assert unchanged(user)
    assert (User.objects.count(), SignupAssessment.objects.count()) == (before, 0)


def test_another_subject_with_the_same_address_is_refused(provider: Provider) -> None:
    sign_in(provider, sub="1")
    before = linked()
    assert refused(sign_in(provider, sub="2"), 409, "auth.oauth.unlinked")
    assert linked() == before
    assert Session.objects.filter(user__email=EMAIL).count() == 1


def test_who_is_deactivated_stays_out(provider: Provider, users: Users) -> None:
    sign_in(provider)
    User.objects.filter(email=EMAIL).update(is_active=False)
    assert refused(sign_in(provider), 401, "auth.oauth.inactive")
    assert Session.objects.filter(user__email=EMAIL).count() == 1
    user = verified(users["alpha"]["editor"])
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert refused(sign_in(provider, sub="2", email=user.email), 401, "auth.oauth.inactive")
    assert len(linked()) == 1


def strangers_sign_up(deliver: Any) -> User:
    body = {"email": EMAIL, "password": PASSWORD, "name": "Mallory", "tenant": "trap", "site": "trap-site"}
    assert ApiClient().post("/auth/signup", body).status_code == 202
    deliver()
    return User.objects.get(email=EMAIL)


def test_a_strangers_password_is_void_before_the_owner_is_let_in(provider: Provider, deliver_events: Any) -> None:
    user = strangers_sign_up(deliver_events)
    assert OneTimeToken.objects.filter(user=user).count() == 1
    assert sign_in(provider).status_code == 200
    now = User.objects.get(email=EMAIL)
    assert (now.pk, now.pending, now.name, now.has_usable_password()) == (user.pk, False, "Ada", False)
    assert by_password() == 401
    assert Tenant.objects.get(identifier="trap").status == "active"
    assert list(Membership.objects.filter(tenant__identifier="trap").values_list("user_id", flat=True)) == [user.pk]


def test_a_strangers_session_link_and_identity_are_void_too(provider: Provider, deliver_events: Any) -> None:
    user = strangers_sign_up(deliver_events)
    planted = ApiClient().login(user)
    token = one_time.issue(user, OneTimeToken.Purpose.RESET)
    assert sign_in(provider).status_code == 200
    assert planted.get("/auth/currentuser").status_code == 401
    body = {"token": token, "password": "another-of-the-stranger-1"}
    assert refused(ApiClient().post("/auth/reset-password", body), 400, "auth.link")
    assert linked() == [("acme", "1", user.pk)]
    assert OneTimeToken.objects.filter(user=user).count() == 0


def test_a_strangers_identity_with_the_owners_address_makes_no_account_to_wait_in(provider: Provider) -> None:
    assert refused(sign_in(provider, sub="9", email_verified=False), 403, "auth.oauth.unverified")
    assert sign_in(provider, sub="1").status_code == 200
    assert refused(sign_in(provider, sub="9", email_verified=False), 403, "auth.oauth.unverified")
    assert [row[1] for row in linked()] == ["1"]


def test_a_sign_up_after_the_owners_changes_nothing(provider: Provider, deliver_events: Any) -> None:
    sign_in(provider)
    strangers_sign_up(deliver_events)
    assert by_password() == 401
    assert sign_in(provider).status_code == 200


def test_who_is_anonymised_takes_the_identity_along(provider: Provider, users: Users) -> None:
    user = verified(users["alpha"]["editor"])
    assert sign_in(provider, email=user.email).status_code == 200
    admin = users["alpha"]["tenant_admin"]
    codes = frozenset({"users.write", *_codes()})
    actor = Actor(kind="user", id=admin.pk, label=admin.email, tenant_id=admin.home_tenant_id, codes=codes)
    members.remove(actor=actor, user_id=user.pk)
    assert not User.objects.get(pk=user.pk).is_active
    assert linked() == []


def _codes() -> frozenset[str]:
    from apps.accounts.roles import ROLES

    return ROLES["tenant_admin"]


def test_a_sign_up_that_looks_automated_is_refused_and_remembered(provider: Provider) -> None:
    email = "ada@mailinator.com"
    assert refused(sign_in(provider, email=email), 403, "auth.signup.blocked")
    assert SignupAssessment.objects.get().outcome == "blocked"
    assert not User.objects.filter(email=email).exists()
    assert linked() == []


def google(provider: Provider, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    views = "allauth.socialaccount.providers.google.views"
    monkeypatch.setattr(f"{views}.GoogleOAuth2Adapter.access_token_url", f"{provider.origin}/oauth2/token")
    monkeypatch.setattr(f"{views}.GoogleOAuth2Adapter.authorize_url", f"{provider.origin}/oauth2/authorize")
    monkeypatch.setattr(f"{views}.CERTS_URL", f"{provider.origin}/google/certs")
    monkeypatch.setattr(f"{views}.ID_TOKEN_ISSUER", provider.origin)
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": "g", "secret": "s"}]}}


def test_google_is_asked_at_its_documented_addresses(settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {
        name: {"APPS": [{"client_id": "g", "secret": "s"}]} for name in ("google", "github")
    }
    assert begin(ApiClient(), "google")["authorization_url"].startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    address = begin(ApiClient(), "github")["authorization_url"]
    assert address.startswith("https://github.com/login/oauth/authorize?")
    assert "code_challenge_method=S256" in address
    assert "nonce" not in address
    choices = [{"id": "google", "name": "Google"}, {"id": "github", "name": "GitHub"}]
    assert ApiClient().get("/auth/oauth/providers").json() == choices


def test_a_token_of_google_is_verified_by_its_certificates(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    google(provider, monkeypatch, settings)
    assert sign_in(provider, provider="google").status_code == 200
    assert [row[:2] for row in linked()] == [("google", "1")]
    assert refused(
        sign_in(provider, "2", "google", email="b@example.org", email_verified="false"), 403, "auth.oauth.unverified"
    )
    monkeypatch.setattr("allauth.socialaccount.providers.google.views.ID_TOKEN_ISSUER", "https://accounts.google.com")
    assert refused(sign_in(provider, provider="google"), 502, "auth.oauth.failed")


@pytest.mark.parametrize(("is_verified", "status"), [(True, 200), (False, 403)])
def test_github_is_asked_for_the_primary_address(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, settings: Any, is_verified: bool, status: int
) -> None:
    adapter = "allauth.socialaccount.providers.github.views.GitHubOAuth2Adapter"
    monkeypatch.setattr(f"{adapter}.access_token_url", f"{provider.origin}/oauth2/token")
    monkeypatch.setattr(f"{adapter}.authorize_url", f"{provider.origin}/oauth2/authorize")
    monkeypatch.setattr(f"{adapter}.profile_url", f"{provider.origin}/github/user")
    monkeypatch.setattr(f"{adapter}.emails_url", f"{provider.origin}/github/user/emails")
    github = {"APPS": [{"client_id": "h", "secret": "s"}], "SCOPE": ["profile", "email"]}  # words of the provider here
    settings.SOCIALACCOUNT_PROVIDERS = {"github": github}
    assert sign_in(provider, "42", "github", email_verified=is_verified).status_code == status
    assert [row[:2] for row in linked()] == ([("github", "42")] if is_verified else [])
    assert User.objects.filter(email=EMAIL).exists() is is_verified


def test_a_person_without_an_address_there_is_refused(provider: Provider) -> None:
    provider.person("7", email_verified=True)
    client = ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "7")
    assert refused(finish(client, back), 403, "auth.oauth.unverified")
