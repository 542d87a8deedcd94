"""Whom each operation turns away, for all of them: from their declarations and the URL table, so none is forgotten."""

import re
from typing import Any

import pytest

from apps.accounts.roles import ROLES
from apps.core.models import EventRow
from apps.core.operation import OPERATIONS, PUBLIC, USER
from conftest import AsRole, Users
from tests.client import ApiClient, operations

pytestmark = pytest.mark.slow

JOB = "00000000-0000-4000-8000-000000000001"
GARBAGE = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."
CLOSED = sorted(id for id in operations() if OPERATIONS[id].allow != PUBLIC)
OF_A_SITE = [id for id in CLOSED if "{site}" in operations()[id][1]]
OF_A_CODE = [id for id in CLOSED if OPERATIONS[id].allow != USER]


def send(client: ApiClient, operation: str, site: str = "alpha-site") -> Any:
    method, template, _ = operations()[operation]
    path = re.sub(r"{\w+}", "1", template.replace("{site}", site).replace("{job_id}", JOB).replace("{session_id}", JOB))
    return getattr(client, method.lower())(path, {} if method != "GET" else None)


@pytest.mark.parametrize("operation", CLOSED)
def test_without_a_token_that_holds_it_is_401(operation: str, api: ApiClient) -> None:
    before = EventRow.objects.count()
    for client in (api, ApiClient().bearer(""), ApiClient().bearer(GARBAGE)):
        response = send(client, operation)
        assert (response.status_code, response.json()["code"]) == (401, "auth.required")
        assert response["WWW-Authenticate"] == "Bearer"
    assert EventRow.objects.count() == before


@pytest.mark.parametrize("operation", OF_A_CODE)
def test_with_every_code_but_its_own_it_is_403(
    operation: str, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = frozenset().union(*ROLES.values())
    monkeypatch.setitem(ROLES, "tenant_admin", everything - {OPERATIONS[operation].allow})
    before = EventRow.objects.count()
    response = send(as_role("tenant_admin"), operation)
    assert (response.status_code, response.json()["code"]) == (403, "auth.forbidden")
    assert EventRow.objects.count() == before


@pytest.mark.parametrize("operation", OF_A_SITE)
def test_another_tenants_site_is_404_and_indistinguishable_from_none(operation: str, as_role: AsRole) -> None:
    client, before = as_role("tenant_admin"), EventRow.objects.count()
    theirs, nowhere = (send(client, operation, site) for site in ("beta-site", "no-such-site"))
    assert (theirs.status_code, theirs.content) == (404, nowhere.content)
    assert EventRow.objects.count() == before


@pytest.mark.parametrize("operation", CLOSED)
def test_the_token_of_an_ended_session_is_401(operation: str, users: Users) -> None:
    client = ApiClient().login(users["alpha"]["tenant_admin"])
    users["alpha"]["tenant_admin"].sessions.update(ended_at="2026-01-01T00:00Z")
    assert send(client, operation).status_code == 401
