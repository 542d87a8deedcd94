"""What the tests of a site's way share: a site with one of everything, and both commands."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element
from apps.core.encoding import stamp
from apps.core.tenancy import inside
from apps.media.tests.factories import camera, make
from apps.sites.models import Site
from cognitor.transfer import tables
from tests.client import ApiClient

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


def a_site(admin: ApiClient, editor: ApiClient, site: Site, author: Any) -> dict[str, Any]:
    """One of everything in the site, and things in its trash."""
    harbour = editor.post("/alpha-site/media/folders", {"name": "Harbour"}).json()
    quays = editor.post("/alpha-site/media/folders", {"name": "Quays", "parent_id": harbour["id"]}).json()
    media = make(site, author=author, alt_text="A quay", content=camera(), folder_id=quays["id"])
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
