from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from apps.accounts.checks import providers_have_somewhere_to_lead_back_to
from apps.accounts.models import OAuthState, Session, SignupAssessment, User
from apps.accounts.tests.oauth import EMAIL, PAGE, begin, configured, finish, provider, sign_in
from apps.core.models import EventRow
from apps.sites.models import Site, Tenant
from cognitor.settings import oauth
from tests.client import ApiClient
from tests.openid import Provider

__all__ = ["configured", "provider"]


def linked() -> list[tuple[str, str, int]]:
    rows = apps.get_model("socialaccount.SocialAccount")._default_manager.order_by("pk")
    return list(rows.values_list("provider", "uid", "user_id"))


def refused(answer: Any, status: int, code: str) -> bool:
    return (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_stranger_whose_address_is_verified_there_signs_up(provider: Provider) -> None:
    answer = sign_in(provider)
    assert answer.status_code == 200, answer.content
    me = ApiClient().bearer(answer.json()["access_token"]).get("/auth/currentuser").json()
    assert (me["email"], me["name"], me["role"], me["email_verified"]) == (EMAIL, "Ada", "tenant_admin", True)
    assert [site["role"] for site in me["sites"]] == ["tenant_admin"]
    user = User.objects.get(email=EMAIL)
    assert (user.pending, user.has_usable_password(), user.home_tenant and user.home_tenant.status) == (
        False, False, "active"
    )  # fmt: skip
    assert linked() == [("acme", "1", user.pk)]
    assert SignupAssessment.objects.get().outcome == "created"
    names = set(EventRow.objects.values_list("name", flat=True))
    assert {"accounts.identity_linked", "accounts.signed_in", "accounts.email_verified"} < names
    assert "accounts.verification_wanted" not in names


def test_the_second_sign_in_is_the_same_person_whatever_the_address_is_now(provider: Provider) -> None:
    sign_in(provider)
    before = [model.objects.count() for model in (User, Tenant, Site)]
    assert sign_in(provider, email="other@example.org", email_verified=False).status_code == 200
    assert [model.objects.count() for model in (User, Tenant, Site)] == before
    assert (User.objects.get(email=EMAIL).sessions.count(), len(linked())) == (2, 1)


def test_the_address_asks_for_a_code_with_state_pkce_and_nonce(provider: Provider) -> None:
    client = ApiClient()
    answer = client.get("/auth/oauth/acme/authorize")
    asked = {k: v[0] for k, v in parse_qs(urlsplit(answer.json()["authorization_url"]).query).items()}
    assert asked["redirect_uri"] == "http://testserver/auth/oauth/acme/callback"
    assert (asked["state"], asked["response_type"]) == (answer.json()["state"], "code")
    assert asked["code_challenge_method"] == "S256"
    assert (len(asked["code_challenge"]), len(asked["nonce"]), len(asked["state"])) == (43, 43, 43)
    assert "openid" in asked["scope"].split()
    assert answer["Cache-Control"] == "no-store"
    cookie = answer.cookies["cognitor_oauth"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/auth/oauth", True, "Lax", 600
    )  # fmt: skip
    row = OAuthState.objects.get()
    assert not {row.digest, row.client_nonce_digest} & {asked["state"], cookie.value}


def test_a_state_is_good_once_for_its_provider_and_ten_minutes(provider: Provider, settings: Any) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    client = ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "1")
    assert refused(finish(client, back | {"state": "x" * 43}), 400, "auth.oauth.state")
    other = {"client_id": "x", "secret": "x"}
    settings.SOCIALACCOUNT_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS | {"github": {"APPS": [other]}}
    assert refused(finish(client, back, "github"), 400, "auth.oauth.state")
    OAuthState.objects.update(created_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert refused(finish(client, back), 400, "auth.oauth.state")
    OAuthState.objects.update(created_at=timezone.now() - timedelta(minutes=9))
    assert finish(client, back).status_code == 200
    assert refused(finish(client, back), 400, "auth.oauth.state")
    assert Session.objects.filter(user__email=EMAIL).count() == 1


def test_another_browser_cannot_complete_what_one_began(provider: Provider) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    client, stranger = ApiClient(), ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "1")
    begin(stranger)
    for other in (ApiClient(), stranger):
        assert refused(finish(other, back), 400, "auth.oauth.state")
        cookie = client.cookies["cognitor_oauth"].value
        assert refused(finish(other, back, client_nonce=cookie), 400, "auth.oauth.state")
    assert not User.objects.filter(email=EMAIL).exists()
    assert finish(client, back).status_code == 200


def test_a_client_without_cookies_shows_its_nonce(provider: Provider) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    begun = begin(ApiClient(), client_nonce="n" * 32)
    back = provider.authorize(begun["authorization_url"], "1")
    for nonce in ({}, {"client_nonce": "m" * 32}):
        assert refused(finish(ApiClient(), back, **nonce), 400, "auth.oauth.state")
    assert finish(ApiClient(), back, client_nonce="n" * 32).status_code == 200
    assert ApiClient().get("/auth/oauth/acme/authorize", {"client_nonce": "short"}).status_code == 400


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", f"{PAGE}/../x", f"{PAGE}/", f"{PAGE}?x", "https://app.example.org.evil.example/back",
     "https://app.example.org@evil.example/back", "//app.example.org/back", "HTTPS://app.example.org/back",
     "http://testserver/auth/oauth/github/callback", "javascript:alert(1)"],
)  # fmt: skip
def test_only_the_configured_addresses_are_led_back_to(address: str) -> None:
    answer = ApiClient().get("/auth/oauth/acme/authorize", {"redirect_uri": address})
    assert refused(answer, 400, "auth.oauth.redirect")
    assert OAuthState.objects.count() == 0


def test_a_code_is_bound_to_the_address_it_was_given_for(provider: Provider) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    client = ApiClient()
    back = provider.authorize(begin(client, redirect_uri=PAGE)["authorization_url"], "1")
    OAuthState.objects.update(redirect_uri="http://testserver/auth/oauth/acme/callback")
    assert refused(finish(client, back), 502, "auth.oauth.failed")


def test_a_code_of_another_sign_in_or_of_none_is_refused(provider: Provider) -> None:
    sign_in(provider)
    client, attacker = ApiClient(), ApiClient()
    mine = provider.authorize(begin(attacker)["authorization_url"], "1")  # has a verifier of its own
    theirs = begin(client)
    assert refused(finish(client, {"code": mine["code"], "state": theirs["state"]}), 502, "auth.oauth.failed")
    theirs = begin(client)
    assert refused(finish(client, {"code": "made-up", "state": theirs["state"]}), 502, "auth.oauth.failed")
    assert refused(finish(client, {"code": "made-up", "state": theirs["state"]}), 400, "auth.oauth.state")
    assert Session.objects.filter(user__email=EMAIL).count() == 1


def test_a_code_that_was_used_is_not_taken_again(provider: Provider) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    client = ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "1")
    row = OAuthState.objects.get()
    assert finish(client, back).status_code == 200
    OAuthState.objects.filter(pk=row.pk).update(used_at=None)  # even with the state's own guard away
    assert refused(finish(client, back), 502, "auth.oauth.failed")


def test_a_token_with_another_nonce_is_refused(provider: Provider) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    client = ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "1")
    OAuthState.objects.update(nonce="another")
    assert refused(finish(client, back), 502, "auth.oauth.failed")
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_token_that_another_key_signed_is_refused(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    another = rsa.generate_private_key(65537, 2048).public_key()
    monkeypatch.setattr("apps.accounts.providers.openid._key", lambda keys, alg, kid: another)
    assert refused(sign_in(provider), 502, "auth.oauth.failed")
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_profile_of_another_person_than_the_token_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = "allauth.socialaccount.providers.openid_connect.views.OpenIDConnectOAuth2Adapter"
    told = {"sub": "2", "email": EMAIL, "email_verified": True}
    monkeypatch.setattr(f"{adapter}._fetch_user_info", lambda self, token: told)
    assert refused(sign_in(provider, sub="1"), 502, "auth.oauth.failed")
    assert not User.objects.filter(email=EMAIL).exists()


def test_what_a_provider_tells_is_not_taken_for_text_of_ours(provider: Provider) -> None:
    assert refused(sign_in(provider, email="no address"), 403, "auth.oauth.unverified")
    assert sign_in(provider, name="A\x00d\na").status_code == 200
    assert User.objects.get(email=EMAIL).name == "Ada"


def test_a_provider_that_is_away_or_another_issuer_is_502(provider: Provider, settings: Any) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    for origin in ("http://127.0.0.1:9", provider.origin.replace("127.0.0.1", "localhost") + "/elsewhere"):
        app["settings"] = {"server_url": origin}
        assert refused(ApiClient().get("/auth/oauth/acme/authorize"), 502, "auth.oauth.failed")
    well_known = f"{provider.origin}/.well-known/openid-configuration"
    app["settings"] = {"server_url": well_known}  # answers, with another name for itself
    assert refused(ApiClient().get("/auth/oauth/acme/authorize"), 502, "auth.oauth.failed")
    assert OAuthState.objects.count() == 0


def test_what_is_not_configured_is_404(settings: Any) -> None:
    assert ApiClient().get("/auth/oauth/providers").json() == [{"id": "acme", "name": "Acme"}]
    for name in ("google", "github", "nobody"):
        assert refused(ApiClient().get(f"/auth/oauth/{name}/authorize"), 404, "not_found")
        assert refused(finish(ApiClient(), {"code": "x", "state": "x"}, name), 404, "not_found")
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert ApiClient().get("/auth/oauth/providers").json() == []


def test_neither_codes_nor_tokens_are_kept_or_told(provider: Provider, capsys: pytest.CaptureFixture[str]) -> None:
    provider.person("1", email=EMAIL, email_verified=True)
    client = ApiClient()
    back = provider.authorize(begin(client)["authorization_url"], "1")
    finish(client, back)
    finish(client, back)
    assert apps.get_model("socialaccount.SocialToken")._default_manager.count() == 0
    assert apps.get_model("socialaccount.SocialAccount")._default_manager.get().extra_data == {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(e::text, ' ') FROM {EventRow._meta.db_table} e")
        told = cursor.fetchone()[0] + "".join(capsys.readouterr())
    assert not any(secret in told for secret in (*back.values(), client.cookies["cognitor_oauth"].value))


def test_a_provider_is_offered_once_the_environment_names_its_client(monkeypatch: pytest.MonkeyPatch) -> None:
    assert oauth.providers() == {}
    for name in ("GOOGLE_CLIENT_ID", "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "OPENID_CLIENT_ID", "OPENID_ISSUER"):
        monkeypatch.setenv(name, name.lower())
    found = oauth.providers()
    assert list(found) == ["github", "openid_connect"]
    assert found["openid_connect"]["APPS"][0]["settings"] == {"server_url": "openid_issuer"}
    for id in ("google", "openid_connect", "Not A Slug"):
        monkeypatch.setenv("OPENID_ID", id)
        with pytest.raises(ImproperlyConfigured):
            oauth.providers()


def test_without_an_address_to_come_back_to_no_provider_is_offered(settings: Any) -> None:
    assert providers_have_somewhere_to_lead_back_to() == []
    settings.OAUTH_REDIRECT_URIS = []
    assert ApiClient().get("/auth/oauth/providers").json() == []
    assert refused(ApiClient().get("/auth/oauth/acme/authorize"), 404, "not_found")
    assert [warning.id for warning in providers_have_somewhere_to_lead_back_to()] == ["cognitor.W001"]
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert providers_have_somewhere_to_lead_back_to() == []
