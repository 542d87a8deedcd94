"""A site that was exported and imported is the same site, whatever ids it has there."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.content.models import (
    DOCUMENTS,
    ContentType,
    Element,
    Page,
    Reference,
    Slug,
    Translation,
    UniqueValue,
    Version,
)
from apps.content.services import trash
from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element
from apps.core.encoding import dumps, loads, stamp
from apps.core.models import Due, EventRow, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Media, Use
from apps.media.tests.factories import camera, make
from apps.sites.models import ElementSite, Site, Tenant
from cognitor.transfer import tables
from conftest import AsRole
from tests.client import ApiClient
from tests.ending import everything

Step = Callable[[], int]

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "x-unique": True, "x-index": True},
        "story": {"type": "integer", "format": "post_id"},
        "cover": {"$ref": "#/$defs/picture"},
        "place": {"type": "integer", "format": "page_id"},
        "blocks": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string"},
                    "friends": {"type": "array", "items": {"type": "integer", "format": "element_id"}},
                },
            },
        },
        "any": {"anyOf": [{"type": "string"}, {"type": "integer", "format": "media_id"}]},
        "year": {"type": "integer"},
    },
    "$defs": {"picture": {"type": "integer", "format": "media_id"}},
}


@pytest.fixture
def made(as_role: AsRole, site_a: Site, users: Any, deliver_events: Step) -> dict[str, Any]:
    """A site with one of everything, and things in its trash."""
    admin, editor = as_role("tenant_admin"), as_role("editor")
    media = make(site_a, author=users["alpha"]["editor"], alt_text="A quay", content=camera())
    kind = a_type(admin, schema=SCHEMA)
    post = a_post(editor, title="Story", content="Once", slug="story", published=True)
    editor.patch(f"/alpha-site/posts/{post['id']}", {"slug": "the-story"})
    gone = a_post(editor, title="Gone", published=True)
    first = an_element(admin, kind, {"name": "First", "year": media.pk, "any": media.pk}, published=True)
    root = a_page(admin, title="Root", published=True, slug="root")
    data = {
        "name": "Second",
        "story": post["id"],
        "cover": media.pk,
        "place": root["id"],
        "blocks": [{"kind": "x"}, {"kind": "y", "friends": [first["id"], first["id"]]}],
        "any": "words",
        "year": first["id"],
    }
    second = an_element(admin, kind, data, published=True, tags=["a"])
    admin.patch(f"/alpha-site/elements/{second['id']}", {"data": data | {"any": media.pk, "story": gone["id"]}})
    draft = data | {"name": "Draft", "year": 4}
    admin.patch(f"/alpha-site/elements/{second['id']}", {"data": draft, "draft": True})
    places = [
        {"section": "main", "position": n, "content_element_id": id, "layout_config": {}}
        for n, id in enumerate((second["id"], first["id"]))
    ]
    below = a_page(
        admin, title="Below", slug="below", parent_id=root["id"], published=True, page_elements=places,
        seo={"image_media_id": media.pk},
    )  # fmt: skip
    a_translation(admin, "element", second["id"], "de", data={"name": "Zweitens", "cover": media.pk}, published=True)
    a_translation(admin, "post", post["id"], "de", title="Geschichte", slug="geschichte", published=True)
    a_translation(admin, "page", below["id"], "de", title="Unten", slug="unten", published=True)
    a_translation(admin, "element", first["id"], "de", data={"name": "Erstens"})
    later = a_post(editor, title="Later")
    editor.post(f"/alpha-site/posts/{later['id']}/publish", {"publish_at": stamp(timezone.now() + timedelta(days=9))})
    trashed = a_post(editor, title="Trashed")
    assert admin.delete(f"/alpha-site/posts/{trashed['id']}").status_code == 204
    assert admin.delete(f"/alpha-site/posts/{gone['id']}?force=true").status_code == 204
    admin.put("/sites/alpha-site/settings", {
        "locales": ["en", "de"], "fallback": {"de": ["en"]}, "branding": {"logo_media_id": media.pk},
        "domains": ["alpha.example"], "cache": {"max_age": 60},
    })  # fmt: skip
    deliver_events()
    return {"post": post, "first": first, "second": second, "below": below, "media": media, "kind": kind}


def export(path: Path, site: str = "alpha-site") -> dict[str, Any]:
    path.unlink(missing_ok=True)
    call_command("export_site", site, path, stdout=StringIO())
    with zipfile.ZipFile(path) as found:
        return json.loads(found.read("manifest.json"))


def bring(path: Path, tenant: str = "beta", **options: Any) -> str:
    out = StringIO()
    call_command("import_site", path, tenant=tenant, stdout=out, **options)
    return out.getvalue()


def digest_of(site: Site) -> str:
    with inside(site.tenant):
        return tables.digest(site)


def public_of(api: ApiClient, site: Site) -> dict[str, Any]:
    """All that the public gets of a site, ids replaced by uids and the site's own addresses by words."""
    with inside(site.tenant):
        called = tables.names(site)
    found = {}
    for path in (
        "elements", "posts", "pages", "navigation", "posts/story", "posts/the-story", "posts/geschichte?locale=de",
        "page?path=/root/below", "page?path=/root/unten&locale=de", "elements?locale=de", "sitemap.xml", "feed.json",
    ):  # fmt: skip
        answer = api.get(f"/public/{site.identifier}/{path}")
        body = answer.content.decode().replace(site.identifier, "SITE")
        body = re.sub(r"uploads/site_[0-9]+/[0-9a-f]{8}_", "FILE/", body)
        if answer["Content-Type"].startswith("application/json"):
            body = dumps(_by_uid(loads(body), called)).decode()
        found[path] = f"{answer.status_code} {body}"
    assert all(body.startswith(("200", "301")) for body in found.values()), found
    return found


def _by_uid(value: Any, called: tables.Names) -> Any:
    if isinstance(value, list):
        return [_by_uid(one, called) for one in value]
    if not isinstance(value, dict):
        return value
    value = {name: _by_uid(one, called) for name, one in value.items()}
    kind = "element" if "type_identifier" in value else "page" if "path" in value else "post" if "slug" in value else ""
    if kind and "id" in value:
        value["id"] = called[kind, value["id"]]
    if value.get("parent_id"):
        value["parent_id"] = called["page", value["parent_id"]]
    return value


def test_a_site_is_the_same_in_another_tenant_and_is_served_alike(
    made: dict[str, Any], api: ApiClient, site_a: Site, tenant_b: Tenant, tmp_path: Path, deliver_events: Step
) -> None:
    manifest = export(tmp_path / "a.zip")
    said = bring(tmp_path / "a.zip", identifier="copy")
    copy = Site.objects.get(identifier="copy")
    assert copy.tenant_id == tenant_b.pk
    assert digest_of(copy) == manifest["digest"] == digest_of(site_a)
    assert public_of(api, copy) == public_of(api, site_a)
    assert "editor@alpha.test is no member: what they wrote has no author here." in said
    assert (copy.settings["fallback"], copy.cache_seconds) == ({"de": ["en"]}, 60)
    with inside(tenant_b):
        media = Media.objects.get(site=copy)
        assert copy.settings["branding"]["logo_media_id"] == media.pk
        with default_storage.open(media.file) as source:
            assert source.read() == default_storage.open(made["media"].file).read()
        assert Element.objects.filter(site=copy).count() == 2
        assert not any(model.objects.filter(site=copy).exclude(deleted_at=None) for model in DOCUMENTS.values())
        assert Slug.objects.filter(site=copy, slug="story", current=False).count() == 1
        second = Element.objects.get(uid=uid_of(site_a, Element, made["second"]["id"]))
        assert second.author is None
        assert Reference.objects.filter(doc_type="element", doc_id=second.pk, target_type="media", live=True).exists()
        assert Use.objects.filter(media=media).count() == 4
        assert {row.field for row in UniqueValue.objects.filter(type=second.type)} == {"name"}
    tenant_b.refresh_from_db()
    assert (tenant_b.used_elements, tenant_b.used_storage_bytes) == (2, media.file_size)
    plans = Due.objects.filter(tenant_id=tenant_b.pk, kind="content.publish")
    assert plans.count() == 1
    event = EventRow.objects.get(name="sites.site_imported")
    assert (event.tenant_id, event.site_id, event.data["archive"]) == (tenant_b.pk, copy.pk, "a.zip")
    deliver_events()
    assert Job.objects.filter(tenant_id=tenant_b.pk, kind="content.build_indexes").count() == 1


def uid_of(site: Site, model: Any, id: int) -> Any:
    with inside(site.tenant):
        return model.objects.values_list("uid", flat=True).get(pk=id)


def packed(source: Path, target: Path, change: Callable[[str, bytes], bytes], manifest: Any = dict) -> Path:
    """An archive with other contents whose manifest tells the truth about them."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        told = json.loads(old.read("manifest.json"))
        for name in told["members"]:
            body = change(name, old.read(name))
            told["members"][name] |= {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            if "rows" in told["members"][name]:
                told["members"][name]["rows"] = body.count(b"\n")
            new.writestr(name, body)
        new.writestr("manifest.json", json.dumps(told | manifest(told)))
    return target


def in_table(label: str, **values: Any) -> Callable[[str, bytes], bytes]:
    """A change of the table's rows: each gets these values; one that is called is asked with the row."""

    def change(name: str, body: bytes) -> bytes:
        if name != f"tables/{label}.jsonl":
            return body
        rows = [json.loads(line) for line in body.splitlines()]
        changed = [row | {k: v(row) if callable(v) else v for k, v in values.items()} for row in rows]
        return b"".join(dumps(row) + b"\n" for row in changed)

    return change


def same_but_for(tenant: Tenant) -> tuple[str, str]:
    connection.set_schema_to_public()
    return everything(), everything(schema=tenant.schema_name)


def names_of_copy(site: Site, ids: dict[str, dict[str, int]]) -> dict[tuple[str, int], str]:
    """What the copy's rows are called in the site that they came from."""
    with inside(site.tenant):
        called = tables.names(site)
    return {(kind, new): called[kind, int(old)] for kind, some in ids.items() for old, new in some.items()}


def test_all_ids_are_kept_where_they_are_free(
    made: dict[str, Any], site_a: Site, tmp_path: Path, tenant_a: Tenant, api: ApiClient
) -> None:
    manifest, before = export(tmp_path / "a.zip"), public_of(api, site_a)
    with inside(tenant_a):
        named = tables.names(site_a)
        for doc_type, model in DOCUMENTS.items():
            trash.erase(doc_type, list(model.objects.filter(site=site_a).values_list("pk", flat=True)))
        ContentType.objects.filter(site=site_a).delete()
        Media.objects.filter(site=site_a).delete()
    Due.objects.filter(tenant_id=tenant_a.pk).delete()
    Tenant.objects.filter(pk=tenant_a.pk).update(used_elements=0, used_storage_bytes=0)
    site_a.delete()
    said = bring(tmp_path / "a.zip", "alpha")
    again = Site.objects.get(identifier="alpha-site")
    assert again.uid == site_a.uid
    assert "no member" not in said
    with inside(tenant_a):
        assert tables.names(again) == named
        post = DOCUMENTS["post"].objects.get(pk=made["post"]["id"])
        assert post.author.email == "editor@alpha.test"
    assert digest_of(again) == manifest["digest"]
    assert public_of(api, again) == before


def test_where_all_ids_are_taken_every_reference_follows_and_twice_makes_two(
    made: dict[str, Any], api: ApiClient, site_a: Site, tmp_path: Path, tenant_a: Tenant, as_role: AsRole
) -> None:
    manifest = export(tmp_path / "a.zip")
    for name in ("copy-one", "copy-two"):
        bring(tmp_path / "a.zip", "alpha", identifier=name, map=tmp_path / "ids.json")
        ids = json.loads((tmp_path / "ids.json").read_text())
        copy = Site.objects.get(identifier=name)
        assert {kind: len(found) for kind, found in ids.items()} == {
            "media": 1, "type": 1, "element": 2, "post": 2, "page": 2, "translation": 4
        }  # fmt: skip
        assert not [kind for kind, found in ids.items() for old, new in found.items() if int(old) == new]
        called = names_of_copy(site_a, ids)
        with inside(tenant_a):
            assert tables.digest(copy, called) == manifest["digest"]
            second = Element.objects.get(pk=ids["element"][str(made["second"]["id"])])
            media = ids["media"][str(made["media"].pk)]
            first, post = ids["element"][str(made["first"]["id"])], ids["post"][str(made["post"]["id"])]
            assert (second.data["cover"], second.data["any"], second.data["story"]) == (media, "words", post)
            assert second.data["blocks"][1]["friends"] == [first, first]
            versions = Version.objects.filter(doc_type="element", doc_id=second.pk).order_by("number")
            old = [loads(row.source)["data"] for row in versions]
            assert [one["any"] for one in old] == ["words", media, "words"]
            # What was a number and no reference stays; what refers to something that did not come refers to nobody.
            assert [one["year"] for one in old] == [made["first"]["id"], made["first"]["id"], 4]
            assert not DOCUMENTS["post"].objects.filter(pk=old[1]["story"]).exists()
            page = Page.objects.get(pk=ids["page"][str(made["below"]["id"])])
            assert page.parent_id in ids["page"].values()
            assert [place["element_id"] for place in page.page_elements] == [second.pk, first]
            assert page.seo["image_media_id"] == media
            german = Translation.objects.get(doc_type="element", doc_id=second.pk)
            assert loads(german.source)["data"]["cover"] == media
            assert german.fingerprint == second.fingerprint(second.snapshot())
            assert not german.outdated
    connection.set_schema_to_public()
    assert ElementSite.objects.filter(site=copy).count() == 2
    tenant_a.refresh_from_db()
    assert tenant_a.used_elements == 6
    new = an_element(as_role("tenant_admin"), made["kind"], {"name": "New"})
    assert new["id"] > max(ids["element"].values())
    assert api.get("/public/copy-two/page?path=/root/below").json()["path"] == "/root/below"


def test_after_a_rename_old_versions_keep_their_names_and_get_the_right_ids(
    made: dict[str, Any], site_a: Site, tenant_a: Tenant, tmp_path: Path, as_role: AsRole, deliver_events: Step
) -> None:
    admin = as_role("tenant_admin")
    schema = json.loads(json.dumps(SCHEMA))
    schema["properties"]["picture"] = schema["properties"].pop("cover")
    schema["properties"]["born"] = {"type": "integer", "format": "element_id"}
    del schema["properties"]["year"]
    changed = admin.patch(
        f"/alpha-site/contenttypes/{made['kind']['id']}",
        {"schema": schema, "renames": {"cover": "picture", "year": "born"}},
    )
    assert changed.status_code == 200, changed.content
    manifest = export(tmp_path / "a.zip")  # the job has not run yet
    bring(tmp_path / "a.zip", "alpha", identifier="copy", map=tmp_path / "ids.json")
    ids = json.loads((tmp_path / "ids.json").read_text())
    copy = Site.objects.get(identifier="copy")
    called = names_of_copy(site_a, ids)
    kind = f"{ids['type'][str(made['kind']['id'])]}"
    waiting = Job.objects.filter(kind="content.rename_fields", state="queued")
    assert [str(job.arguments["type_id"]) for job in waiting.order_by("created_at")] == [str(made["kind"]["id"]), kind]
    with inside(tenant_a):
        assert tables.digest(copy, called) == manifest["digest"]
        row = Version.objects.get(doc_type="element", doc_id=ids["element"][str(made["second"]["id"])], number=1)
        data = loads(row.source)["data"]
        # Under the old names; `year` is a reference as which it would be read today.
        assert data["cover"] == ids["media"][str(made["media"].pk)]
        assert data["year"] == ids["element"][str(made["first"]["id"])]
        assert "born" not in data
    for job in waiting:
        jobs.run(job.pk)
    with inside(tenant_a):
        now = Element.objects.get(pk=ids["element"][str(made["second"]["id"])])
        assert loads(now.source)["picture"] == ids["media"][str(made["media"].pk)]
        assert tables.digest(copy, called) == tables.digest(site_a)


def test_what_a_tenant_may_not_have_is_refused_before_anything_is_written(
    made: dict[str, Any], tmp_path: Path, tenant_b: Tenant
) -> None:
    export(tmp_path / "a.zip")
    for limits, words in (
        ({"elements": 1}, "0 of at most 1 elements; these are 2 more"),
        ({"storage_bytes": 10}, "of at most 10 storage_bytes"),
        ({"sites": 1}, "1 of at most 1 sites"),
    ):
        Tenant.objects.filter(pk=tenant_b.pk).update(limits=limits)
        before = same_but_for(tenant_b)
        with pytest.raises(CommandError, match=words):
            bring(tmp_path / "a.zip", identifier="copy")
        assert same_but_for(tenant_b) == before


def test_a_dry_run_tells_what_would_come_and_leaves_nothing(
    made: dict[str, Any], tmp_path: Path, tenant_a: Tenant
) -> None:
    export(tmp_path / "a.zip")
    before = same_but_for(tenant_a)
    said = bring(tmp_path / "a.zip", "alpha", identifier="copy", dry_run=True)
    assert "Would import copy: 1 files" in said
    assert "element: 2 rows, 2 with another id" in said
    assert same_but_for(tenant_a) == before
    with pytest.raises(CommandError, match="There is a site alpha-site already"):
        bring(tmp_path / "a.zip", "alpha", dry_run=True)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><script>1</script></svg>'
HOSTILE: dict[str, tuple[Any, str]] = {
    "a page that is its own grandparent": (
        in_table("content.page", parent_id=lambda row: row["id"]), "stand too deep, or in a circle"
    ),
    "a version of what is not there": (in_table("content.version", doc_id=10**6), "something that is not in"),
    "an unknown column": (in_table("content.post", hidden=1), "columns that are not known here: hidden"),
    "two rows of one id": (in_table("content.page", id=5), "whose ids are none"),
    "a schema that is none": (in_table("content.contenttype", source='{"type": 5}'), "is not taken here"),
    "settings that are none": (in_table("sites.site", settings={"cors_origins": ["*"]}), "is not taken here"),
    "another title than the digest says": (in_table("content.post", title="Other"), "not what was exported"),
    "a text in the place of a number": (in_table("content.element", type_version="x"), "is not"),
    "an element whose text is no JSON": (in_table("content.element", source="{"), "is not one that an archive has"),
    "two elements with one unique value": (
        in_table("content.element", source='{"name":"Same"}'), "is not"
    ),
    "a script in a picture": (
        lambda name, body: SVG if name.startswith("files/") else body, "is not taken here"
    ),
    "a file of nobody": (in_table("media.media", file="uploads/else.jpg"), "files of no media"),
    "a domain that is none": (None, "is not"),
    "a tenant's archive": (None, "no archive of a site"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_an_archive_that_is_not_honest_is_refused_and_changes_nothing(
    what: str, made: dict[str, Any], tmp_path: Path, tenant_b: Tenant, run_due: Step
) -> None:
    export(tmp_path / "a.zip")
    change, words = HOSTILE[what]
    manifest: Any = {
        "a domain that is none": lambda told: {"domains": ["-x"]},
        "a tenant's archive": lambda told: {"kind": "tenant"},
    }.get(what, lambda told: {})
    path = packed(tmp_path / "a.zip", tmp_path / "b.zip", change or (lambda name, body: body), manifest)
    before, files = same_but_for(tenant_b), files_of_storage()
    with pytest.raises(CommandError, match=words):
        bring(path, identifier="copy")
    run_due()
    assert same_but_for(tenant_b) == before
    assert files_of_storage() == files


def files_of_storage() -> set[str]:
    folders = default_storage.listdir("uploads")[0]
    return {f"{folder}/{name}" for folder in folders for name in default_storage.listdir(f"uploads/{folder}")[1]}


def test_a_media_file_that_is_missing_is_told_and_the_rest_comes(
    made: dict[str, Any], tmp_path: Path, tenant_b: Tenant, api: ApiClient
) -> None:
    with inside(made["media"].site.tenant):
        default_storage.delete(made["media"].file)
    manifest = export(tmp_path / "a.zip")
    said = bring(tmp_path / "a.zip", identifier="copy")
    assert "it was missing in the export" in said
    assert digest_of(Site.objects.get(identifier="copy")) == manifest["digest"]


def test_the_commands_say_what_they_cannot_do(made: dict[str, Any], tmp_path: Path) -> None:
    export(tmp_path / "a.zip")
    with pytest.raises(CommandError, match="exists"):
        call_command("export_site", "alpha-site", tmp_path / "a.zip")
    with pytest.raises(CommandError, match="no site 'nowhere'"):
        call_command("export_site", "nowhere", tmp_path / "b.zip")
    with pytest.raises(CommandError, match="no tenant 'nobody'"):
        bring(tmp_path / "a.zip", "nobody")
    with pytest.raises(CommandError, match="is no archive"):
        bring(Path(__file__), "beta")
