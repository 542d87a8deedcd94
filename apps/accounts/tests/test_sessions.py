from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from django.conf import settings

from apps.accounts import tokens
from apps.accounts.models import Membership, RefreshToken, Session
from apps.core.models import EventRow
from apps.sites.models import Tenant
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

EMAIL = pair.email("editor", "alpha")


def login(client: ApiClient, **members: Any) -> Any:
    return client.post("/auth/login", {"username": EMAIL, "password": pair.PASSWORD, **members})


def test_a_form_and_json_both_sign_in(api):
    body = urlencode({"grant_type": "password", "username": EMAIL, "password": pair.PASSWORD})
    form = api.post("/auth/login", body, content_type="application/x-www-form-urlencoded")
    for answer in (form, login(api)):
        assert answer.status_code == 200
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 3600)
        assert (
            api.get("/auth/currentuser", headers={"Authorization": f"Bearer {answer.json()['access_token']}"}).json()[
                "email"
            ]
            == EMAIL
        )


@pytest.mark.parametrize("username", [EMAIL, "nobody@alpha.test"])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(api, username):
    answer = login(api, username=username, password="wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.credentials")
    assert answer.json()["detail"] == "E-mail address or password is wrong."
    assert not Session.objects.filter(user__email=EMAIL).exists()


def test_case_and_space_in_the_address_do_not_matter(api):
    assert login(api, username=f"  {EMAIL.upper()} ").status_code == 200


def test_currentuser_tells_tenant_role_permissions_and_sites(as_role, site_a):
    me = as_role("editor").get("/auth/currentuser").json()
    assert (me["email"], me["role"], me["tenant"]["identifier"]) == (EMAIL, "editor", "alpha")
    assert "content.publish" in me["permissions"]
    assert "schema.write" not in me["permissions"]
    assert me["sites"] == [{"id": site_a.pk, "identifier": "alpha-site", "name": "Twin site", "role": "editor"}]


def test_a_role_on_one_site_reaches_that_site_only(users, site_a, site_b):
    from apps.accounts.services import users as service
    from apps.core.actor import Actor
    from apps.sites.services import sites

    actor = Actor.system(because="tests")
    other = sites.create(actor=actor, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    user = service.create(actor=actor, email="one-site@alpha.test", password=pair.PASSWORD, tenant=site_a.tenant)
    service.grant(actor=actor, user=user, tenant_id=site_a.tenant_id, role="viewer", site_id=other.pk)
    client = ApiClient().login(user)
    assert client.get("/alpha-two/elements").status_code == 200
    assert client.get("/alpha-site/elements").status_code == 404
    assert client.post("/alpha-two/posts", {"title": "X"}).status_code == 403
    assert [s["identifier"] for s in client.get("/auth/currentuser").json()["sites"]] == ["alpha-two"]


def test_a_token_of_one_tenant_is_nothing_in_the_other(as_role):
    assert as_role("tenant_admin").get("/beta-site/elements").status_code == 404
    assert as_role("tenant_admin").post("/beta-site/posts", {"title": "X"}).status_code == 404


def test_a_tenant_that_one_is_no_member_of_cannot_be_signed_in_to(api):
    answer = login(api, tenant="beta")
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.no_tenant")


def test_logout_ends_access_and_refresh_at_once(api):
    tokens = login(api).json()
    client = ApiClient().bearer(tokens["access_token"])
    assert client.post("/auth/logout").status_code == 204
    assert client.get("/auth/currentuser").status_code == 401
    answer = api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.refresh")


def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(api):
    tokens = login(api).json()
    fresh = api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).json()
    client = ApiClient().bearer(fresh["access_token"])
    assert client.get("/auth/currentuser").status_code == 200
    assert api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert client.get("/auth/currentuser").status_code == 401
    assert api.post("/auth/refresh", {"refresh_token": fresh["refresh_token"]}).status_code == 401
    assert EventRow.objects.filter(name="accounts.refresh_reused").count() == 1


def test_only_digests_of_refresh_tokens_are_kept(api):
    token = login(api).json()["refresh_token"]
    kept = RefreshToken.objects.get(session__user__email=EMAIL)
    assert len(kept.digest) == 64
    assert kept.digest not in token
    assert jwt.decode(token, options={"verify_signature": False})["jti"] != kept.digest


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "other"},
        {"aud": "other"},
        {"exp": 1},
        {"nbf": 4102444800},
        {"token_type": "refresh"},
        {"sid": "not-a-uuid"},
        {"sub": "999999"},
        {"tenant": 999999},
        {"exp": None},
        {"aud": None},
    ],
)
def test_a_token_with_a_claim_that_is_not_ours_is_401(api, users, change):
    token = ApiClient().login(users["alpha"]["editor"]).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False}) | change
    claims = {key: value for key, value in claims.items() if value is not None}
    forged = jwt.encode(claims, settings.SIMPLE_JWT["SIGNING_KEY"], algorithm="HS256")
    assert api.get("/auth/currentuser", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_token_signed_otherwise_is_401(api, users):
    token = ApiClient().login(users["alpha"]["editor"]).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    for forged in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "another key that is long enough to sign with, surely", algorithm="HS256"),
        token[:-4] + "AAAA",
    ):
        assert api.get("/auth/currentuser", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_deactivation_lost_membership_and_a_suspended_tenant_take_effect_on_the_next_request(as_role, users, tenant_a):
    client = as_role("editor")
    user = users["alpha"]["editor"]
    user.is_active = False
    user.save()
    assert client.get("/auth/currentuser").status_code == 401
    user.is_active = True
    user.save()
    assert client.get("/auth/currentuser").status_code == 200
    tenant_a.status = Tenant.Status.SUSPENDED
    tenant_a.save()
    assert client.get("/auth/currentuser").status_code == 401
    assert client.get("/public/alpha-site/elements").status_code == 404
    tenant_a.status = Tenant.Status.ACTIVE
    tenant_a.save()
    Membership.objects.filter(user=user).delete()
    assert client.get("/auth/currentuser").status_code == 401


def test_signing_in_is_limited_by_client_whatever_the_headers_say(api):
    codes = [
        api.post(
            "/auth/login",
            {"username": f"u{n}@alpha.test", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
        ).status_code
        for n in range(21)
    ]
    assert codes == [401] * 20 + [429]


def test_a_token_that_was_found_good_before_ends_at_its_time(users, monkeypatch):
    token = ApiClient().login(users["alpha"]["editor"]).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    ends = jwt.decode(token, options={"verify_signature": False})["exp"]
    client = ApiClient().bearer(token)
    assert client.get("/auth/currentuser").status_code == 200
    monkeypatch.setattr(tokens.time, "time", lambda: ends + 29.0)  # within the leeway
    assert tokens.read_access(token) is not None
    monkeypatch.setattr(tokens.time, "time", lambda: ends + 31.0)
    assert tokens.read_access(token) is None
    assert client.get("/auth/currentuser").status_code == 401
