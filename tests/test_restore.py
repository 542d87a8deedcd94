"""A tenant out of its archive is what it was, and an archive that is not whole or not honest changes nothing."""

import hashlib
import json
import warnings
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Membership, ServiceAccount, User
from apps.billing.models import Spending
from apps.billing.services import checking
from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.encoding import stamp
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.sites.models import ElementSite, Site, Tenant
from apps.sites.selectors import known_migrations
from apps.sites.services import schemas
from cognitor import archive, unpack
from conftest import AsRole, Committed, drop
from tests import pair
from tests.client import ApiClient
from tests.ending import delete, everything, run_jobs, thirty_days_later

pytestmark = pytest.mark.slow

Step = Callable[[], int]


def restore(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("restore_archive", path, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def purged(
    filled: dict[str, str], platform: ApiClient, as_role: AsRole, tenant_a: Tenant, archives: Path,
    deliver_events: Step, run_due: Step,
) -> Path:  # fmt: skip
    """The archive of tenant alpha, of which nothing else is left."""
    client = as_role("editor")
    later = a_post(client, title="Later")
    client.post(f"/alpha-site/posts/{later['id']}/publish", {"publish_at": stamp(timezone.now() + timedelta(days=90))})
    admin = as_role("tenant_admin")
    admin.post("/sites", {"identifier": "deleted-site", "name": "Deleted"})
    admin.delete("/sites/deleted-site?confirm=deleted-site")
    delete(platform, tenant_a)
    deliver_events()
    run_jobs()
    thirty_days_later(tenant_a)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    run_due()
    run_due()
    deliver_events()
    assert not Tenant.objects.filter(identifier="alpha").exists()
    assert not default_storage.exists(filled["alpha"])
    (path,) = archives.iterdir()
    return path


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as found:
        return json.loads(found.read("manifest.json"))


def _in(folder: str, kind: int) -> list[str]:
    """Names of the folders (0) or files (1) in a folder of the storage."""
    try:
        return default_storage.listdir(folder)[kind]
    except FileNotFoundError:
        return []


def everywhere(tenant: Tenant) -> tuple[str, str, set[str]]:
    connection.set_schema_to_public()
    names = {f"{site}/{name}" for site in _in("uploads", 0) for name in _in(f"uploads/{site}", 1)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(nspname, ' ' ORDER BY 1) FROM pg_namespace")
        return everything(), everything(schema=tenant.schema_name) + cursor.fetchone()[0], names


def test_what_was_archived_comes_back_with_the_same_digest(
    purged: Path, filled: dict[str, str], tenant_b: Tenant, api: ApiClient, as_role: AsRole, deliver_events: Step
) -> None:
    other = everything(schema=tenant_b.schema_name)
    said = restore(purged)
    tenant = Tenant.objects.get(identifier="alpha")
    then = manifest_of(purged)
    assert (str(tenant.uid), tenant.status) == (then["tenant"]["uid"], "active")
    now = archive.digests(tenant)
    now["core.eventrow"] = then["digests"][
        "core.eventrow"
    ]  # there are two more: that it came back, and that its index is made anew
    assert now == then["digests"]
    assert "not as it was archived" not in said
    event = EventRow.objects.get(name="sites.tenant_unarchived")
    assert (event.tenant_id, event.data) == (tenant.pk, {"archive": purged.name})
    assert (
        EventRow.objects.filter(tenant_id=tenant.pk).count()
        == then["members"]["tables/core.eventrow.jsonl"]["rows"] + 2
    )
    assert deliver_events() == 2
    assert everything(schema=tenant_b.schema_name) == other
    assert default_storage.exists(filled["alpha"])
    # It lives: people read and write, the public is served, new ids are free ones.
    editor = User.objects.get(email=pair.email("editor", "alpha"))
    client = ApiClient().login(editor)
    assert not editor.has_usable_password()
    assert client.get("/alpha-site/posts").json()["total"] == 2
    assert b"CANARY-ALPHA" in api.get("/public/alpha-site/posts").content
    a_post(client, title="New", published=True)
    admin = ApiClient().login(User.objects.get(email=pair.email("tenant_admin", "alpha")))
    element = an_element(client, a_type(admin, key="new"))
    connection.set_schema_to_public()
    assert ElementSite.objects.get(element_id=element["id"]).site.identifier == "alpha-site"
    tenant.refresh_from_db()
    assert tenant.used_elements == 2
    [website] = admin.get("/alpha-site/websites").json()["items"]
    assert (website["name"], website["state"], website["job_id"]) == ("CANARY-ALPHA", "draft", None)
    connection.set_schema_to_public()
    plans = Due.objects.filter(tenant_id=tenant.pk)
    assert sorted(plans.values_list("kind", flat=True)) == ["content.publish", "sites.purge_site"]
    gone = Site.objects.get(identifier="deleted-site")
    assert (gone.status, gone.tenant_id) == ("deleting", tenant.pk)
    connection.set_schema_to_public()
    assert checking.faults() == []
    spent = Spending.objects.get(tenant_id=tenant.pk, scope="site", period="day")
    assert (spent.key, spent.used) == (str(Site.objects.get(identifier="alpha-site").pk), 7)
    assert admin.get("/credits/balance").json() == {
        "available": 40,
        "held": 3,
        "owed": 0,
        "expiring": [{"expires_at": None, "credits": 40}],
    }
    assert (
        admin.get("/transactions?kind=charge").json()["items"][0]["site_id"]
        == Site.objects.get(identifier="alpha-site").pk
    )
    assert {row.actor_id for row in EventRow.objects.filter(name="content.post_published", tenant_id=tenant.pk)} == {
        User.objects.get(email=pair.email("tenant_admin", "alpha")).pk, editor.pk
    }  # fmt: skip


def test_people_are_known_by_their_address_and_keep_what_they_are(purged: Path, tenant_b: Tenant, users: Any) -> None:
    here = User.objects.create_user(pair.email("editor", "alpha"), "another-password-of-mine", name="Somebody")
    Membership.objects.create(user=here, tenant=tenant_b, role="viewer")
    said = restore(purged)
    tenant = Tenant.objects.get(identifier="alpha")
    again = User.objects.get(pk=here.pk)
    assert (again.name, again.password, again.home_tenant_id) == ("Somebody", here.password, None)
    assert set(again.memberships.values_list("tenant__identifier", "role")) == {("beta", "viewer"), ("alpha", "editor")}
    assert "accounts.user is not as it was archived: who was here already stays as they are" in said
    others = User.objects.filter(home_tenant=tenant)
    assert {user.email for user in others} == {pair.email(role, "alpha") for role in pair.ROLES} - {here.email}
    assert not [user for user in others if user.has_usable_password() or user.is_platform_admin]
    (account,) = ServiceAccount.objects.filter(tenant=tenant)
    assert len(account.digest) == 64


def test_identifiers_that_are_taken_are_refused_until_others_are_given(purged: Path, tenant_b: Tenant) -> None:
    Site.objects.create(tenant=tenant_b, identifier="alpha-site", name="Taken")
    Tenant.objects.create(identifier="alpha", name="Taken")
    before = everywhere(tenant_b)
    with pytest.raises(CommandError, match="There is a tenant alpha already; give another with --identifier"):
        restore(purged)
    with pytest.raises(CommandError, match="There are sites alpha-site already; use --identifier-suffix"):
        restore(purged, identifier="omega")
    with pytest.raises(CommandError, match="is no identifier"):
        restore(purged, identifier="O M")
    assert everywhere(tenant_b) == before
    said = restore(purged, identifier="omega", identifier_suffix="old")
    tenant = Tenant.objects.get(identifier="omega")
    assert sorted(tenant.sites.values_list("identifier", flat=True)) == ["alpha-site-old", "deleted-site-old"]
    assert "sites.site is not as it was archived: sites have other identifiers" in said
    differing = {k for k, v in archive.digests(tenant).items() if v != manifest_of(purged)["digests"][k]}
    assert differing == {"sites.site", "sites.tenant", "core.eventrow"}


def test_ids_of_elements_and_files_that_are_taken_are_refused_and_nothing_changes(
    purged: Path, filled: dict[str, str], tenant_b: Tenant, site_b: Site
) -> None:
    with zipfile.ZipFile(purged) as found:
        row = json.loads(found.read("tables/sites.elementsite.jsonl").splitlines()[0])
        picture = found.read(f"files/{filled['alpha']}")
    taken = ElementSite.objects.create(element_id=row["element_id"], site=site_b)
    before = everywhere(tenant_b)
    with pytest.raises(CommandError, match=f"1 ids of elements are taken in this installation, such as {taken.pk}"):
        restore(purged)
    assert everywhere(tenant_b) == before
    taken.delete()
    default_storage.save(filled["alpha"], ContentFile(picture))
    with pytest.raises(CommandError, match="The storage has 1 of the archive's files already"):
        restore(purged)
    assert default_storage.exists(filled["alpha"])


def test_a_failure_in_the_midst_leaves_no_row_no_schema_and_no_file(
    purged: Path, filled: dict[str, str], tenant_b: Tenant, run_due: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everywhere(tenant_b)
    monkeypatch.setattr("cognitor.restore.TenantUnarchived", None)
    with pytest.raises(TypeError):
        restore(purged)
    assert default_storage.exists(filled["alpha"])
    assert Due.objects.get(kind="sites.purge_files").data == {"paths": [filled["alpha"]]}
    run_due()
    assert everywhere(tenant_b) == before
    assert not default_storage.exists(filled["alpha"])


def rewritten(path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], object], honest: bool = True) -> Path:
    """A copy with other members; an honest one has a manifest that names them as they are."""
    with zipfile.ZipFile(path) as found:
        members = {name: found.read(name) for name in found.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    if honest:
        manifest["members"] = {
            name: manifest["members"].get(name, {})
            | {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            | ({"rows": body.count(b"\n")} if name.startswith("tables/") else {})
            for name, body in members.items()
        }
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in {**members, "manifest.json": json.dumps(manifest).encode()}.items():
            made.writestr(name, body)
    return target


def _rows(members: dict[str, bytes], label: str, change: Callable[[dict[str, Any]], object]) -> None:
    name = f"tables/{label}.jsonl"
    rows = [json.loads(line) for line in members[name].splitlines()]
    for row in rows:
        change(row)
    members[name] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes], dict[str, Any]], Any], str]] = {
    "a path out of the storage": (lambda m, _: m.update({"files/../../evil": b"x"}), "does not belong"),
    "an absolute path": (lambda m, _: m.update({"files//etc/evil": b"x"}), "does not belong"),
    "a path of another system": (lambda m, _: m.update({"files/a\\..\\b": b"x"}), "does not belong"),
    "a table that is not archived": (lambda m, _: m.update({"tables/accounts.session.jsonl": b"{}\n"}), "not belong"),
    "newer code": (lambda _, t: t["schema"]["applied"].append("content.9999_later"), "newer code: content.9999_later"),
    "another version": (lambda _, t: t.update(version=1), "reads archives of version 2 only"),
    "a manifest of another shape": (lambda _, t: t.update(tenant=[]), "not one that an archive has"),
    "no JSON": (lambda m, _: m.update({"tables/content.post.jsonl": b"{nope\n"}), "no JSON"),
    "no row": (lambda m, _: m.update({"tables/content.post.jsonl": b"[1]\n"}), "no row"),
    "an administrator": (
        lambda m, _: _rows(m, "accounts.user", lambda row: row.update(is_platform_admin=True)), "other columns"
    ),
    "rights of the installation": (
        lambda m, _: _rows(m, "accounts.role", lambda row: row.update(codes=["platform.tenants"])), "platform.tenants"
    ),
    "a role that there is not": (
        lambda m, _: _rows(m, "accounts.membership", lambda row: row.update(role="root")), "root"
    ),
    "rows of another tenant": (
        lambda m, _: _rows(m, "sites.site", lambda row: row.update(tenant_id=1_000_000)), "is not in the archive"
    ),
    "another value": (lambda m, _: _rows(m, "content.post", lambda row: row.update(title="x")), "content.post"),
    "a value of another kind": (
        lambda m, _: _rows(m, "content.post", lambda row: row.update(version="many")), "is not taken"
    ),
    "an id without end": (
        lambda m, _: _rows(m, "sites.elementsite", lambda row: row.update(element_id=2**62)), "ids are none"
    ),
    "two tenants": (
        lambda m, _: m.update({"tables/sites.tenant.jsonl": m["tables/sites.tenant.jsonl"] * 2}), "of one tenant"
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_changes(
    fault: str, purged: Path, tenant_b: Tenant, run_due: Step
) -> None:
    change, why = HOSTILE[fault]
    path = rewritten(purged, change)
    before = everywhere(tenant_b)
    with pytest.raises(CommandError, match=why):
        restore(path)
    run_due()
    assert everywhere(tenant_b) == before


def test_a_damaged_archive_is_refused_before_anything_is_written(purged: Path, tenant_b: Tenant) -> None:
    name = "tables/content.post.jsonl"
    faults: list[tuple[Path, str]] = [
        (
            rewritten(purged, lambda m, _: m.update({name: m[name].replace(b"Later", b"Never")}), honest=False),
            "damaged",
        ),
        (rewritten(purged, lambda m, _: m.pop(name), honest=False), "does not hold what its manifest names"),
    ]
    before = everywhere(tenant_b)
    path, why = faults[1]
    with pytest.raises(CommandError, match=why):
        restore(path)
    rewritten(purged, lambda m, _: m.update({name: m[name].replace(b"Later", b"Never")}), honest=False)
    with pytest.raises(CommandError, match="damaged"):
        restore(faults[0][0])
    path.write_bytes(purged.read_bytes()[:-100])
    with pytest.raises(CommandError, match="is no archive"):
        restore(path)
    with pytest.raises(CommandError, match="is no archive"):
        restore(path.with_name("nowhere.zip"))
    assert everywhere(tenant_b) == before


def test_bombs_doubles_links_and_crowds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(why: str, *members: tuple[Any, bytes]) -> None:
        path = tmp_path / "a.zip"
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            warnings.simplefilter("ignore")  # zipfile's own, of two members of one name
            for name, body in members:
                made.writestr(name, body)
        with pytest.raises(unpack.Unrestorable, match=why), unpack.opened(path):
            pass

    link = zipfile.ZipInfo("files/uploads/link")
    link.external_attr = 0o120777 << 16
    packed = zipfile.ZipInfo("files/uploads/a.bin")
    packed.compress_type = zipfile.ZIP_LZMA
    refused("a link", (link, b"/etc/passwd"))
    refused("packed otherwise", (packed, b"x"))
    refused("two members", ("manifest.json", b"{}"), ("manifest.json", b"{}"))
    refused("no manifest", ("files/uploads/a.bin", b"x"))
    monkeypatch.setattr(unpack, "ROOM", 1000)
    refused("times as large", ("files/uploads/a.bin", bytes(1_000_000)))
    monkeypatch.setattr(unpack, "MAX_MEMBERS", 1)
    refused("at most 1 are read", ("manifest.json", b"{}"), ("files/uploads/a.bin", b"x"))


def test_an_archive_of_older_code_is_restored_as_it_was_and_then_brought_up_to_date(
    committed: Committed, tmp_path: Path
) -> None:
    client, site = committed.client, committed.site.identifier
    kind = a_type(client, site)
    an_element(client, kind, {"name": "Old"}, site=site, published=True)
    a_post(client, site, title="Mine", published=True)
    connection.set_schema_to_public()
    tenant = committed.tenant
    path = tmp_path / "a.zip"
    archive.write(tenant, path)
    latest = max(name for name in known_migrations() if name.startswith("content."))

    def age(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
        manifest["schema"]["applied"].remove(latest)

    old = rewritten(path, age)
    with pytest.raises(CommandError, match="There is a tenant"):
        restore(old)
    drop(Tenant.objects.get(pk=tenant.pk))
    restore(old)
    again = Tenant.objects.get(identifier=tenant.identifier)
    try:
        assert again.status == "active"
        assert latest in again.schema_state.applied
        assert again.schema_state.version == schemas.code_version()
        admin = ApiClient().login(User.objects.get(email=committed.admin.email))
        assert [post["title"] for post in admin.get(f"/{site}/posts").json()["items"]] == ["Mine"]
        assert an_element(admin, kind, {"name": "New"}, site=site)["id"]
        connection.set_schema_to_public()
        with inside(again):
            assert apps.get_model("content.Element")._default_manager.count() == 2
    finally:
        connection.set_schema_to_public()
        drop(again)
