"""How types hang together, copying them, and what stands against deleting them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.services import types
from apps.content.tests.factories import a_post, a_type, an_element, public
from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.services import jobs
from apps.sites.services import sites

pytestmark = pytest.mark.django_db

POST = {"type": "integer", "format": "post_id"}


def element(*keys: str) -> dict[str, Any]:
    return {"type": "integer", "format": "element_id"} | ({"x-type": list(keys)} if keys else {})


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.fixture
def library(as_role: Any) -> Any:
    """Authors and books that name one another, and a shelf that names neither."""
    admin = as_role("site_admin")
    author = a_type(admin, key="author", schema=of(name={"type": "string"}, best=element("book"), bio=POST))
    book = a_type(
        admin, key="book", schema={**of(by=element("author"), also={"type": "array", "items": element("author")}),
                                   "required": ["by"]},
    )  # fmt: skip
    shelf = a_type(admin, key="shelf", schema=of(items={"type": "array", "items": element()}))
    post = a_post(admin)
    writer = an_element(admin, author, {"name": "W", "bio": post["id"]}, published=True)
    novel = an_element(admin, book, {"by": writer["id"], "also": [writer["id"]]}, published=True)
    an_element(admin, shelf, {"items": [novel["id"], writer["id"], novel["id"]]}, published=True)
    return {"admin": admin, "author": author, "book": book, "shelf": shelf, "writer": writer, "novel": novel}


def test_the_graph_has_nodes_edges_and_cycles(library: Any, as_role: Any) -> None:
    as_role("tenant_admin").put("/prompts/system?site=alpha-site", {"text": "Write of alpha-site_book only."})
    graph = as_role("editor").get("/alpha-site/contenttypes/dependencies").json()
    assert {n["id"]: (n["kind"], n["type_id"], n["count"]) for n in graph["nodes"]} == {
        "type:author": ("type", library["author"]["id"], 1),
        "type:book": ("type", library["book"]["id"], 1),
        "type:shelf": ("type", library["shelf"]["id"], 1),
        "element": ("element", None, 0),
        "post": ("post", None, 1),
        "prompt": ("prompt", None, 1),
    }
    rows = {
        (e["source"], e["field"], e["target"]): (e["format"], e["many"], e["required"], e["declared"], e["references"])
        for e in graph["edges"]
    }
    assert rows == {
        ("type:author", "best", "type:book"): ("element_id", False, False, True, 0),
        ("type:author", "bio", "post"): ("post_id", False, False, True, 1),
        ("type:book", "by", "type:author"): ("element_id", False, True, True, 1),
        ("type:book", "also[]", "type:author"): ("element_id", True, False, True, 1),
        ("type:shelf", "items[]", "element"): ("element_id", True, False, True, 0),
        ("type:shelf", "items[]", "type:book"): ("element_id", True, False, False, 2),
        ("type:shelf", "items[]", "type:author"): ("element_id", True, False, False, 1),
        ("prompt", "text", "type:book"): ("identifier", False, False, False, 1),
    }
    assert graph["cycles"] == [["author", "book"]]


def test_dependencies_of_a_type_are_its_part_of_the_graph(library: Any) -> None:
    answer = library["admin"].get(f"/alpha-site/contenttypes/{library['book']['id']}/dependencies").json()
    assert (answer["type"]["identifier"], answer["type"]["count"]) == ("alpha-site_book", 1)
    assert [(e["field"], e["target"]) for e in answer["refers_to"]] == [
        ("by", "type:author"),
        ("also[]", "type:author"),
    ]
    assert [(e["source"], e["references"]) for e in answer["referred_by"]] == [("type:author", 0), ("type:shelf", 2)]
    assert answer["cycles"] == [["author", "book"]]


def test_the_graph_costs_as_many_statements_for_two_types_as_for_ten(library: Any) -> None:
    def cost() -> int:
        connection.set_schema_to_public()
        with CaptureQueriesContext(connection) as captured:
            library["admin"].get("/alpha-site/contenttypes/dependencies")
        return len([q for q in captured if "search_path" not in q["sql"] and "set_config" not in q["sql"]])

    few = cost()
    for number in range(8):
        kind = a_type(library["admin"], key=f"more-{number}", schema=of(x=element("book")))
        an_element(library["admin"], kind, {"x": library["novel"]["id"]})
    assert cost() == few


def test_the_graph_shows_nothing_of_another_tenant(library: Any, as_role: Any) -> None:
    graph = as_role("site_admin", tenant="beta").get("/beta-site/contenttypes/dependencies").json()
    assert graph == {"nodes": [], "edges": [], "cycles": []}
    assert as_role("site_admin", tenant="beta").get("/alpha-site/contenttypes/dependencies").status_code == 404


def test_a_copy_gets_a_free_key_and_none_of_the_elements(library: Any) -> None:
    admin, path = library["admin"], f"/alpha-site/contenttypes/{library['author']['id']}/duplicate"
    keys = [admin.post(path, {}).json()["display_identifier"] for _ in range(3)]
    assert keys == ["author-copy", "author-copy-2", "author-copy-3"]
    made = admin.post(path, {"identifier": "writer", "name": "Writer"}).json()
    assert (made["identifier"], made["name"], made["version"]) == ("alpha-site_writer", "Writer", 1)
    assert made["schema"] == library["author"]["schema"]
    assert admin.get(f"/alpha-site/elements?type_id={made['id']}").json()["total"] == 0
    answer = admin.post(path, {"identifier": "writer"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.type.taken")


def test_a_copy_goes_to_another_site_where_one_may_write_and_nowhere_else(
    library: Any, as_role: Any, site_a: Any
) -> None:
    actor = Actor.system(because="tests")
    other = sites.create(actor=actor, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    path = f"/alpha-site/contenttypes/{library['author']['id']}/duplicate"
    boss = as_role("tenant_admin")
    made = boss.post(path, {"site": "alpha-two"}).json()
    assert (made["identifier"], made["name"], made["site_id"]) == ("alpha-two_author", "Author", other.pk)
    for target in ("beta-site", "no-such-site", "x" * 63):
        assert boss.post(path, {"site": target}).status_code == 404
    assert as_role("editor").post(path, {"site": "alpha-two"}).status_code == 403
    beta = as_role("site_admin", tenant="beta")
    assert beta.get("/beta-site/contenttypes").json() == []
    assert [t["display_identifier"] for t in boss.get("/alpha-two/contenttypes").json()] == ["author"]


def test_a_holder_of_the_code_on_one_site_cannot_copy_to_another(library: Any, users: Any, site_a: Any) -> None:
    from apps.accounts.services import users as people
    from tests.client import ApiClient

    actor = Actor.system(because="tests")
    two = sites.create(actor=actor, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    user = people.create(actor=actor, email="only@alpha.test", password=None, tenant=site_a.tenant)
    people.grant(actor=actor, user=user, tenant_id=site_a.tenant_id, role="site_admin", site_id=site_a.pk)
    people.grant(actor=actor, user=user, tenant_id=site_a.tenant_id, role="viewer", site_id=two.pk)
    client, path = ApiClient().login(user), f"/alpha-site/contenttypes/{library['author']['id']}/duplicate"
    assert client.post(path, {"identifier": "own"}).status_code == 201
    assert client.post(path, {"site": "alpha-two"}).status_code == 404
    assert client.get("/alpha-two/contenttypes").json() == []


def test_a_type_that_others_name_is_409_with_them_unless_forced(as_role: Any) -> None:
    admin = as_role("site_admin")
    author = a_type(admin, key="author", schema=of(mentor=element("author")))
    a_type(admin, key="book", schema=of(by=element("author")))
    path = f"/alpha-site/contenttypes/{author['id']}"
    answer = admin.delete(path)
    assert (answer.status_code, answer.json()["detail"]["types"], answer.json()["detail"]["elements"]) == (
        409,
        ["book"],
        0,
    )
    assert admin.get(path).json() == author
    assert admin.delete(f"{path}?force=true").status_code == 204


def test_what_showed_elements_of_a_deleted_type_shows_null(library: Any, api: Any) -> None:
    admin = library["admin"]
    path = f"/alpha-site/contenttypes/{library['author']['id']}"
    detail = admin.delete(path).json()["detail"]
    assert (detail["elements"], detail["types"]) == (1, ["book"])
    assert admin.delete(f"{path}?force=true").status_code == 204
    jobs.run(Job.objects.filter(kind="content.refreeze").latest("created_at").pk)
    shown = {row["type_identifier"]: row["data"] for row in public(api)}
    assert shown["book"] == {"by": None, "also": [None]}
    assert [one and one["type_identifier"] for one in shown["shelf"]["items"]] == ["book", None, "book"]


def test_keys_of_types_are_bounded(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, key="k" * 100)
    made = admin.post(f"/alpha-site/contenttypes/{kind['id']}/duplicate", {}).json()
    assert made["display_identifier"] == "k" * 90 + "-copy"
    assert types._KEY.fullmatch(made["display_identifier"])
