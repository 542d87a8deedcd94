"""The end of a tenant in the admin, and its return: for those who run the installation, as the API does it."""

from pathlib import Path

import pytest
from django.test import Client

from apps.core.models import Due, EventRow, Job
from apps.sites.models import Tenant
from apps.sites.services import tenants
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


def page(tenant: Tenant, deed: str = "change") -> str:
    return f"/admin/sites/tenant/{tenant.pk}/{deed}/"


def last_event() -> tuple[str, str, int | None]:
    row = EventRow.objects.filter(subject_type="tenant").order_by("-pk")[0]
    return row.name, row.actor_label, row.tenant_id


def test_a_tenant_is_deleted_by_typing_its_identifier_and_comes_back_as_it_was(
    platform_browser: Client, tenant_b: Tenant
) -> None:
    Tenant.objects.filter(pk=tenant_b.pk).update(status="suspended")
    asked = platform_browser.get(page(tenant_b, "delete")).content.decode()
    assert "Type <code>beta</code> to confirm" in asked
    for sent in ({}, {"confirm": ""}, {"confirm": "Beta"}, {"confirm": "alpha"}):
        refused = platform_browser.post(page(tenant_b, "delete"), {"post": "yes", **sent}, follow=True)
        assert "must repeat the identifier" in refused.content.decode()
        assert Tenant.objects.get(pk=tenant_b.pk).status == "suspended"
    assert not Due.objects.filter(kind=tenants.PURGE).exists()
    platform_browser.post(page(tenant_b, "delete"), {"post": "yes", "confirm": "beta"})
    assert Tenant.objects.get(pk=tenant_b.pk).status == "deleting"
    assert last_event() == ("sites.tenant_deleted", "platform@cognitor.test", tenant_b.pk)
    shown = platform_browser.get(page(tenant_b)).content.decode()
    assert "Restore this tenant" in shown
    assert "It can be restored until" in shown
    assert platform_browser.post(page(tenant_b, "delete"), {"post": "yes", "confirm": "beta"}).status_code == 403
    assert "restored" in platform_browser.post(page(tenant_b, "restore"), follow=True).content.decode()
    assert Tenant.objects.get(pk=tenant_b.pk).status == "suspended"
    assert last_event() == ("sites.tenant_restored", "platform@cognitor.test", tenant_b.pk)
    history = platform_browser.get(page(tenant_b, "history")).content.decode()
    assert history.count("sites.tenant_deleted") == history.count("sites.tenant_restored") == 1
    refused = platform_browser.post(page(tenant_b, "restore"), follow=True)
    assert "cannot go from its state" in refused.content.decode()


def test_an_archive_is_begun_from_the_page_and_shown_there(
    platform_browser: Client, tenant_b: Tenant, archives: Path
) -> None:
    platform_browser.post(page(tenant_b, "archive"))
    job = Job.objects.get()
    assert (job.kind, job.tenant_id, job.state) == (tenants.ARCHIVE, tenant_b.pk, "queued")
    assert last_event()[0] == "sites.tenant_archive_begun"
    assert "queued" in platform_browser.get(page(tenant_b)).content.decode()
    Job.objects.update(state="succeeded", result={"archive": "beta-x.zip", "bytes": 2048})
    assert "beta-x.zip, 2.0\xa0KB" in platform_browser.get(page(tenant_b)).content.decode()
    assert platform_browser.get(page(tenant_b, "archive")).status_code == 405


def test_nobody_else_ends_or_restores_a_tenant_and_never_several_at_once(
    platform_browser: Client, sign_in: SignIn, tenant_a: Tenant, tenant_b: Tenant
) -> None:
    before = EventRow.objects.count()
    ticked = {"action": "delete_selected", "_selected_action": [tenant_a.pk, tenant_b.pk], "post": "yes"}
    platform_browser.post("/admin/sites/tenant/", ticked)
    admin = sign_in("tenant_admin")
    for deed in ("delete", "restore", "archive"):
        assert admin.post(page(tenant_a, deed), {"post": "yes", "confirm": "alpha"}).status_code == 403
    assert Client().post(page(tenant_a, "restore")).status_code == 302
    assert set(Tenant.objects.values_list("status", flat=True)) == {"active"}
    assert (Job.objects.count(), EventRow.objects.count()) == (0, before)
