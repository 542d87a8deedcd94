"""What is taken as a schema, and what is found in data along it."""

import time
from typing import Any

import pytest

from apps.content import schemas
from apps.content.tests.factories import a_post, a_type, an_element, public

POST = {"type": "integer", "format": "post_id"}
MEDIA = {"type": "integer", "format": "media_id"}


def found(schema: Any, data: Any) -> list[tuple[str, str, int]]:
    return [(one.path, one.target, one.id) for one in schemas.references(schema, data)]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (POST, 7, [("f", "post", 7)]),
        ({"type": "array", "items": POST}, [7, 8], [("f.0", "post", 7), ("f.1", "post", 8)]),
        ({"type": "object", "properties": {"x": POST}}, {"x": 7}, [("f.x", "post", 7)]),
        ({"$ref": "#/$defs/ref"}, 7, [("f", "post", 7)]),
        ({"type": "array", "items": {"$ref": "#/$defs/block"}}, [{"image": 7}], [("f.0.image", "media", 7)]),
        ({"allOf": [{"type": "integer"}, POST]}, 7, [("f", "post", 7)]),
        ({"anyOf": [POST, {"type": "null"}]}, 7, [("f", "post", 7)]),
        ({"anyOf": [POST, {"type": "null"}]}, None, []),
        ({"oneOf": [{**POST, "maximum": 10}, {**MEDIA, "minimum": 11}]}, 7, [("f", "post", 7)]),
        ({"oneOf": [{**POST, "maximum": 10}, {**MEDIA, "minimum": 11}]}, 12, [("f", "media", 12)]),
        ({"anyOf": [POST, MEDIA]}, 7, []),
        ({"type": "array", "prefixItems": [POST, MEDIA]}, [7, 8], [("f.0", "post", 7), ("f.1", "media", 8)]),
        ({"type": "array", "prefixItems": [MEDIA], "items": POST}, [7, 8], [("f.0", "media", 7), ("f.1", "post", 8)]),
        ({"oneOf": [{"$ref": "#/$defs/block"}, {"type": "string"}]}, {"image": 7}, [("f.image", "media", 7)]),
        ({"oneOf": [{"$ref": "#/$defs/block"}, {"type": "string"}]}, "text", []),
        ({"type": "object", "additionalProperties": POST}, {"any": 7}, [("f.any", "post", 7)]),
        ({"enum": [POST, 7]}, 7, []),
        ({"type": "integer"}, 7, []),
    ],
)
def test_the_format_makes_a_reference_wherever_it_is_said(field: Any, value: Any, expected: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"f": field},
        "$defs": {"ref": POST, "block": {"type": "object", "properties": {"image": MEDIA}, "required": ["image"]}},
    }
    assert schemas.check_schema(schema)
    assert found(schema, {"f": value}) == expected
    values = {(target, id): f"{target} {id}" for _, target, id in expected}
    assert schemas.resolved(schema, {"f": value}, {}) == schemas.resolved(schema, {"f": value}, {("x", 1): 2})
    assert str(schemas.resolved(schema, {"f": value}, values)).count(" 7") >= bool(expected) * ("7" in str(value))


def test_a_block_says_by_its_kind_which_of_its_ids_are_references() -> None:
    def block(kind: str, ref: Any) -> dict[str, Any]:
        return {"properties": {"kind": {"const": kind}, "id": ref}, "required": ["kind", "id"]}

    schema = {"properties": {"blocks": {"items": {"oneOf": [block("post", POST), block("picture", MEDIA)]}}}}
    data = {"blocks": [{"kind": "picture", "id": 1}, {"kind": "post", "id": 2}, {"kind": "other", "id": 3}]}
    assert found(schema, data) == [("blocks.0.id", "media", 1), ("blocks.1.id", "post", 2)]
    assert schemas.resolved(schema, data, {("media", 1): "/a.png"})["blocks"] == [
        {"kind": "picture", "id": "/a.png"},
        {"kind": "post", "id": None},
        {"kind": "other", "id": 3},
    ]


def test_a_schema_that_refers_to_itself_is_read_as_deep_as_the_data() -> None:
    schema = {"properties": {"picture": MEDIA, "children": {"items": {"$ref": "#"}}}}
    data = {"picture": 1, "children": [{"picture": 2, "children": [{"picture": 3}]}]}
    assert [id for _, _, id in found(schema, data)] == [1, 2, 3]
    assert list(schemas.fields(schema)) == ["picture", "children", "children[]"]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ({"type": "string", "x-ui": "wide"}, "x-ui"),
        ({"type": "string", "x-ui": {"order": "first"}}, "x-ui.order"),
        ({"type": "string", "x-ui": {"label": 3}}, "x-ui.label"),
        ({"type": "string", "x-index": "yes"}, "x-index"),
        ({"type": "string", "x-unique": 1}, "x-unique"),
        ({"type": "array", "x-unique": True}, "x-unique"),
        ({"x-unique": True}, "x-unique"),
        ({"type": "integer", "x-type": "card"}, "x-type"),
        ({"type": "integer", "format": "element_id", "x-type": 3}, "x-type"),
        ({"type": "integer", "default": "three"}, "default"),
    ],
)
@pytest.mark.django_db
def test_keywords_of_our_own_are_checked_for_their_shape(as_role: Any, field: Any, name: str) -> None:
    admin = as_role("site_admin")
    schema = {"type": "object", "properties": {"f": field}}
    answer = admin.post("/alpha-site/contenttypes", {"name": "X", "identifier": "x", "schema": schema})
    assert (answer.status_code, answer.json()["code"]) == (400, "content.schema.refused")
    assert answer.json()["errors"][0]["field"] == f"schema.properties.f.{name}"
    assert admin.get("/alpha-site/contenttypes").json() == []


@pytest.mark.django_db
def test_hints_are_kept_as_they_were_written(as_role: Any) -> None:
    hints = {"widget": "markdown", "label": "Text", "help": "Long.", "group": "main", "order": 2, "rows": 8}
    schema = {"type": "object", "properties": {"f": {"type": "string", "x-ui": hints, "x-index": True}}}
    assert a_type(as_role("site_admin"), schema=schema)["schema"] == schema


def test_what_stands_in_an_enum_or_a_default_is_no_schema() -> None:
    odd = {"x-ui": 3, "x-unique": "x"}
    assert schemas.check_schema({"type": "object", "properties": {"f": {"enum": [odd], "default": odd}, "x-ui": {}}})


@pytest.mark.django_db
def test_absent_members_get_their_default_nested_too_and_given_ones_stay(as_role: Any) -> None:
    admin = as_role("site_admin")
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string", "default": "Untitled"},
            "look": {"type": "object", "properties": {"color": {"$ref": "#/$defs/color"}}},
            "rows": {"type": "array", "items": {"type": "object", "properties": {"wide": {"default": False}}}},
            "tags": {"type": "array", "items": {"type": "string"}, "default": ["new"]},
        },
        "required": ["title"],
        "$defs": {"color": {"type": "string", "default": "blue"}},
    }
    kind = a_type(admin, schema=schema)
    made = an_element(admin, kind, {"rows": [{"wide": True}, {}], "look": {}})
    assert made["data"] == {
        "rows": [{"wide": True}, {"wide": False}],
        "look": {"color": "blue"},
        "title": "Untitled",
        "tags": ["new"],
    }
    assert list(made["data"]) == ["rows", "look", "title", "tags"]
    assert an_element(admin, kind, {"title": "A", "tags": []})["data"] == {"title": "A", "tags": []}
    answer = admin.patch(f"/alpha-site/elements/{made['id']}", {"data": {"title": "B"}})
    assert answer.json()["data"] == {"title": "B"}


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(?=(a+)+$)b", "(?:a|a)*(?!x)$", r"(a*)*\1$"])
def test_a_hostile_pattern_matches_nothing_within_moments(pattern: str) -> None:
    source = schemas.check_schema({"type": "object", "properties": {"f": {"items": {"pattern": pattern}}}})
    began = time.monotonic()
    schemas.faults_of(source, {"f": ["a" * 60 + "!"] * 200})
    assert time.monotonic() - began < 2


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"f": schema}}
    return schema


def doubling(times: int) -> dict[str, Any]:
    shelves = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(times)}
    return {"type": "object", "allOf": [{"$ref": "#/$defs/d0"}], "$defs": shelves | {f"d{times}": {"minProperties": 1}}}


@pytest.mark.parametrize(
    "schema",
    [
        nested(22),
        doubling(40),
        {"type": "object", "properties": {"f": {"pattern": "(((a{1000}){1000}){1000})"}}},
        {"type": "object", "description": "x" * 200_001},
    ],
    ids=["deep", "doubling", "pattern", "large"],
)
@pytest.mark.django_db
def test_a_schema_too_large_in_any_way_is_refused_within_moments(as_role: Any, schema: Any) -> None:
    admin, began = as_role("site_admin"), time.monotonic()
    answer = admin.post("/alpha-site/contenttypes", {"name": "X", "identifier": "x", "schema": schema})
    assert (answer.status_code, answer.json()["code"]) == (400, "content.schema.refused")
    assert time.monotonic() - began < 3
    assert admin.get("/alpha-site/contenttypes").json() == []


@pytest.mark.django_db
def test_references_behind_branches_are_resolved_in_public(as_role: Any, api: Any) -> None:
    admin = as_role("site_admin")
    post = a_post(admin, title="T", content="c", published=True)
    schema = {"type": "object", "properties": {"story": {"anyOf": [{"$ref": "#/$defs/p"}, {"type": "null"}]}}}
    kind = a_type(admin, schema={**schema, "$defs": {"p": POST}})
    an_element(admin, kind, {"story": post["id"]}, published=True)
    assert public(api)[0]["data"]["story"]["title"] == "T"
    answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"story": post["id"] + 999}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "data.story")


@pytest.mark.django_db
def test_a_field_that_names_a_type_takes_elements_of_it_only(as_role: Any) -> None:
    admin = as_role("site_admin")
    author, card = a_type(admin, key="author"), a_type(admin)
    field = {"type": "integer", "format": "element_id", "x-type": "author"}
    book = a_type(admin, key="book", schema={"type": "object", "properties": {"by": field}})
    writer, other = an_element(admin, author), an_element(admin, card)
    assert an_element(admin, book, {"by": writer["id"]})["data"] == {"by": writer["id"]}
    answer = admin.post("/alpha-site/elements", {"type_id": book["id"], "data": {"by": other["id"]}})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reference_type")
    assert admin.get(f"/alpha-site/elements?type_id={book['id']}").json()["total"] == 1
