from typing import Any

import pytest

from apps.content.models import Version
from apps.content.tests.factories import a_post, a_type, an_element, public
from apps.core.models import EventRow
from apps.core.tenancy import inside

pytestmark = pytest.mark.django_db


def test_data_keeps_the_clients_key_order_and_its_letters(as_role):
    admin = as_role("site_admin")
    data = {"zeta": "kept in order", "name": "First ü", "alpha": 1.0, "nested": {"b": None, "a": [True]}}
    made = an_element(admin, a_type(admin), data)
    assert list(made["data"]) == ["zeta", "name", "alpha", "nested"]
    answer = admin.get(f"/alpha-site/elements/{made['id']}")
    assert answer.json()["data"] == data
    assert "First ü".encode() in answer.content
    assert b'"zeta":"kept' in answer.content


def test_data_that_breaks_the_schema_is_refused_with_where_it_breaks(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"story": "x"}})
    assert answer.status_code == 400
    assert {e["field"] for e in answer.json()["errors"]} == {"data", "data.story"}
    assert admin.get("/alpha-site/elements").json()["total"] == 0


def test_the_list_is_paged_by_id_and_filtered_by_type(as_role):
    admin = as_role("site_admin")
    kind, other = a_type(admin), a_type(admin, key="other")
    ids = [an_element(admin, kind, {"name": str(n)})["id"] for n in range(3)]
    an_element(admin, other)
    page = admin.get(f"/alpha-site/elements/?type_id={kind['id']}&size=2&page=1").json()
    assert [i["id"] for i in page["items"]] == ids[:2]
    assert (page["total"], page["page"], page["size"], page["has_next"]) == (3, 1, 2, True)
    rest = admin.get("/alpha-site/elements?type_identifier=card&size=2&page=2").json()
    assert ([i["id"] for i in rest["items"]], rest["has_next"]) == (ids[2:], False)
    assert admin.get("/alpha-site/elements?sort=-id&size=1").json()["items"][0]["type_identifier"] == "other"


@pytest.mark.parametrize(
    "query", ["owner=1", "author__password__startswith=p", "page=1&page=2", "sort=source", "size=501"]
)
def test_a_query_that_is_not_known_is_400_whatever_it_asks(as_role, query):
    answer = as_role("viewer").get(f"/alpha-site/elements?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_huge_number_is_400_and_not_an_error_of_the_server(as_role):
    assert as_role("viewer").get(f"/alpha-site/elements?page={'9' * 37}").status_code == 400
    assert as_role("viewer").get(f"/alpha-site/elements/{'9' * 18}").status_code == 404
    assert as_role("viewer").get(f"/alpha-site/elements/{'9' * 37}").status_code == 404


def test_fields_picks_members_and_refuses_others(as_role):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin))
    assert admin.get(f"/alpha-site/elements/{made['id']}?fields=id,data").json() == {
        "id": made["id"],
        "data": {"name": "A"},
    }
    assert admin.get("/alpha-site/elements?fields=source").status_code == 400


def test_a_patch_replaces_data_wholesale_and_moves_updated_at(as_role):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), {"name": "A", "extra": 1}, tags=["x"])
    answer = admin.patch(f"/alpha-site/elements/{made['id']}", {"data": {"name": "B"}}).json()
    assert (answer["data"], answer["tags"], answer["version"]) == ({"name": "B"}, ["x"], 2)
    assert answer["updated_at"] > made["updated_at"]
    assert answer["created_at"] == made["created_at"]


def test_publishing_alone_leaves_data_untouched_and_is_not_validated_again(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    made = an_element(admin, kind)
    schema = {"type": "object", "properties": {"other": {"type": "string"}}, "required": ["other"]}
    admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": schema})
    answer = admin.patch(f"/alpha-site/elements/{made['id']}", {"published": True})
    assert (answer.status_code, answer.json()["data"], answer.json()["published"]) == (200, {"name": "A"}, True)


def test_a_publishers_patch_changes_the_public_at_once(as_role, api):
    editor = as_role("editor")
    made = an_element(editor, a_type(as_role("site_admin")), published=True)
    editor.patch(f"/alpha-site/elements/{made['id']}", {"data": {"name": "B"}})
    assert [row["data"] for row in public(api)] == [{"name": "B"}]


def test_a_draft_stands_beside_the_public_version_until_it_is_published(as_role, api):
    editor = as_role("editor")
    made = an_element(editor, a_type(as_role("site_admin")), published=True)
    before = public(api)
    answer = editor.patch(
        f"/alpha-site/elements/{made['id']}?draft=true", {"data": {"name": "B"}, "tags": ["t"]}
    ).json()
    assert (answer["has_draft"], answer["published"], answer["data"]) == (True, True, {"name": "B"})
    assert public(api) == before
    answer = editor.patch(f"/alpha-site/elements/{made['id']}", {"published": True}).json()
    assert answer["has_draft"] is False
    assert [(row["data"], row["tags"]) for row in public(api)] == [({"name": "B"}, ["t"])]


def test_an_author_changes_own_unpublished_work_only(as_role, api):
    author, admin = as_role("author"), as_role("site_admin")
    kind = a_type(admin)
    own, others = an_element(author, kind), an_element(admin, kind)
    assert author.patch(f"/alpha-site/elements/{own['id']}", {"data": {"name": "B"}}).status_code == 200
    assert author.patch(f"/alpha-site/elements/{own['id']}", {"published": True}).status_code == 403
    assert author.patch(f"/alpha-site/elements/{others['id']}", {"data": {"name": "B"}}).status_code == 403
    body = {"type_id": kind["id"], "data": {"name": "C"}, "published": True}
    assert author.post("/alpha-site/elements", body).status_code == 403
    assert admin.get(f"/alpha-site/elements/{others['id']}").json() == others
    assert public(api) == []
    admin.patch(f"/alpha-site/elements/{own['id']}", {"published": True})
    assert author.patch(f"/alpha-site/elements/{own['id']}", {"data": {"name": "D"}}).status_code == 403
    assert author.patch(f"/alpha-site/elements/{own['id']}", {"published": False}).status_code == 403
    assert [row["data"] for row in public(api)] == [{"name": "B"}]


def test_members_that_are_not_the_clients_to_set_are_left_out(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    forged: dict[str, Any] = {
        "id": 1,
        "author_id": 999,
        "site_id": 999,
        "version": 7,
        "created_at": "2000-01-01T00:00:00Z",
        "deleted_at": 1,
    }
    made = an_element(admin, kind, **forged)
    assert made["author_id"] != 999
    assert (made["version"], made["created_at"][:2], made["site_id"] == 999) == (1, "20", False)
    assert not made["created_at"].startswith("2000")


def test_ids_in_data_are_of_this_site_or_refused(as_role, site_b):
    admin, other = as_role("site_admin"), as_role("site_admin", tenant="beta")
    foreign = a_post(other, site="beta-site", published=True)
    kind = a_type(admin)
    for data in (
        {"name": "A", "story": foreign["id"] + 1000},
        {"name": "A", "more": [2**80]},
        {"name": "A", "friend": 0},
    ):
        answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": data})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "reference"
    assert admin.get("/alpha-site/elements").json()["total"] == 0


def test_a_type_of_another_tenant_is_no_type_here(as_role):
    foreign = a_type(as_role("site_admin", tenant="beta"), site="beta-site")
    answer = as_role("editor").post("/alpha-site/elements", {"type_id": foreign["id"] + 500, "data": {"name": "A"}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "type_id")


def test_ids_are_unique_in_the_whole_installation(as_role):
    ids = set()
    for tenant in ("alpha", "beta", "alpha", "beta"):
        admin, site = as_role("site_admin", tenant=tenant), f"{tenant}-site"
        kinds = admin.get(f"/{site}/contenttypes").json()
        ids.add(an_element(admin, kinds[0] if kinds else a_type(admin, site=site), site=site)["id"])
    assert len(ids) == 4


def test_what_is_referred_to_is_deleted_only_when_forced(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    target = an_element(admin, kind, published=True)
    referrer = an_element(admin, kind, {"name": "R", "friend": target["id"]})
    answer = admin.delete(f"/alpha-site/elements/{target['id']}")
    assert answer.status_code == 409
    assert answer.json()["detail"]["referrers"] == [
        {"doc_type": "element", "doc_id": referrer["id"], "field": "friend"}
    ]
    assert len(public(api)) == 1
    assert admin.delete(f"/alpha-site/elements/{target['id']}?force=true").status_code == 204
    assert admin.get(f"/alpha-site/elements/{target['id']}").status_code == 404
    assert public(api) == []


def test_every_save_is_a_version_and_an_event_with_its_actor(as_role, site_a, users):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin))
    admin.patch(f"/alpha-site/elements/{made['id']}", {"published": True})
    admin.patch(f"/alpha-site/elements/{made['id']}", {"published": False})
    with inside(site_a.tenant):
        assert list(Version.objects.filter(doc_id=made["id"]).values_list("number", flat=True)) == [1, 2, 3]
    told = EventRow.objects.filter(subject_type="element", subject_id=made["id"]).order_by("id")
    assert [(e.name, e.subject_version, e.operation) for e in told] == [
        ("content.element_saved", 1, "elements_create"),
        ("content.element_published", 2, "elements_update"),
        ("content.element_unpublished", 3, "elements_update"),
    ]
    assert {(e.actor_kind, e.actor_id, e.tenant_id) for e in told} == {
        ("user", users["alpha"]["site_admin"].pk, site_a.tenant_id)
    }


def test_a_dry_run_answers_what_would_be_and_leaves_nothing(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    events = EventRow.objects.count()
    body = {"type_id": kind["id"], "data": {"name": "A"}, "published": True}
    answer = admin.post("/alpha-site/elements?dry_run=true", body).json()
    assert (answer["dry_run"], answer["status"], answer["result"]["data"]) == (True, 201, {"name": "A"})
    assert [e["name"] for e in answer["events"]] == ["content.element_published"]
    assert (admin.get("/alpha-site/elements").json()["total"], public(api), EventRow.objects.count()) == (0, [], events)


def test_an_idempotency_key_has_one_effect_and_one_answer(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    body = {"type_id": kind["id"], "data": {"name": "A"}}
    first = admin.post("/alpha-site/elements", body, headers={"Idempotency-Key": "k1"})
    again = admin.post("/alpha-site/elements", body, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = admin.post("/alpha-site/elements", {**body, "tags": ["x"]}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.reused")
    assert admin.get("/alpha-site/elements").json()["total"] == 1


def test_nul_and_depth_are_refused_before_the_database_sees_them(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    deep: object = "x"
    for _ in range(100):
        deep = [deep]
    for data in ({"name": "a\0b"}, {"name": "A", "deep": deep}):
        answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": data})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
