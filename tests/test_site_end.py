"""A site's end: thirty days after its deletion all that its tenant's apps hold of it goes, and then the site."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import CASCADE
from django.utils import timezone

from apps.content.models import Element, Post
from apps.content.services import expiry as content
from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.encoding import stamp
from apps.core.fields import SharedForeignKey
from apps.core.models import Due, EventRow, Job
from apps.core.services import due, events, jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.services import expiry as media
from apps.media.tests import factories as files
from apps.search.services import expiry as search
from apps.sites.models import ElementSite, Site, Tenant
from apps.sites.services import expiry, sites
from apps.websites.services import expiry as websites
from apps.websites.tests.factories import a_website
from cognitor.installation import ROOT
from conftest import AsRole, Committed
from tests.client import ApiClient
from tests.databases import own_url
from tests.ending import everything

pytestmark = pytest.mark.slow

Step = Callable[[], int]
KINDS = (content.KIND, media.KIND, search.KIND, websites.KIND)


def thirty_days_later(site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(deleted_at=timezone.now() - timedelta(days=30))
    assert Due.objects.filter(kind=sites.PURGE, subject=f"site:{site.pk}").update(at=timezone.now()) == 1


def run_jobs() -> list[Any]:
    ids = list(Job.objects.filter(kind__in=KINDS, state=Job.State.QUEUED).values_list("pk", flat=True))
    for job_id in ids:
        jobs.run(job_id)
    return [Job.objects.get(pk=job_id) for job_id in ids]


def delete(client: ApiClient, site: Site) -> None:
    assert client.delete(f"/sites/{site.identifier}?confirm={site.identifier}").status_code == 204
    connection.set_schema_to_public()


def rows_in(tenant: Tenant) -> dict[str, int]:
    models = [m for m in apps.get_models() if m._meta.app_config.name in settings.TENANT_APPS]
    with inside(tenant):
        counts = {model._meta.label: model._base_manager.count() for model in models}
    return {label: count for label, count in counts.items() if count}


def test_every_model_of_a_tenant_goes_with_a_site() -> None:
    """A new one has its site and a place in its app's list, or hangs on a model that has."""
    listed = [*content.OF_SITE, *media.OF_SITE, *search.OF_SITE, *websites.OF_SITE]
    of_tenants = [model for model in apps.get_models() if model._meta.app_config.name in settings.TENANT_APPS]
    with_site = {
        model
        for model in of_tenants
        for field in model._meta.concrete_fields
        if isinstance(field, SharedForeignKey) and field.related_model is Site
    }
    assert set(listed) == with_site, "a model with a site came or went: `services/expiry.py` of its app must list it"
    assert len(listed) == len(set(listed))

    def cascades(model: Any) -> bool:
        return any(
            field.is_relation
            and not field.null
            and field.remote_field.on_delete is CASCADE
            and (field.related_model in with_site or cascades(field.related_model))
            for field in model._meta.concrete_fields
        )

    left = [m for m in of_tenants if m not in with_site and m not in content.BESIDE and not cascades(m)]
    assert left == [], "what deletes the rows of these when their site ends?"


def test_a_site_and_all_that_it_had_are_gone_after_thirty_days_and_its_neighbours_stay(
    filled: dict[str, str], as_role: AsRole, tenant_a: Tenant, tenant_b: Tenant, site_a: Site,
    deliver_events: Step, run_due: Step,
) -> None:  # fmt: skip
    client = as_role("tenant_admin")
    client.post("/sites", {"identifier": "second", "name": "Second"})
    second = Site.objects.get(identifier="second")
    kept = a_post(client, "second", title="Kept", published=True)
    kind = a_type(client, key="friend")
    trashed = an_element(client, kind, {"name": "Trashed"})
    client.delete(f"/alpha-site/elements/{trashed['id']}")
    post = a_post(client, title="Later")
    client.post(f"/alpha-site/posts/{post['id']}/publish", {"publish_at": stamp(timezone.now() + timedelta(days=90))})
    other = files.make(second, name="b.png", content=files.picture(size=(9, 9)))
    client.post("/alpha-site/media/folders", {"name": "Birds"})
    client.post("/alpha-site/media/uploads", {"filename": "a.txt", "size": 9})
    deliver_events()
    run_due()
    before_b = everything(schema=tenant_b.schema_name)
    delete(client, site_a)
    deliver_events()
    thirty_days_later(site_a)
    assert run_due() == 1
    assert Site.objects.filter(pk=site_a.pk).exists()
    deliver_events()
    told_again = EventRow.objects.filter(name="sites.site_expired")
    told_again.update(dispatched_at=None)
    deliver_events()
    done = run_jobs()
    assert sorted((job.kind, job.state) for job in done) == [(kind, Job.State.SUCCEEDED) for kind in KINDS]
    counts = {label: count for job in done for label, count in job.result.items()}
    assert counts["content.post"] == 2
    assert counts["content.element"] == 2
    assert counts["media.media"] == 1
    assert (counts["media.folder"], counts["media.directupload"]) == (1, 1)
    run_due()  # at once, not a day later: the site, and the file
    assert not Site.objects.filter(pk=site_a.pk).exists()
    assert rows_in(tenant_a) == {
        "content.Post": 1, "content.Version": 1, "content.PublicDocument": 1, "content.Slug": 1, "media.Media": 1,
        "search.IndexedDocument": 2, "search.SiteIndex": 1,
    }  # fmt: skip
    with inside(tenant_a):
        assert Post.objects.get().pk == kept["id"]
    assert not ElementSite.objects.filter(site_id=site_a.pk).exists()
    assert (default_storage.exists(filled["alpha"]), default_storage.exists(other.file)) == (False, True)
    tenant_a.refresh_from_db()
    assert (tenant_a.used_elements, tenant_a.used_storage_bytes) == (0, other.file_size)
    assert not Due.objects.filter(tenant_id=tenant_a.pk).exists()
    assert EventRow.objects.filter(name="sites.site_purged", site_id=site_a.pk).count() == 1
    assert everything(schema=tenant_b.schema_name) == before_b
    assert default_storage.exists(filled["beta"])


def test_a_purge_goes_on_in_batches_and_a_second_run_does_what_the_first_left(
    as_role: AsRole,
    tenant_a: Tenant,
    site_a: Site,
    deliver_events: Step,
    run_due: Step,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = as_role("tenant_admin")
    kind = a_type(client)
    for number in range(7):
        an_element(client, kind, {"name": str(number)}, published=True)
    delete(client, site_a)
    deliver_events()
    thirty_days_later(site_a)
    run_due()
    deliver_events()
    monkeypatch.setattr(expiry, "BATCH", 3)
    job: Any = Job.objects.get(kind=content.KIND)
    batch = expiry._batch

    def stop(job: Job, model: Any, before: Any) -> int:
        if model is Element and model.objects.count() == 4:
            raise KeyboardInterrupt
        return batch(job, model, before)

    with monkeypatch.context() as patch:
        patch.setattr(expiry, "_batch", stop)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(job.pk)
    tenant_a.refresh_from_db()
    assert (tenant_a.used_elements, rows_in(tenant_a)["content.Element"]) == (4, 4)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    for _ in range(2):
        jobs.run(job.pk)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result["content.element"]) == (Job.State.SUCCEEDED, 2, 4)
    tenant_a.refresh_from_db()
    assert (tenant_a.used_elements, rows_in(tenant_a)) == (0, {})
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    jobs.run(job.pk)
    assert rows_in(tenant_a) == {}


def test_a_job_takes_nothing_of_a_site_that_came_back_or_has_days_left(
    filled: dict[str, str], as_role: AsRole, tenant_a: Tenant, site_a: Site, deliver_events: Step, run_due: Step
) -> None:
    client = as_role("tenant_admin")
    delete(client, site_a)
    Due.objects.filter(kind=sites.PURGE).update(at=timezone.now())
    run_due()
    plan = Due.objects.get(kind=sites.PURGE)
    assert plan.at - timezone.now() > timedelta(days=29, hours=23)
    assert not EventRow.objects.filter(name="sites.site_expired").exists()
    before = rows_in(tenant_a)
    for status in ("deleting", "active"):
        Site.objects.filter(pk=site_a.pk).update(status=status)
        for kind in KINDS:
            jobs.run(Job.objects.create(tenant_id=tenant_a.pk, kind=kind, arguments={"site_id": site_a.pk}).pk)
    assert rows_in(tenant_a) == before
    assert default_storage.exists(filled["alpha"])
    assert Site.objects.filter(pk=site_a.pk).exists()


def test_a_site_whose_time_is_over_cannot_be_restored(
    filled: dict[str, str], as_role: AsRole, sign_in: Any, site_a: Site
) -> None:
    delete(as_role("tenant_admin"), site_a)
    thirty_days_later(site_a)
    page = sign_in("site_admin").post(
        "/admin/sites/site/", {"action": "restore_selected", "_selected_action": [site_a.pk]}, follow=True
    )
    assert "The 30 days are over" in page.content.decode()
    assert Site.objects.get(pk=site_a.pk).status == "deleting"
    assert Due.objects.filter(kind=sites.PURGE).count() == 1


def test_killed_between_two_batches_or_at_its_end_the_purge_is_finished_by_the_next_run(
    committed: Committed, tmp_path: Path, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": "http://testserver/files/"},
        }
    }
    tenant, site, client = committed.tenant, committed.site, committed.client
    kind = a_type(client, site.identifier)
    an_element(client, kind, {"name": "One"}, site=site.identifier, published=True)
    a_post(client, site.identifier, published=True)
    connection.set_schema_to_public()
    picture = files.make(site, name="a.png")
    a_website(site)
    delete(client, site)
    thirty_days_later(site)
    due.run()
    while events.dispatch():
        pass

    def die(point: str, job: Job) -> None:
        task = {"deed": "job", "job": str(job.pk), "kill": point, "files": str(tmp_path), "token": "", "key": ""}
        killed = subprocess.run(
            [sys.executable, "-m", "tests.dying"],
            input=json.dumps(task), cwd=ROOT, env=os.environ | {"TEST_DATABASE_URL": own_url()},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())

    for job in Job.objects.filter(tenant_id=tenant.pk, kind__in=KINDS):
        before = rows_in(tenant)
        die("batch done", job)
        assert rows_in(tenant) != before
        die("job done", job)
        jobs.run(job.pk)
        assert Job.objects.get(pk=job.pk).state == Job.State.SUCCEEDED
    assert rows_in(tenant) == {}
    due.run()
    assert not Site.objects.filter(pk=site.pk).exists()
    assert not default_storage.exists(picture.file)
    tenant.refresh_from_db()
    assert (tenant.used_elements, tenant.used_storage_bytes) == (0, 0)
    with inside(tenant):
        assert not Media.objects.exists()
