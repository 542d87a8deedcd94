"""Memberships, roles and service accounts in the admin: the same services, the same refusals."""

import re
from typing import Any

import pytest

from apps.accounts.models import Membership, Role, ServiceAccount, Session
from apps.core.models import EventRow
from tests.client import ApiClient
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_a_role_is_made_given_and_kept_while_it_is_assigned(sign_in: SignIn, users: Any) -> None:
    client = sign_in("tenant_admin")
    body = {"name": "translator", "title": "Translators", "codes": ["content.read", "content.write"]}
    assert client.post("/admin/accounts/role/add/", body).status_code == 302
    role = Role.objects.get()
    assert (role.name, role.codes, role.tenant_id) == (
        "translator", ["content.read", "content.write"], users["alpha"]["editor"].home_tenant_id
    )  # fmt: skip
    membership = Membership.objects.get(user=users["alpha"]["viewer"])
    Session.objects.create(user=membership.user, tenant=membership.tenant, expires_at="2100-01-01T00:00Z")
    path = f"/admin/accounts/membership/{membership.pk}/change/"
    assert client.post(path, {"role": "translator"}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role_name, membership.role) == ("translator", "")
    assert Session.objects.get(user=membership.user).end_reason == "role"
    assert client.get(path).context["adminform"].form["role"].value() == "translator"
    assert client.post(f"/admin/accounts/role/{role.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Role.objects.exists()
    assert (
        client.post(f"/admin/accounts/role/{role.pk}/change/", {"title": "T", "codes": ["media.read"]}).status_code
        == 302
    )
    role.refresh_from_db()
    assert (role.title, role.codes) == ("T", ["media.read"])
    assert client.post(path, {"role": "viewer"}).status_code == 302
    assert client.post(f"/admin/accounts/role/{role.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Role.objects.exists()


@pytest.mark.parametrize("body", [
    {"name": "editor", "codes": ["content.read"]},
    {"name": "Has Space", "codes": ["content.read"]},
    {"name": "free", "codes": ["platform.tenants"]},
])  # fmt: skip
def test_a_role_that_the_api_would_refuse_is_an_error_of_the_form(body: Any, sign_in: SignIn) -> None:
    response = sign_in("tenant_admin").post("/admin/accounts/role/add/", body)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not Role.objects.exists()


def test_a_service_account_is_made_its_key_shown_once_and_revoked(sign_in: SignIn, site_a: Any) -> None:
    client = sign_in("tenant_admin")
    body = {"name": "Machine", "codes": ["content.read"], "sites": [site_a.pk], "addresses": "10.0.0.1, 127.0.0.0/8"}
    response = client.post("/admin/accounts/serviceaccount/add/", body, follow=True)
    found = re.findall(r"cog_[0-9a-f]{8}_[0-9a-f]{64}", response.content.decode())
    assert len(found) == 1
    account = ServiceAccount.objects.get()
    assert (account.codes, account.site_ids, account.addresses) == (
        ["content.read"], [site_a.pk], ["10.0.0.1/32", "127.0.0.0/8"]
    )  # fmt: skip
    machine = ApiClient().bearer(found[0])
    assert machine.get("/alpha-site/posts").status_code == 200
    path = f"/admin/accounts/serviceaccount/{account.pk}"
    page = client.get(f"{path}/change/").content.decode()
    assert (account.prefix in page, account.digest in page, found[0] in page) == (True, False, False)
    assert client.post(f"{path}/change/", body | {"name": "Renamed", "sites": []}).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.site_ids) == ("Renamed", [])
    assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 302
    assert machine.get("/alpha-site/posts").status_code == 401
    assert EventRow.objects.filter(subject_type="service_account").count() == 3


def test_a_site_of_another_tenant_is_no_choice(sign_in: SignIn, site_b: Any) -> None:
    body = {"name": "Machine", "codes": ["content.read"], "sites": [site_b.pk]}
    assert sign_in("tenant_admin").post("/admin/accounts/serviceaccount/add/", body).status_code == 200
    assert not ServiceAccount.objects.exists()


def test_the_last_administrators_role_stays_in_the_admin_too(
    sign_in: SignIn, users: Any, platform_browser: Any
) -> None:
    admin = users["alpha"]["tenant_admin"]
    platform_browser.post(f"/admin/switch-tenant/{admin.home_tenant_id}/")
    membership = Membership.objects.get(user=admin)
    response = platform_browser.post(f"/admin/accounts/membership/{membership.pk}/change/", {"role": "viewer"})
    assert b"This is the last active administrator" in response.content
    membership.refresh_from_db()
    assert membership.role == "tenant_admin"
