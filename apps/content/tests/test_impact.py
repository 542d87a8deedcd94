"""What a change of a schema would do, said before; and what a type was after each change."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.models import Element
from apps.content.selectors import types as selectors
from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.models import EventRow
from apps.core.tenancy import inside

pytestmark = pytest.mark.django_db

POST = {"type": "integer", "format": "post_id"}
OLD = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "story": POST,
        "blocks": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
    },
    "required": ["name"],
}
NEW = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 3, "x-index": True},
        "size": {"type": "string"},
        "other": POST,
        "blocks": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["name"],
}


def test_the_impact_is_exact_and_changes_nothing(as_role: Any) -> None:
    admin, viewer = as_role("site_admin"), as_role("editor")
    kind, post = a_type(admin, schema=OLD), a_post(admin)
    fine = an_element(admin, kind, {"name": "ok", "story": post["id"], "blocks": [{}, {"text": "t"}]})
    long = an_element(admin, kind, {"name": "too long", "other": post["id"]})
    sized = an_element(admin, kind, {"name": "n", "size": 3})
    trashed = an_element(admin, kind, {"name": "trashed", "size": 3})
    admin.delete(f"/alpha-site/elements/{trashed['id']}")
    path, events = f"/alpha-site/contenttypes/{kind['id']}", EventRow.objects.count()
    impact = viewer.post(f"{path}/impact", {"schema": NEW}).json()
    assert impact["fields"]["added"] == ["other"]
    assert impact["fields"]["removed"] == ["story", "blocks[].text"]
    assert impact["fields"]["renamed"] == {}
    assert [(c["field"], c["before"]["type"], c["after"]["type"]) for c in impact["fields"]["changed"]] == [
        ("name", "string", "string"),
        ("size", "integer", "string"),
    ]
    assert (impact["elements"], impact["exact"]) == (3, True)
    assert impact["values_lost"] == {"story": 1, "blocks[].text": 1}
    assert impact["references"] == {"added": 1, "removed": 1}
    assert impact["indexes"] == {"added": ["name"], "removed": []}
    assert (impact["failing_now"], impact["failing"]["total"]) == (0, 2)
    assert [item["id"] for item in impact["failing"]["items"]] == [long["id"], sized["id"]]
    assert [item["errors"][0]["field"] for item in impact["failing"]["items"]] == ["data.name", "data.size"]
    second = viewer.post(f"{path}/impact?page=2&size=1", {"schema": NEW}).json()["failing"]
    assert ([item["id"] for item in second["items"]], second["total"], second["has_next"]) == ([sized["id"]], 2, False)
    assert admin.get(path).json() == kind
    assert EventRow.objects.count() == events
    assert fine["id"] not in [item["id"] for item in impact["failing"]["items"]]


def test_a_patch_answers_what_it_did_and_without_a_schema_nothing(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=OLD)
    an_element(admin, kind, {"name": "too long", "size": 3})
    path = f"/alpha-site/contenttypes/{kind['id']}"
    said = admin.post(f"{path}/impact", {"schema": NEW}).json()
    assert admin.patch(path, {"name": "Other"}).json()["impact"] is None
    assert admin.patch(path, {"schema": NEW}).json()["impact"] == said
    assert "impact" not in admin.get(path).json()


def test_a_patch_counts_so_many_elements_and_says_so(as_role: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.content.services.types.MOST_COUNTED", 2)
    admin = as_role("site_admin")
    kind = a_type(admin, schema=OLD)
    for _ in range(3):
        an_element(admin, kind, {"name": "too long"})
    path = f"/alpha-site/contenttypes/{kind['id']}"
    assert admin.post(f"{path}/impact", {"schema": NEW}).json()["failing"]["total"] == 3
    impact = admin.patch(path, {"schema": NEW}).json()["impact"]
    assert (impact["elements"], impact["exact"], impact["failing"]["total"]) == (2, False, 2)


def test_many_elements_are_read_in_batches(as_role: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=OLD)
    made = an_element(admin, kind, {"name": "too long"})
    with inside(site_a.tenant):
        first = Element.objects.get(pk=made["id"])
        copies = []
        for number in range(1, 1100):
            first.pk, first.uid = made["id"] + number, None  # type: ignore[assignment]
            copies.append(Element(**{f.attname: getattr(first, f.attname) for f in Element._meta.concrete_fields
                                     if f.name not in ("query", "uid")}))  # fmt: skip
        Element.objects.bulk_create(copies)
    connection.set_schema_to_public()
    with CaptureQueriesContext(connection) as captured:
        impact = admin.post(f"/alpha-site/contenttypes/{kind['id']}/impact", {"schema": NEW}).json()
    assert (impact["elements"], impact["failing"]["total"], len(impact["failing"]["items"])) == (1100, 1100, 50)
    batches = [q["sql"] for q in captured if "content_element" in q["sql"]]
    assert len(batches) == 4
    assert all("LIMIT 500" in sql for sql in batches)
    assert selectors.in_batches.__defaults__ == (500,)


WRONG: list[Any] = [
    {},
    {"schema": "x"},
    {"schema": {"type": "array"}},
    {"schema": NEW, "renames": ["x"]},
    {"schema": NEW, "renames": {"x": "y"}},
]


@pytest.mark.parametrize("body", WRONG)
def test_what_a_patch_would_refuse_the_impact_refuses(as_role: Any, body: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=OLD)
    path = f"/alpha-site/contenttypes/{kind['id']}"
    assert admin.post(f"{path}/impact", body).status_code == 400
    if body:
        assert admin.patch(path, body).status_code == 400
    assert admin.get(path).json() == kind


def test_each_change_is_kept_with_who_made_it_and_what_it_changed(as_role: Any, users: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=OLD)
    path = f"/alpha-site/contenttypes/{kind['id']}"
    renamed = {"type": "object", "properties": {"title": {"type": "string"}, "size": {"type": "string"}}}
    as_role("tenant_admin").patch(path, {"schema": renamed, "renames": {"name": "title"}})
    admin.patch(path, {"name": "Other", "description": "d"})
    page = admin.get(f"{path}/versions?size=2").json()
    assert ([v["version"] for v in page["items"]], page["total"], page["has_next"]) == ([3, 2], 3, True)
    last, second = page["items"]
    assert (last["name"], last["changes"]) == ("Other", {"added": [], "removed": [], "renamed": {}, "changed": []})
    assert second["changes"]["renamed"] == second["renames"] == {"name": "title"}
    assert second["changes"]["removed"] == ["story", "blocks", "blocks[]", "blocks[].text"]
    assert [c["field"] for c in second["changes"]["changed"]] == ["title", "size"]
    assert (second["author_id"], second["schema"]) == (users["alpha"]["tenant_admin"].pk, renamed)
    (first,) = admin.get(f"{path}/versions?size=2&page=2").json()["items"]
    assert (first["version"], first["schema"], first["changes"]) == (1, OLD, None)
    answer = admin.patch(path, {"schema": first["schema"], "renames": {"title": "name"}})
    assert (answer.json()["schema"], answer.json()["version"]) == (OLD, 4)


def test_a_refused_change_leaves_no_version(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=OLD)
    path = f"/alpha-site/contenttypes/{kind['id']}"
    assert admin.patch(path, {"schema": {"type": "array"}}).status_code == 400
    assert admin.patch(f"{path}?dry_run=true", {"schema": NEW}).status_code == 200
    assert admin.get(f"{path}/versions").json()["total"] == 1


@pytest.mark.parametrize("query", ["author_id=1", "author__password__startswith=p", "sort=id", "size=501", "page=0"])
def test_versions_take_no_other_query(as_role: Any, query: str) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin)
    for name in ("versions", "dependencies"):
        answer = admin.get(f"/alpha-site/contenttypes/{kind['id']}/{name}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert admin.get(f"/alpha-site/contenttypes/dependencies?{query}").status_code == 400


def test_members_that_are_not_the_clients_to_set_change_nothing(as_role: Any) -> None:
    admin = as_role("site_admin")
    forged = {"id": 1, "site_id": 9, "version": 7, "distributed": "x", "created_at": "2000-01-01T00:00:00Z", "uid": "x"}
    body = {"name": "Card", "identifier": "card", "schema": OLD, "renames": {"a": "b"}}
    made = admin.post("/alpha-site/contenttypes", {**body, **forged}).json()
    answer = admin.patch(f"/alpha-site/contenttypes/{made['id']}", {"name": "B", "key": "other", **forged}).json()
    assert made["version"] == 1
    assert {name: answer[name] for name in ("id", "site_id", "created_at", "display_identifier", "version")} == {
        **{name: made[name] for name in ("id", "site_id", "created_at", "display_identifier")},
        "version": 2,
    }
