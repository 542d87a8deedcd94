"""Content types in the admin: what a change would do is shown before it is made."""

import json
from typing import Any

import pytest

from apps.content.tests.factories import a_type, an_element
from conftest import AsRole
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db

OLD = {"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}}}
NEW = {"type": "object", "properties": {"title": {"type": "string", "maxLength": 3}}, "required": ["title"]}


@pytest.fixture
def kind(as_role: AsRole) -> dict[str, Any]:
    admin = as_role("site_admin")
    made = a_type(admin, schema=OLD)
    an_element(admin, made, {"name": "<b>long</b>", "size": 3})
    return made


def body(kind: dict[str, Any], schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": kind["name"], "description": "", "schema": json.dumps(schema), "renames": "{}", **more}


def test_a_changed_schema_is_saved_only_when_its_impact_was_confirmed(
    kind: Any, sign_in: SignIn, as_role: AsRole
) -> None:
    client, api = sign_in("site_admin"), as_role("site_admin")
    path, address = f"/admin/content/contenttype/{kind['id']}/change/", f"/alpha-site/contenttypes/{kind['id']}"
    sent = body(kind, NEW, renames='{"name": "title"}')
    shown = client.post(path, sent)
    assert shown.status_code == 200
    assert shown.context["adminform"].form.errors["confirmed"] == [
        "Not saved yet. Elements of this type: 1; that would not fit: 1.",
        f"Element {api.get('/alpha-site/elements').json()['items'][0]['id']}: data.title: "
        '"<b>long</b>" is longer than 3 characters',
        "Fields removed: size.",
        "name becomes title.",
        "Elements with a value in size, which nothing would show any more: 1.",
    ]
    assert b"<b>long</b>" not in shown.content
    assert api.get(address).json() == kind
    assert client.post(path, {**sent, "confirmed": "on"}).status_code == 302
    changed = api.get(address).json()
    assert (changed["schema"], changed["version"]) == (NEW, 2)
    assert api.get("/alpha-site/elements").json()["items"][0]["data"] == {"title": "<b>long</b>", "size": 3}


def test_a_new_name_of_the_type_needs_no_confirmation(kind: Any, sign_in: SignIn, as_role: AsRole) -> None:
    path = f"/admin/content/contenttype/{kind['id']}/change/"
    assert sign_in("site_admin").post(path, body({"name": "Other"}, OLD)).status_code == 302
    assert as_role("site_admin").get(f"/alpha-site/contenttypes/{kind['id']}").json()["name"] == "Other"


def test_the_page_shows_versions_and_what_hangs_together(kind: Any, sign_in: SignIn, as_role: AsRole) -> None:
    admin = as_role("site_admin")
    field = {"type": "integer", "format": "element_id", "x-type": "card"}
    a_type(admin, key="deck", schema={"type": "object", "properties": {"first": field}})
    admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": NEW, "renames": {"name": "title"}})
    page = sign_in("editor").get(f"/admin/content/contenttype/{kind['id']}/change/").content.decode()
    assert "<strong>type:deck first</strong> (0)" in page
    assert "removed: size · renamed: name · changed: title" in page
