"""What ends a sign-in ends it on every device: the access token with the next request, the refresh token at once."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.conf import settings

from apps.accounts.models import Membership, OneTimeToken, User
from apps.accounts.services import one_time
from apps.accounts.services import users as people
from apps.core.actor import Actor
from apps.sites.models import Tenant
from conftest import AsRole, Users
from tests import codes, pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

NEW = "a-brand-new-battery-staple-1"
Tokens = dict[str, str]


def sign_in(user: User, **more: str) -> Tokens:
    answer = ApiClient().post("/auth/login", {"username": user.email, "password": pair.PASSWORD} | more)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def held(tokens: Tokens) -> tuple[int, int]:
    """What the access token and then the refresh token are answered."""
    me = ApiClient().bearer(tokens["access_token"]).get("/auth/currentuser").status_code
    return me, ApiClient().post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}).status_code


def change_password(user: User, admin: ApiClient) -> Any:
    body = {"current_password": pair.PASSWORD, "new_password": NEW}
    return ApiClient().login(user).post("/auth/change-password", body)


def reset_by_mail(user: User, admin: ApiClient) -> Any:
    token = one_time.issue(user, OneTimeToken.Purpose.RESET)
    return ApiClient().post("/auth/reset-password", {"token": token, "password": NEW})


def enrol(user: User, admin: ApiClient) -> Any:
    client = ApiClient().login(user)
    begun = client.post("/auth/mfa/totp", {"current_password": pair.PASSWORD}).json()
    return client.post("/auth/mfa/totp/confirm", {"code": codes.of(begun["secret"])})


def reset_factor(user: User, admin: ApiClient) -> Any:
    codes.enrol(user)
    return admin.post(f"/users/{user.pk}/reset-second-factor")


@pytest.mark.parametrize(
    "deed",
    [
        change_password,
        reset_by_mail,
        enrol,
        reset_factor,
        lambda user, admin: admin.post(f"/users/{user.pk}/deactivate"),
        lambda user, admin: admin.patch(f"/users/{user.pk}", {"role": "author"}),
        lambda user, admin: admin.put(f"/sites/alpha-site/users/{user.pk}", {"role": "author"}),
        lambda user, admin: admin.delete(f"/users/{user.pk}"),
    ],
    ids=["password", "reset", "enrolled", "factor reset", "deactivated", "role", "role on a site", "removed"],
)
def test_all_devices_are_signed_out(deed: Callable[[User, ApiClient], Any], users: Users, as_role: AsRole) -> None:
    user = users["alpha"]["editor"]
    devices, other = [sign_in(user) for _ in range(2)], sign_in(users["alpha"]["viewer"])
    assert deed(user, as_role("tenant_admin")).status_code in (200, 204)
    assert [held(tokens) for tokens in devices] == [(401, 401)] * 2
    assert held(other) == (200, 200)


def test_signing_out_ends_this_device_alone(users: Users) -> None:
    here, there = (sign_in(users["alpha"]["editor"]) for _ in range(2))
    assert ApiClient().bearer(here["access_token"]).post("/auth/logout").status_code == 204
    assert (held(here), held(there)) == ((401, 401), (200, 200))


def test_a_tenant_that_ends_and_a_membership_that_is_gone_end_the_sessions(
    users: Users, tenant_a: Tenant, tenant_b: Tenant
) -> None:
    user = users["alpha"]["editor"]
    people.grant(actor=Actor.system(because="tests"), user=user, tenant_id=tenant_b.pk, role="viewer")
    here, there = sign_in(user), sign_in(user, tenant="beta")
    Tenant.objects.filter(pk=tenant_a.pk).update(status=Tenant.Status.SUSPENDED)
    assert (held(here), held(there)) == ((401, 401), (200, 200))
    there = sign_in(user, tenant="beta")
    Membership.objects.filter(user=user, tenant=tenant_b).delete()
    assert held(there) == (401, 401)


def test_neither_token_passes_for_the_other(users: Users) -> None:
    tokens = sign_in(users["alpha"]["editor"])
    assert held({"access_token": tokens["refresh_token"], "refresh_token": tokens["access_token"]}) == (401, 401)
    assert held(tokens) == (200, 200)


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../etc/passwd"},
        {"kid": "' UNION SELECT 'x' --"},
        {"jku": "https://evil.test/keys"},
        {"x5u": "https://evil.test/keys"},
        {"jwk": {"kty": "oct", "k": "YQ"}},
    ],
    ids=lambda header: next(iter(header)),
)
def test_where_a_header_says_the_key_is_nobody_looks(header: dict[str, Any], users: Users) -> None:
    tokens = sign_in(users["alpha"]["editor"])
    for name in tokens.keys() & {"access_token", "refresh_token"}:
        claims = jwt.decode(tokens[name], options={"verify_signature": False})
        tokens[name] = jwt.encode(claims, "a-key-that-the-header-would-lead-to-0123456789", "HS256", header)
    assert held(tokens) == (401, 401)


def test_an_extension_that_must_be_understood_and_is_not_is_refused(users: Users) -> None:
    tokens = sign_in(users["alpha"]["editor"])
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    key = str(settings.SIMPLE_JWT["SIGNING_KEY"])
    forged = jwt.encode(claims, key, "HS256", {"crit": ["http://example.org/more"], "http://example.org/more": True})
    assert ApiClient().bearer(forged).get("/auth/currentuser").status_code == 401


def test_the_tenant_of_a_token_is_not_changed_by_any_header_or_path(users: Users, site_b: Any) -> None:
    client = ApiClient().bearer(sign_in(users["alpha"]["tenant_admin"])["access_token"])
    for headers in ({"X-Tenant": "beta"}, {"X-Site": "beta-site"}, {"X-Forwarded-Host": "beta"}):
        assert client.get("/tenants/current", headers=headers).json()["identifier"] == "alpha"
    assert client.get("/beta-site/posts").status_code == 404
    machine = client.post("/service-accounts", {"name": "Machine", "codes": ["content.read"]}).json()["key"]
    assert ApiClient().bearer(machine).get("/beta-site/posts").status_code == 404
