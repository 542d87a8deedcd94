"""An archive of a site that is too large, not honest or not whole changes nothing."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from apps.content.models import Page
from apps.core.encoding import dumps
from apps.core.tenancy import inside
from apps.sites.models import Site, Tenant
from tests.client import ApiClient
from tests.ending import everything
from tests.transferring import bring, digest_of, export

pytestmark = pytest.mark.slow

Step = Callable[[], int]


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


def test_an_archive_of_older_code_gets_the_defaults_of_columns_that_came_since(
    made: dict[str, Any], tmp_path: Path, tenant_b: Tenant
) -> None:
    export(tmp_path / "a.zip")

    def without(name: str, body: bytes) -> bytes:
        return re.sub(rb',"in_navigation":(true|false)', b"", body) if "content.page" in name else body

    said = bring(packed(tmp_path / "a.zip", tmp_path / "b.zip", without, lambda told: {
        "digests": told["digests"] | {"content.page": "0"}
    }), identifier="copy")  # fmt: skip
    assert "content.page is not as it was exported: it is of older code" in said
    with inside(tenant_b):
        assert set(Page.objects.filter(site__identifier="copy").values_list("in_navigation", flat=True)) == {True}


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
