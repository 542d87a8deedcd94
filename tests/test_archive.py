"""A tenant's archive: all of the tenant, nothing of another, nothing half."""

import hashlib
import json
import stat
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from apps.content.tests.factories import a_post
from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.sites.models import Tenant
from apps.sites.services import tenants
from cognitor import archive
from conftest import Committed
from tests import pair
from tests.client import ApiClient
from tests.ending import content, delete, run_jobs

pytestmark = pytest.mark.slow

Deliver = Callable[[], int]


# What a tenant can lose: it is made again from what it keeps, or was never finished.
PASSING = {"media.rendition", "media.directupload", "search.siteindex", "search.indexeddocument"}


def test_every_model_says_whether_it_is_archived() -> None:
    labels = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    labels = {label if label in archive.CLASSIFIED else label.partition(".")[0] for label in labels}
    assert set(archive.CLASSIFIED) == labels, "a model came or went: `cognitor.archive.CLASSIFIED` must say what of it"
    for label, how in archive.CLASSIFIED.items():
        app = label.partition(".")[0]
        of_tenant = apps.get_app_config(app).name in settings.TENANT_APPS
        if label in PASSING:
            assert isinstance(how, archive.Excluded)
        elif of_tenant:
            assert isinstance(how, archive.Archived)
            assert not how.tenant, f"{label} lies in the tenant's schema: all its rows are the tenant's"
        elif isinstance(how, archive.Archived):
            assert how.tenant, f"{label} is shared: which of its rows are the tenant's?"


def test_no_column_that_holds_a_secret_is_archived() -> None:
    for model, how in archive.archived():
        left = {field.attname for field in model._meta.concrete_fields} - set(how.without)
        # In a tenant's own tables digests are of content.
        words = ("password", "token", "secret", *(["digest"] if how.tenant else []))
        assert not [name for name in left if any(word in name for word in words)]


def test_the_archive_holds_the_tenant_and_nothing_of_another(
    filled: dict[str, str], platform: ApiClient, tenant_a: Tenant, deliver_events: Deliver, archives: Path
) -> None:
    delete(platform, tenant_a)
    deliver_events()
    (job,) = run_jobs()
    assert (job.state, job.done) == (Job.State.SUCCEEDED, job.total)
    (path,) = archives.iterdir()
    assert path.name == job.result["archive"]
    assert path.name.startswith(f"alpha-{tenant_a.uid}-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    members = content(path)
    manifest = json.loads(members.pop("manifest.json"))
    assert manifest["tenant"] == {"uid": str(tenant_a.uid), "identifier": "alpha", "name": "Twin", "status": "active"}
    assert manifest["schema"]["version"] == tenant_a.schema_state.version
    assert manifest["missing"] == []
    assert set(manifest["members"]) == set(members)
    for name, body in members.items():
        told = manifest["members"][name]
        assert (told["bytes"], told["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        assert told.get("rows", body.count(b"\n")) == body.count(b"\n")
    with default_storage.open(filled["alpha"]) as source:
        assert members[f"files/{filled['alpha']}"] == source.read()
    assert [name for name in members if name.startswith("files/")] == [f"files/{filled['alpha']}"]
    tables = {name.split("/")[1][:-6]: body for name, body in members.items() if name.startswith("tables/")}
    with_canary = {name for name, body in tables.items() if b"CANARY-ALPHA" in body}
    assert with_canary >= {
        "media.media",
        "content.post",
        "content.element",
        "content.version",
        "content.publicdocument",
        "accounts.role",
        "accounts.serviceaccount",
        "sites.site",
        "sites.prompt",
    }
    whole = b"".join(tables.values()).lower()
    assert not [word for word in (b"canary-beta", b"@beta.test", b"beta-site", b"md5$") if word in whole]
    people = [json.loads(line) for line in tables["accounts.user"].splitlines()]
    assert {one["email"] for one in people} == {pair.email(role, "alpha") for role in pair.ROLES}
    assert not {"password", "is_platform_admin"} & set(people[0])


def test_the_digest_tells_by_uids_whether_the_content_is_the_same(
    filled: dict[str, str], tenant_a: Tenant, archives: Path
) -> None:
    first, second = (archive.write(tenant_a, archives / name) for name in ("1.zip", "2.zip"))
    assert first["digest"] == second["digest"]
    with inside(tenant_a):
        apps.get_model("content.Post")._default_manager.update(title="Changed")
    third = archive.write(tenant_a, archives / "3.zip")
    assert {label for label in third["digests"] if third["digests"][label] != first["digests"][label]} == {
        "content.post"
    }


def test_a_file_that_the_storage_lost_is_named_and_the_rest_is_archived(
    filled: dict[str, str], tenant_a: Tenant, archives: Path
) -> None:
    default_storage.delete(filled["alpha"])
    manifest = archive.write(tenant_a, archives / "a.zip")
    assert manifest["missing"] == [filled["alpha"]]
    assert manifest["members"]["tables/media.media.jsonl"]["rows"] == 1


def test_a_row_that_refers_to_somebody_who_is_gone_is_archived_all_the_same(
    filled: dict[str, str], tenant_a: Tenant, archives: Path
) -> None:
    with inside(tenant_a):
        for label in ("content.Post", "media.Media", "content.Version"):
            apps.get_model(label)._default_manager.update(author_id=999_999)
    manifest = archive.write(tenant_a, archives / "a.zip")
    rows = {label: manifest["members"][f"tables/{label}.jsonl"]["rows"] for label in ("content.post", "media.media")}
    assert rows == {"content.post": 1, "media.media": 1}
    assert b'"author_id":999999' in content(archives / "a.zip")["tables/content.post.jsonl"]


def test_an_archive_that_fails_leaves_no_half_file(tenant_a: Tenant, archives: Path) -> None:
    def step(done: int) -> None:
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        archive.write(tenant_a, archives / "a.zip", step=step)
    assert list(archives.iterdir()) == []


def test_a_job_archives_a_tenant_in_use_at_one_moment_and_tells_how_far_it_is(
    committed: Committed, archives: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, site = committed.client, committed.site.identifier
    a_post(client, site, title="Before")
    connection.set_schema_to_public()
    job = tenants.archive(actor=Actor.system(because="tests"), tenant_id=committed.tenant.pk)
    seen, table = [], archive._Writer.table

    def write_meanwhile() -> None:
        a_post(committed.client, site, title="Meanwhile")
        seen.append(Job.objects.get(pk=job.pk).done)
        connection.close()

    def slowly(self: Any, model: Any, how: Any) -> None:
        if model._meta.label == "content.Post":
            other = threading.Thread(target=write_meanwhile)
            other.start()
            other.join()
        table(self, model, how)

    monkeypatch.setattr(archive._Writer, "table", slowly)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.SUCCEEDED, job.total)
    assert len(seen) == 1
    assert 0 < seen[0] < job.done
    (path,) = archives.iterdir()
    posts = content(path)["tables/content.post.jsonl"]
    assert (posts.count(b"\n"), b"Before" in posts) == (1, True)


def test_the_command_archives_a_tenant_in_use_as_it_is_at_one_moment(committed: Committed, tmp_path: Path) -> None:
    a_post(committed.client, committed.site.identifier, title="Mine")
    connection.set_schema_to_public()
    path, out = tmp_path / "out.zip", StringIO()
    call_command("archive_tenant", committed.tenant.identifier, output=path, stdout=out)
    assert str(path) in out.getvalue()
    assert b'"title":"Mine"' in content(path)["tables/content.post.jsonl"]
    assert committed.client.get("/sites").status_code == 200
    with pytest.raises(CommandError, match="exists"):
        call_command("archive_tenant", committed.tenant.identifier, output=path)
    with pytest.raises(CommandError, match="no tenant"):
        call_command("archive_tenant", "nobody")
