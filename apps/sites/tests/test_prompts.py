"""System and transfer prompts: layers that add up, versions that can be compared."""

from typing import Any

import pytest

from apps.core.models import EventRow
from apps.sites.models import Prompt, Site, Tenant
from conftest import AsRole, Users
from tests.client import ApiClient

SYSTEM, TRANSFER = "/prompts/system", "/prompts/transfer"


def test_the_effective_text_is_that_of_platform_tenant_and_site(
    platform: ApiClient, as_role: AsRole, tenant_a: Tenant, site_a: Site
) -> None:
    client = as_role("site_admin")
    assert platform.put(SYSTEM, {"text": "Be kind.\n"}).json()["layer"] == "platform"
    assert client.put(SYSTEM, {"text": "You work for {{tenant_name}}."}).json()["layer"] == "tenant"
    assert client.put(f"{SYSTEM}?site=alpha-site", {"text": "On {{ site_name }}."}).json()["layer"] == "site"
    found = client.get(f"{SYSTEM}?site=alpha-site").json()
    assert found["effective"] == "Be kind.\n\nYou work for {{tenant_name}}.\n\nOn {{ site_name }}."
    assert (found["kind"], found["layer"], found["number"], found["text"]) == (
        "system",
        "site",
        1,
        "On {{ site_name }}.",
    )
    assert [(one["layer"], one["number"]) for one in found["layers"]] == [("platform", 1), ("tenant", 1), ("site", 1)]
    assert client.get(SYSTEM).json()["effective"] == "Be kind.\n\nYou work for {{tenant_name}}."
    assert platform.get(SYSTEM).json()["effective"] == "Be kind."
    assert client.get(TRANSFER).json()["effective"] == ""
    assert as_role("editor", tenant="beta").get(SYSTEM).json()["effective"] == "Be kind."
    rows = Prompt.objects.order_by("pk").values_list("tenant_id", "site_id", "kind", "number")
    assert list(rows) == [
        (None, None, "system", 1),
        (tenant_a.pk, None, "system", 1),
        (tenant_a.pk, site_a.pk, "system", 1),
    ]


def test_each_put_is_a_version_that_is_kept_and_compared_with_the_one_before(as_role: AsRole, users: Users) -> None:
    client = as_role("site_admin")
    assert client.get(TRANSFER).json() | {"variables": {}} == {
        "kind": "transfer",
        "layer": "tenant",
        "number": 0,
        "text": "",
        "effective": "",
        "layers": [],
        "versions": [],
        "diff": "",
        "variables": {},
    }
    client.put(TRANSFER, {"text": "To sales:\nprices"})
    found = client.put(TRANSFER, {"text": "To sales:\nprices and offers"}).json()
    assert found["diff"] == "--- before\n+++ now\n@@ -1,2 +1,2 @@\n To sales:\n-prices\n+prices and offers"
    assert [(one["number"], one["text"]) for one in found["versions"]] == [
        (2, "To sales:\nprices and offers"),
        (1, "To sales:\nprices"),
    ]
    assert {one["author_id"] for one in found["versions"]} == {users["alpha"]["site_admin"].pk}
    rows = EventRow.objects.filter(name="sites.prompt_changed").order_by("pk")
    assert [(row.subject_version, row.data) for row in rows] == [
        (1, {"kind": "transfer", "layer": "tenant"}),
        (2, {"kind": "transfer", "layer": "tenant"}),
    ]


def test_a_put_after_a_change_by_somebody_else_is_412(platform: ApiClient, as_role: AsRole) -> None:
    client = as_role("site_admin")
    tag = client.get(SYSTEM)["ETag"]
    platform.put(SYSTEM, {"text": "Changed below."})
    refused = client.put(SYSTEM, {"text": "x"}, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    assert Prompt.objects.exclude(tenant=None).count() == 0
    done = client.put(SYSTEM, {"text": "x"}, headers={"If-Match": client.get(SYSTEM)["ETag"]})
    assert (done.status_code, done["ETag"]) == (200, client.get(SYSTEM)["ETag"])
    assert client.put(SYSTEM, {"text": "without"}).json()["number"] == 2


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"text": "{{password}}"}, "text", "variable"),
        ({"text": "{{site_name.__class__}}"}, "text", "variable"),
        ({"text": "{{}}"}, "text", "variable"),
        ({"text": "{{site_name"}, "text", "braces"),
        ({"text": "site_name}}"}, "text", "braces"),
        ({"text": "x" * 100_001}, "text", "max_length"),
        ({"text": None}, "text", "null"),
        ({"text": "fine", "number": 7}, "number", "unknown"),
        ({"text": "fine", "tenant_id": None}, "tenant_id", "unknown"),
        ({}, "text", "required"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_400_and_no_version(
    body: Any, field: str, code: str, as_role: AsRole
) -> None:
    before = EventRow.objects.count()
    answer = as_role("site_admin").put(SYSTEM, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(field, code)]
    assert (Prompt.objects.count(), EventRow.objects.count()) == (0, before)


def test_every_variable_that_is_told_of_may_be_used(as_role: AsRole) -> None:
    client = as_role("site_admin")
    names = list(client.get(SYSTEM).json()["variables"])
    assert len(names) == 7
    text = " ".join(f"{{{{{name}}}}}" for name in names)
    assert client.put(SYSTEM, {"text": text}).json()["effective"] == text


@pytest.mark.parametrize("path", [SYSTEM, TRANSFER])
def test_editors_read_prompts_and_viewers_do_not(path: str, as_role: AsRole) -> None:
    assert as_role("editor").get(path).status_code == 200
    assert as_role("editor").put(path, {"text": "x"}).status_code == 403
    assert as_role("viewer").get(path).status_code == 403
    assert Prompt.objects.count() == 0


def test_another_tenants_site_is_404_and_its_text_unseen(as_role: AsRole, platform: ApiClient) -> None:
    as_role("site_admin", tenant="beta").put(f"{SYSTEM}?site=beta-site", {"text": "CANARY"})
    client = as_role("site_admin")
    theirs, nowhere = (client.get(f"{SYSTEM}?site={name}") for name in ("beta-site", "no-such-site"))
    assert (theirs.status_code, theirs.content) == (404, nowhere.content)
    assert client.put(f"{SYSTEM}?site=beta-site", {"text": "x"}).status_code == 404
    assert platform.put(f"{SYSTEM}?site=beta-site", {"text": "x"}).status_code == 404
    assert list(Prompt.objects.values_list("text", flat=True)) == ["CANARY"]


def test_a_role_on_one_site_reaches_that_sites_layer_only(as_role: AsRole, users: Users, site_a: Site) -> None:
    as_role("tenant_admin").post("/sites", {"identifier": "second", "name": "2"})
    users["alpha"]["viewer"].memberships.update(role="site_admin", site=site_a)
    client = as_role("viewer")
    assert client.put(f"{SYSTEM}?site=alpha-site", {"text": "Mine"}).status_code == 200
    assert client.put(SYSTEM, {"text": "x"}).status_code == 403
    assert client.put(f"{SYSTEM}?site=second", {"text": "x"}).status_code == 404
    assert client.patch("/sites/alpha-site", {"name": "Mine"}).status_code == 200
    assert client.patch("/sites/second", {"name": "Mine"}).status_code == 404
    assert list(Prompt.objects.values_list("text", flat=True)) == ["Mine"]
