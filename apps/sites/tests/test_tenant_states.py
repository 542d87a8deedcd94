"""What a tenant is after its deletion was taken back, and archives that somebody asks for."""

import pytest

from apps.core.models import Due, EventRow, Job
from apps.sites.models import Tenant
from apps.sites.services import tenants
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(EventRow.objects.filter(subject_type="tenant").order_by("pk").values_list("name", flat=True))


@pytest.mark.parametrize("before", ["active", "suspended"])
@pytest.mark.parametrize("way", ["restore", "patch"])
def test_a_restored_tenant_is_what_it_was_before(way: str, before: str, platform: ApiClient, tenant_a: Tenant) -> None:
    Tenant.objects.filter(pk=tenant_a.pk).update(status=before)
    assert platform.delete(f"/tenants/{tenant_a.pk}?confirm=alpha").status_code == 202
    if way == "restore":
        answer = platform.post(f"/tenants/{tenant_a.pk}/restore")
    else:
        answer = platform.patch(f"/tenants/{tenant_a.pk}", {"status": "active"})
    assert (answer.status_code, answer.json()["status"]) == (200, before)
    tenant_a.refresh_from_db()
    assert tenant_a.status == before
    assert not Due.objects.filter(kind=tenants.PURGE).exists()
    assert told()[-2:] == ["sites.tenant_deleted", "sites.tenant_restored"]


def test_what_is_not_deleted_cannot_be_restored(platform: ApiClient, tenant_a: Tenant) -> None:
    before = told()
    for status in ("active", "suspended", "provisioning"):
        Tenant.objects.filter(pk=tenant_a.pk).update(status=status)
        answer = platform.post(f"/tenants/{tenant_a.pk}/restore")
        assert (answer.status_code, answer.json()["code"]) == (409, "sites.tenant.unsettled")
        tenant_a.refresh_from_db()
        assert (tenant_a.status, told()) == (status, before)


def test_one_archive_at_a_time_is_begun_for_who_runs_the_installation(
    platform: ApiClient, as_role: AsRole, tenant_a: Tenant
) -> None:
    path = f"/tenants/{tenant_a.pk}/archive"
    assert as_role("tenant_admin").post(path).status_code == 403
    assert not Job.objects.exists()
    first, second = platform.post(path), platform.post(path)
    assert [first.status_code, second.status_code] == [202, 202]
    assert first.json()["id"] == second.json()["id"]
    job = Job.objects.get()
    assert (job.kind, job.tenant_id, str(job.pk)) == (tenants.ARCHIVE, tenant_a.pk, first.json()["id"])
    assert told().count("sites.tenant_archive_begun") == 1
    assert platform.get(f"/jobs/{job.pk}").json()["state"] == "queued"
    assert as_role("tenant_admin", tenant="beta").get(f"/jobs/{job.pk}").status_code == 404
    assert as_role("editor").get(f"/jobs/{job.pk}").status_code == 404
