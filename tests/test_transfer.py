"""A site that was exported and imported is the same site, whatever ids it has there."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from apps.content.models import (
    DOCUMENTS,
    ContentType,
    Element,
    Imported,
    Page,
    Post,
    Reference,
    Slug,
    Translation,
    UniqueValue,
    Version,
)
from apps.content.services import trash
from apps.content.tests.factories import a_type, an_element
from apps.core.encoding import dumps, loads
from apps.core.models import Due, EventRow, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Folder, Media, Use
from apps.sites.models import ElementSite, Site, Tenant
from cognitor.transfer import tables
from conftest import AsRole, Committed
from tests.client import ApiClient
from tests.transferring import SCHEMA, bring, digest_of, export

pytestmark = pytest.mark.slow

Step = Callable[[], int]


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
        assert not any(
            model._default_manager.filter(site=copy).exclude(deleted_at=None) for model in DOCUMENTS.values()
        )
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
            trash.erase(doc_type, list(model._default_manager.filter(site=site_a).values_list("pk", flat=True)))
        ContentType.objects.filter(site=site_a).delete()
        Media.objects.filter(site=site_a).delete()
        Folder.objects.filter(site=site_a).delete()
    Due.objects.filter(tenant_id=tenant_a.pk).delete()
    Tenant.objects.filter(pk=tenant_a.pk).update(used_elements=0, used_storage_bytes=0)
    site_a.delete()
    said = bring(tmp_path / "a.zip", "alpha")
    again = Site.objects.get(identifier="alpha-site")
    assert again.uid == site_a.uid
    assert "no member" not in said
    with inside(tenant_a):
        assert tables.names(again) == named
        post = Post.objects.get(pk=made["post"]["id"])
        assert post.author.email == "editor@alpha.test"
    assert digest_of(again) == manifest["digest"]
    assert public_of(api, again) == before


def test_where_all_ids_are_taken_every_reference_follows_and_twice_makes_two(
    made: dict[str, Any], api: ApiClient, site_a: Site, tmp_path: Path, tenant_a: Tenant, as_role: AsRole
) -> None:
    with inside(tenant_a):
        Imported.objects.create(site=site_a, origin="wordpress:x:1", doc_type="post", doc_id=made["post"]["id"])
    manifest = export(tmp_path / "a.zip")
    for name in ("copy-one", "copy-two"):
        bring(tmp_path / "a.zip", "alpha", identifier=name, map=tmp_path / "ids.json")
        ids = json.loads((tmp_path / "ids.json").read_text())
        copy = Site.objects.get(identifier=name)
        assert {kind: len(found) for kind, found in ids.items()} == {
            "folder": 2, "media": 1, "type": 1, "element": 2, "post": 2, "page": 2, "translation": 4
        }  # fmt: skip
        assert not [kind for kind, found in ids.items() for old, new in found.items() if int(old) == new]
        called = names_of_copy(site_a, ids)
        with inside(tenant_a):
            assert tables.digest(copy, called) == manifest["digest"]
            second = Element.objects.get(pk=ids["element"][str(made["second"]["id"])])
            media = ids["media"][str(made["media"].pk)]
            folder: Any = Media.objects.get(pk=media).folder
            assert (folder.name, folder.parent.name, folder.site_id) == ("Quays", "Harbour", copy.pk)
            first, post = ids["element"][str(made["first"]["id"])], ids["post"][str(made["post"]["id"])]
            assert (second.data["cover"], second.data["any"], second.data["story"]) == (media, "words", post)
            assert second.data["blocks"][1]["friends"] == [first, first]
            versions = Version.objects.filter(doc_type="element", doc_id=second.pk).order_by("number")
            old = [loads(row.source)["data"] for row in versions]
            assert [one["any"] for one in old] == ["words", media, "words"]
            # What was a number and no reference stays; what refers to something that did not come refers to nobody.
            assert [one["year"] for one in old] == [made["first"]["id"], made["first"]["id"], 4]
            assert not Post.objects.filter(pk=old[1]["story"]).exists()
            assert Imported.objects.get(site=copy, origin="wordpress:x:1").doc_id == post
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


def test_a_page_whose_parent_is_in_the_trash_comes_to_the_top(
    made: dict[str, Any], site_a: Site, tenant_a: Tenant, tmp_path: Path, as_role: AsRole
) -> None:
    with inside(tenant_a):
        Page.objects.filter(pk=made["below"]["parent_id"]).update(deleted_at=timezone.now())
    export(tmp_path / "a.zip")
    bring(tmp_path / "a.zip", "alpha", identifier="copy")
    with inside(tenant_a):
        page = Page.objects.get(site__identifier="copy")
        assert (page.slug, page.parent_id) == ("below", None)
        constraints = connection.cursor()
        constraints.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_a_site_and_all_it_has_is_committed_at_once(committed: Committed, tmp_path: Path, deliver_events: Step) -> None:
    """With real commits: no constraint was put off for ever, and the copy goes on living."""
    client, site = committed.client, committed.site
    kind = a_type(client, site.identifier, schema=SCHEMA)
    first = an_element(client, kind, {"name": "One"}, site=site.identifier, published=True)
    an_element(client, kind, {"name": "Two", "blocks": [{"friends": [first["id"]]}]}, site=site.identifier)
    connection.set_schema_to_public()
    export(tmp_path / "a.zip", site.identifier)
    bring(tmp_path / "a.zip", committed.tenant.identifier, identifier=f"{site.identifier}-copy")
    copy = Site.objects.get(identifier=f"{site.identifier}-copy")
    deliver_events()
    shown = committed.client.get(f"/{copy.identifier}/elements").json()
    assert shown["total"] == 2
    again = an_element(committed.client, {"id": shown["items"][0]["type_id"]}, {"name": "Three"}, site=copy.identifier)
    assert again["id"] not in {one["id"] for one in shown["items"]}
