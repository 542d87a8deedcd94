import pytest

from apps.content.tests.factories import SCHEMA, a_type, an_element

pytestmark = pytest.mark.django_db


def test_the_identifier_is_stored_with_the_sites_prefix_and_shown_bare_beside_it(as_role):
    admin = as_role("site_admin")
    bare = a_type(admin, key="recent-change")
    prefixed = a_type(admin, key="alpha-site_author")
    assert (bare["identifier"], bare["display_identifier"]) == ("alpha-site_recent-change", "recent-change")
    assert (prefixed["identifier"], prefixed["display_identifier"]) == ("alpha-site_author", "author")
    assert [t["display_identifier"] for t in admin.get("/alpha-site/contenttypes/").json()] == [
        "recent-change",
        "author",
    ]


def test_a_key_that_exists_is_409_and_stays_free_in_the_other_site(as_role):
    a_type(as_role("site_admin"))
    answer = as_role("site_admin").post(
        "/alpha-site/contenttypes", {"name": "X", "identifier": "alpha-site_card", "schema": SCHEMA}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "content.type.taken")
    assert a_type(as_role("site_admin", tenant="beta"), site="beta-site")["display_identifier"] == "card"


def test_the_schema_keeps_the_clients_key_order(as_role):
    schema = {"type": "object", "properties": {"zeta": {"type": "string"}, "alpha": {"type": "string"}}}
    made = a_type(as_role("site_admin"), schema=schema)
    assert list(made["schema"]["properties"]) == ["zeta", "alpha"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array"},
        {"type": "object", "properties": {"a": {"type": "text"}}},
        {"type": "object", "properties": {"a": {"$ref": "http://169.254.169.254/latest"}}},
        {"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}},
        {"type": "object", "$id": "https://example.org/schema"},
        "object",
        [],
    ],
)
def test_a_schema_that_cannot_check_or_would_fetch_is_refused(as_role, schema):
    admin = as_role("site_admin")
    answer = admin.post("/alpha-site/contenttypes", {"name": "X", "identifier": "x", "schema": schema})
    assert (answer.status_code, answer.json()["code"]) == (400, "content.schema.refused")
    assert admin.get("/alpha-site/contenttypes").json() == []


def test_a_schema_is_replaced_whole_though_elements_do_not_fit_it(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    an_element(admin, kind)
    schema = {"type": "object", "properties": {"other": {"type": "string"}}, "required": ["other"]}
    answer = admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": schema})
    assert (answer.status_code, answer.json()["schema"], answer.json()["version"]) == (200, schema, 2)


def test_a_type_with_elements_is_409_unless_forced(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    element = an_element(admin, kind, published=True)
    answer = admin.delete(f"/alpha-site/contenttypes/{kind['id']}")
    assert (answer.status_code, answer.json()["detail"]["elements"]) == (409, 1)
    assert admin.get(f"/alpha-site/elements/{element['id']}").status_code == 200
    assert admin.delete(f"/alpha-site/contenttypes/{kind['id']}?force=true").status_code == 204
    assert admin.get(f"/alpha-site/elements/{element['id']}").status_code == 404
    assert api.get("/public/alpha-site/elements").json() == []


def test_trashed_elements_do_not_count_and_go_with_the_type_whose_key_is_free_again(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    element = an_element(admin, kind)
    assert admin.delete(f"/alpha-site/elements/{element['id']}").status_code == 204
    assert admin.delete(f"/alpha-site/contenttypes/{kind['id']}").status_code == 204
    assert a_type(admin)["id"] != kind["id"]


def test_an_old_if_match_is_412_and_changes_nothing(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    path = f"/alpha-site/contenttypes/{kind['id']}"
    tag = admin.get(path).headers["ETag"]
    assert admin.patch(path, {"name": "New"}, headers={"If-Match": tag}).status_code == 200
    assert admin.patch(path, {"name": "Newer"}, headers={"If-Match": tag}).status_code == 412
    assert admin.get(path).json()["name"] == "New"
