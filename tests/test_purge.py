"""A tenant's end: out of reach at once, thirty days in which it can come back, and nothing left afterwards."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.core.actor import Actor
from apps.core.models import Due, EventRow, Job
from apps.core.services import due, events, jobs
from apps.core.tenancy import inside
from apps.media import sizes
from apps.media.models import Media
from apps.media.providers import local
from apps.media.services import direct, renditions
from apps.sites import selectors
from apps.sites.models import Tenant
from apps.sites.services import tenants
from cognitor import archive
from cognitor.installation import ROOT
from conftest import AsRole, Committed
from tests.client import ApiClient
from tests.databases import own_url
from tests.ending import delete, everything, run_jobs, thirty_days_later

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("archives")]
Deliver = Callable[[], int]


def test_a_deletion_needs_the_identifier_and_without_it_changes_nothing(platform: ApiClient, tenant_a: Tenant) -> None:
    before = (Due.objects.count(), EventRow.objects.count())
    for query in ("", "?confirm=", "?confirm=beta", "?confirm=ALPHA"):
        answer = platform.delete(f"/tenants/{tenant_a.pk}{query}")
        assert answer.status_code == 400
    tenant_a.refresh_from_db()
    assert (tenant_a.status, Due.objects.count(), EventRow.objects.count()) == ("active", *before)


def test_only_the_platform_deletes_tenants(as_role: AsRole, tenant_a: Tenant) -> None:
    assert delete(as_role("tenant_admin"), tenant_a).status_code == 403
    tenant_a.refresh_from_db()
    assert tenant_a.status == "active"


def test_a_deleted_tenant_is_out_of_reach_at_once(
    platform: ApiClient, api: ApiClient, as_role: AsRole, tenant_a: Tenant
) -> None:
    member = as_role("tenant_admin")
    answer = delete(platform, tenant_a)
    assert (answer.status_code, answer.json()["id"], answer.json()["status"]) == (202, tenant_a.pk, "deleting")
    assert {member.get(path).status_code for path in ("/sites", "/alpha-site/posts", "/tenants/current")} == {401}
    assert api.get("/public/alpha-site").content == api.get("/public/no-such-site").content
    assert api.get("/public/alpha-site/posts").status_code == 404
    assert as_role("tenant_admin", tenant="beta").get("/sites").status_code == 200
    plan = Due.objects.get(tenant_id=tenant_a.pk, kind="sites.purge_tenant")
    assert timedelta(days=29, hours=23) < plan.at - timezone.now() < timedelta(days=30)
    again = delete(platform, tenant_a)
    assert (again.status_code, again.json()["code"]) == (409, "sites.tenant.unsettled")
    assert Due.objects.get(pk=plan.pk).at == plan.at


def test_told_twice_of_a_deletion_one_archive_is_begun(
    platform: ApiClient, tenant_a: Tenant, deliver_events: Deliver
) -> None:
    delete(platform, tenant_a)
    deliver_events()
    EventRow.objects.filter(name="sites.tenant_deleted").update(dispatched_at=None)
    deliver_events()
    assert Job.objects.filter(tenant_id=tenant_a.pk, kind=archive.KIND).count() == 1


def test_within_thirty_days_it_comes_back_as_it_was(
    filled: dict[str, str],
    platform: ApiClient,
    api: ApiClient,
    as_role: AsRole,
    tenant_a: Tenant,
    run_due: Callable[[], int],
    deliver_events: Deliver,
) -> None:
    before = everything(schema=tenant_a.schema_name)
    delete(platform, tenant_a)
    deliver_events()
    run_jobs()
    refused = platform.patch(f"/tenants/{tenant_a.pk}", {"status": "suspended"})
    assert (refused.status_code, refused.json()["code"]) == (409, "sites.tenant.unsettled")
    answer = platform.patch(f"/tenants/{tenant_a.pk}", {"status": "active"})
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert not Due.objects.filter(kind="sites.purge_tenant").exists()
    assert EventRow.objects.order_by("-pk")[0].name == "sites.tenant_restored"
    assert as_role("viewer").get("/alpha-site/posts").json()["total"] == 1
    assert api.get("/public/alpha-site/posts").status_code == 200
    run_due()
    assert everything(schema=tenant_a.schema_name) == before


def passing(tenant: Tenant) -> list[str]:
    """Files of the tenant that no archive holds: a rendition, and a part of an upload under way."""
    site = tenant.sites.get(identifier="alpha-site")
    actor = Actor.system(because="tests", tenant_id=tenant.pk)
    with inside(tenant):
        size = sizes.Size(width=64, height=0, fit="inside", format="webp", quality=80, focal=(0.5, 0.5))
        made = renditions.of(site=site, media=Media.objects.get(), size=size, address="-")
        place = direct.prepare(site=site, size=5)
        upload = direct.begin(actor=actor, site=site, place=place, filename="a.txt", size=5)
        local.put(upload.path, 1, BytesIO(b"words"))
    with connection.cursor() as cursor:
        # A test is one transaction, in which what is still to be checked forbids to drop a table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    assert made is not None
    return [made.file, local.place(upload.path, 1)]


def test_after_thirty_days_schema_rows_and_files_are_gone_and_the_archive_stays(
    filled: dict[str, str],
    platform: ApiClient,
    tenant_a: Tenant,
    tenant_b: Tenant,
    run_due: Callable[[], int],
    deliver_events: Deliver,
    archives: Path,
) -> None:
    guest = User.objects.get(email="author@alpha.test")
    Membership.objects.create(user=guest, tenant=tenant_b, role="viewer")
    other = everything(schema=tenant_b.schema_name)
    beside = passing(tenant_a)
    delete(platform, tenant_a)
    deliver_events()
    run_jobs()
    run_due()
    assert all(map(default_storage.exists, beside))
    assert Tenant.objects.filter(pk=tenant_a.pk).exists()
    thirty_days_later(tenant_a)
    run_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [tenant_a.schema_name])
        assert cursor.fetchone() == (0,)
    left = everything()
    assert "CANARY-ALPHA" not in left
    assert "alpha-site" not in left
    assert tenant_a.schema_name not in left
    for model, how in archive.archived():
        if how.tenant:
            assert not model._base_manager.filter(**{how.tenant[0]: tenant_a.pk}).exists(), model._meta.label
    assert not any(map(default_storage.exists, [filled["alpha"], *beside]))
    assert [User.objects.filter(email__endswith="@alpha.test").get(), guest.memberships.get().tenant] == [
        guest,
        tenant_b,
    ]
    assert (len(list(archives.iterdir())), everything(schema=tenant_b.schema_name)) == (1, other)
    assert default_storage.exists(filled["beta"])
    event = EventRow.objects.get(name="sites.tenant_purged")
    assert (event.tenant_id, event.subject_id) == (None, tenant_a.pk)
    assert event.data == {"archive": next(archives.iterdir()).name}
    assert platform.patch(f"/tenants/{tenant_a.pk}", {"status": "active"}).status_code == 404


@pytest.mark.parametrize("fault", ["never ran", "failed", "file lost", "of an earlier deletion"])
def test_without_a_whole_archive_nothing_is_purged_and_one_is_begun(
    fault: str,
    filled: dict[str, str],
    platform: ApiClient,
    tenant_a: Tenant,
    run_due: Callable[[], int],
    deliver_events: Deliver,
    archives: Path,
) -> None:
    delete(platform, tenant_a)
    deliver_events()
    if fault == "never ran":
        Job.objects.all().delete()
    elif fault == "failed":
        Job.objects.update(state=Job.State.FAILED)
    elif fault == "file lost":
        run_jobs()
        next(archives.iterdir()).unlink()
    else:
        run_jobs()
        Job.objects.update(created_at=timezone.now() - timedelta(days=1))
    before = everything(schema=tenant_a.schema_name)
    thirty_days_later(tenant_a)
    assert run_due() == 1
    assert everything(schema=tenant_a.schema_name) == before
    assert default_storage.exists(filled["alpha"])
    plan = Due.objects.get(tenant_id=tenant_a.pk, kind="sites.purge_tenant")
    assert timedelta(hours=23) < plan.at - timezone.now() < timedelta(days=1, minutes=1)
    assert [job.state for job in run_jobs()] == [Job.State.SUCCEEDED]
    thirty_days_later(tenant_a)
    run_due()
    assert not Tenant.objects.filter(pk=tenant_a.pk).exists()


def test_a_purge_that_breaks_off_leaves_everything_and_is_done_later(
    filled: dict[str, str],
    platform: ApiClient,
    tenant_a: Tenant,
    run_due: Callable[[], int],
    deliver_events: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delete(platform, tenant_a)
    deliver_events()
    run_jobs()
    before = everything(schema=tenant_a.schema_name)
    thirty_days_later(tenant_a)
    with monkeypatch.context() as patch:
        patch.setattr("cognitor.purge.TenantPurged", None)  # the last thing that it does
        run_due()
    assert everything(schema=tenant_a.schema_name) == before
    assert default_storage.exists(filled["alpha"])
    thirty_days_later(tenant_a)
    run_due()
    assert not Tenant.objects.filter(pk=tenant_a.pk).exists()
    assert not default_storage.exists(filled["alpha"])


def test_a_purge_that_meets_a_restoration_gives_way(committed: Committed) -> None:
    tenant, actor = committed.tenant, Actor.system(because="tests")
    tenants.delete(actor=actor, tenant_id=tenant.pk, confirm=tenant.identifier)
    jobs.run(jobs.start(actor=actor, kind=archive.KIND, tenant_id=tenant.pk).pk)
    thirty_days_later(tenant)
    counts = []

    def purge() -> None:
        counts.append(due.run())
        connection.close()

    with transaction.atomic():
        selectors.tenant_for(tenant.pk, lock=True)
        thread = threading.Thread(target=purge)
        thread.start()
        thread.join(10)
        assert counts == [1]
        tenants.update(actor=actor, tenant_id=tenant.pk, changes={"status": "active"})
    assert Tenant.objects.get(pk=tenant.pk).status == "active"
    assert committed.client.get("/sites").status_code == 200
    assert not Due.objects.filter(tenant_id=tenant.pk, kind=tenants.PURGE).exists()


def test_killed_while_archiving_or_at_the_end_of_the_purge_it_is_done_once_by_the_next(
    committed: Committed, tmp_path: Path, settings: Any
) -> None:
    tenant, client = committed.tenant, committed.client
    settings.ARCHIVES = tmp_path / "archives"
    client.post(f"/{committed.site.identifier}/posts", {"title": "Mine"})
    connection.set_schema_to_public()
    tenants.delete(actor=Actor.system(because="tests"), tenant_id=tenant.pk, confirm=tenant.identifier)
    while events.dispatch():
        pass
    # Its worker died: the job is found by its lease, and what it left is no archive.
    settings.ARCHIVES.mkdir()
    (settings.ARCHIVES / "left.zip.part").write_bytes(b"half")
    Job.objects.filter(tenant_id=tenant.pk).update(state="running", attempts=1, lease_until=timezone.now())
    thirty_days_later(tenant)
    assert due.run() == 1
    assert Tenant.objects.filter(pk=tenant.pk).exists()
    jobs.run(Job.objects.get(tenant_id=tenant.pk, kind=archive.KIND).pk)
    before = everything(schema=tenant.schema_name)
    thirty_days_later(tenant)
    task = {"deed": "due", "kill": "deed done", "files": str(tmp_path / "files"), "token": "", "key": ""}
    killed = subprocess.run(
        [sys.executable, "-m", "tests.dying"],
        input=json.dumps(task),
        cwd=ROOT,
        env=os.environ | {"TEST_DATABASE_URL": own_url(), "COGNITOR_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert everything(schema=tenant.schema_name) == before
    due.run()
    assert not Tenant.objects.filter(pk=tenant.pk).exists()
    assert everything(schema=tenant.schema_name) == ""
    purged = EventRow.objects.filter(name="sites.tenant_purged", subject_id=tenant.pk)
    assert purged.count() == 1
    purged.delete()
