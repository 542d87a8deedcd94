import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.tests.factories import a_post, a_type, an_element, public
from apps.core.models import EventRow
from apps.sites.models import Tenant

pytestmark = pytest.mark.django_db


def bulk(client, items, atomic=False, path="elements", query=""):
    return client.post(f"/alpha-site/{path}/bulk{query}", {"atomic": atomic, "items": items})


def create(kind, name="A", **more):
    return {"action": "create", "type_id": kind["id"], "data": {"name": name}, **more}


def statuses(answer):
    return [item["status"] for item in answer.json()["items"]]


def all_of(client):
    return client.get("/alpha-site/elements").json()["items"]


def test_each_item_has_an_answer_of_its_own_and_what_fails_keeps_nothing_else_from_being_done(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    one, two = an_element(admin, kind), an_element(admin, kind, published=True)
    answer = bulk(
        admin,
        [
            create(kind, "new", published=True, tags=[" a", "a", "b"]),
            {"action": "update", "id": one["id"], "data": {"story": "x"}},
            {"action": "publish", "id": one["id"]},
            {"action": "unpublish", "id": two["id"]},
            {"action": "delete", "id": 10**15},
            {"action": "explode", "id": one["id"]},
            {"action": "delete"},
            {"action": "update", "id": two["id"], "data": {"name": "B"}, "if_match": "element1-1-1"},
            {"action": "update", "id": "x", "data": {"name": "B"}},
        ],
    )
    assert (answer.status_code, statuses(answer)) == (200, [201, 400, 200, 200, 404, 400, 400, 412, 400])
    body = answer.json()
    assert (body["done"], body["failed"], [item["index"] for item in body["items"]]) == (3, 6, list(range(9)))
    assert body["items"][1]["error"]["errors"][0]["field"] == "data"
    made = admin.get(f"/alpha-site/elements/{body['items'][0]['id']}")
    assert (made.json()["tags"], made["ETag"]) == (["a", "b"], f'"{body["items"][0]["etag"]}"')
    assert {row["data"]["name"] for row in public(api)} == {"new", "A"}
    assert admin.get(f"/alpha-site/elements/{one['id']}").json()["version"] == 1


def test_all_or_nothing_is_nothing_with_a_report_when_one_fails(as_role, api, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    one = an_element(admin, kind)
    before, events = all_of(admin), EventRow.objects.count()
    items = [create(kind), {"action": "publish", "id": one["id"]}, create(kind, data={"story": 1})]
    answer = bulk(admin, items, atomic=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "content.bulk.refused")
    report = answer.json()["detail"]["items"]
    assert [(item["status"], item["id"]) for item in report] == [(424, None), (424, one["id"]), (400, None)]
    assert report[2]["error"]["code"] == "invalid"
    assert (all_of(admin), public(api), EventRow.objects.count()) == (before, [], events)
    assert Tenant.objects.get(pk=site_a.tenant_id).used_elements == 1
    assert statuses(bulk(admin, items[:2], atomic=True)) == [201, 200]


def test_items_see_what_those_before_them_did_to_the_same_element(as_role):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin))
    same = {"id": made["id"]}
    answer = bulk(
        admin,
        [
            {"action": "update", "data": {"name": "B"}, **same},
            {"action": "update", "data": {"name": "C"}, "if_match": f"element{made['id']}-2-0", **same},
            {"action": "delete", **same},
            {"action": "delete", **same},
            {"action": "restore", **same},
            {"action": "restore", **same},
        ],
    )
    assert statuses(answer) == [200, 200, 204, 404, 200, 409]
    found = admin.get(f"/alpha-site/elements/{made['id']}").json()
    assert (found["data"], found["version"]) == ({"name": "C"}, 4)


def test_each_item_needs_the_permission_of_its_own_operation(as_role, api):
    author, editor = as_role("author"), as_role("editor")
    kind = a_type(as_role("site_admin"))
    own, others = an_element(author, kind), an_element(editor, kind)
    before = all_of(editor)
    items = [
        create(kind, published=True),
        {"action": "publish", "id": own["id"]},
        {"action": "unpublish", "id": own["id"]},
        {"action": "update", "id": own["id"], "published": True},
        {"action": "delete", "id": own["id"]},
        {"action": "purge", "id": own["id"]},
        {"action": "update", "id": others["id"], "data": {"name": "B"}},
    ]
    assert statuses(bulk(author, items)) == [403] * 7
    assert (all_of(editor), public(api)) == (before, [])
    assert statuses(bulk(author, [create(kind)])) == [201]


def test_ids_of_another_tenant_are_404_and_types_of_another_400(as_role):
    admin, other = as_role("site_admin"), as_role("site_admin", tenant="beta")
    foreign_kind = a_type(other, "beta-site")
    foreign = an_element(other, foreign_kind, site="beta-site", published=True)
    names = ("update", "publish", "unpublish", "delete", "restore", "purge")
    items = [{"action": name, "id": foreign["id"], "data": {"name": "B"}} for name in names]
    assert statuses(bulk(admin, items)) == [404] * 6
    assert statuses(bulk(admin, [create({"id": foreign_kind["id"] + 999})])) == [400]
    assert other.get(f"/beta-site/elements/{foreign['id']}").json() == foreign


def test_the_limit_of_elements_holds_inside_a_batch(as_role, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    first = an_element(admin, kind)
    Tenant.objects.filter(pk=site_a.tenant_id).update(limits={"elements": 2})
    items = [create(kind), create(kind), {"action": "delete", "id": first["id"]}, create(kind)]
    answer = bulk(admin, items)
    assert [item["error"] is None for item in answer.json()["items"]] == [True, False, True, True]
    assert answer.json()["items"][1]["status"] == bulk(admin, [create(kind)]).json()["items"][0]["status"] >= 400
    assert (Tenant.objects.get(pk=site_a.tenant_id).used_elements, len(all_of(admin))) == (2, 2)


@pytest.mark.parametrize("items", [[], [{"action": "delete", "id": 1}] * 501, "x", [1], None])
def test_a_batch_without_sense_or_end_is_refused(items, as_role):
    answer = bulk(as_role("editor"), items)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_dry_run_says_what_would_be_and_leaves_nothing(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    events = EventRow.objects.count()
    items = [create(kind, published=True), create(kind, data={})]
    answer = bulk(admin, items, query="?dry_run=true").json()
    assert [item["status"] for item in answer["result"]["items"]] == [201, 400]
    assert [event["name"] for event in answer["events"]] == ["content.element_published"]
    assert (all_of(admin), public(api), EventRow.objects.count()) == ([], [], events)


def test_the_work_grows_with_the_items_and_by_the_same_for_each(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)

    def queries(count):
        with CaptureQueriesContext(connection) as seen:
            assert bulk(admin, [create(kind, published=True)] * count).json()["failed"] == 0
        return len([query for query in seen.captured_queries if "SET search_path" not in query["sql"]])

    one, three, nine = queries(1), queries(3), queries(9)
    each = (three - one) // 2
    assert (nine - three, each) == (6 * each, each)
    assert each <= 22


def test_posts_are_changed_in_batches_too(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, slug="taken")
    answer = bulk(
        editor,
        [
            {"action": "create", "title": "New", "status": "published"},
            {"action": "create", "title": "Taken", "slug": "taken"},
            {"action": "update", "id": made["id"], "title": "Changed", "published": True},
        ],
        path="posts",
    )
    assert statuses(answer) == [201, 409, 200]
    assert {row["title"] for row in public(api, "posts")} == {"New", "Changed"}
