"""What the tests of a tenant's end share: deleting it, and what is left of it."""

import zipfile
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.core.models import Due, Job
from apps.core.services import jobs
from apps.sites.models import Tenant
from cognitor import archive
from tests.client import ApiClient


def delete(platform: ApiClient, tenant: Tenant) -> Any:
    return platform.delete(f"/tenants/{tenant.pk}?confirm={tenant.identifier}")


def run_jobs() -> list[Any]:
    waiting = Job.objects.filter(kind=archive.KIND, state=Job.State.QUEUED)
    ids = list(waiting.order_by("created_at").values_list("pk", flat=True))
    for job_id in ids:
        jobs.run(job_id)
    return [Job.objects.get(pk=job_id) for job_id in ids]


def thirty_days_later(tenant: Tenant) -> None:
    assert Due.objects.filter(tenant_id=tenant.pk, kind="sites.purge_tenant").update(at=timezone.now()) == 1


def everything(*, schema: str = "public") -> str:
    """All rows of the schema as text, in the order of tables and rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t ORDER BY 1')
            found += [f"{table} {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def content(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}
