"""Who may do what with members, roles and keys: written down here, so that a change of it is seen."""

import threading
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import Membership
from conftest import AsRole, Committed
from tests import pair
from tests.client import ApiClient
from tests.test_denials import send

ADMINS = ("site_admin", "tenant_admin")
MAY: dict[str, tuple[str, ...]] = {
    "users_list": ADMINS,
    "users_create": ("tenant_admin",),
    "users_get": ADMINS,
    "users_update": ("tenant_admin",),
    "users_delete": ("tenant_admin",),
    "users_activate": ("tenant_admin",),
    "users_deactivate": ("tenant_admin",),
    "users_sites": ADMINS,
    "sites_users_list": pair.ROLES,
    "sites_users_assign": ADMINS,
    "sites_users_remove": ADMINS,
    "roles_list": ADMINS,
    "roles_create": ("tenant_admin",),
    "roles_update": ("tenant_admin",),
    "roles_delete": ("tenant_admin",),
    "permissions_list": pair.ROLES,
    "service_accounts_list": ("tenant_admin",),
    "service_accounts_create": ("tenant_admin",),
    "service_accounts_get": ("tenant_admin",),
    "service_accounts_update": ("tenant_admin",),
    "service_accounts_delete": ("tenant_admin",),
    "service_accounts_rotate": ("tenant_admin",),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", pair.ROLES)
def test_a_role_may_what_is_written_here_and_no_more(role: str, as_role: AsRole) -> None:
    let_in = {
        name
        for name in MAY
        if not name.endswith(("_delete", "_deactivate")) and send(as_role(role), name).status_code != 403
    }
    assert let_in == {
        name for name, roles in MAY.items() if role in roles and not name.endswith(("_delete", "_deactivate"))
    }
    refused = [name for name in MAY if name.endswith(("_delete", "_deactivate")) and role not in MAY[name]]
    assert {send(as_role(role), name).status_code for name in refused} <= {403}


@pytest.mark.django_db
@pytest.mark.parametrize("operation", sorted(set(MAY) - {"permissions_list"}))
def test_a_platform_administrator_has_no_right_in_any_tenant_by_itself(operation: str, platform: ApiClient) -> None:
    expected = 404 if operation.startswith("sites_") else 403
    assert send(platform, operation).status_code == expected


def test_two_administrators_who_remove_each_other_at_once_leave_one(committed: Committed) -> None:
    first, tenant = committed.admin, committed.tenant
    made = committed.client.post("/users", {"email": f"two@{tenant.identifier}.test", "role": "tenant_admin"}).json()
    second = Membership.objects.get(user_id=made["id"]).user
    clients = [ApiClient().login(first), ApiClient().login(second)]
    start, answers = threading.Barrier(2), []

    def remove(client: ApiClient, other: Any) -> None:
        start.wait()
        answers.append(client.delete(f"/users/{other.pk}").status_code)
        connection.close()

    threads = [threading.Thread(target=remove, args=pairing) for pairing in ((clients[0], second), (clients[1], first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The second one was let in before its membership went, or met 401 after it.
    assert sorted(answers) in ([204, 401], [204, 409])
    assert Membership.objects.filter(tenant=tenant, role="tenant_admin").count() == 1
