"""Unique fields: one living element of a type has a value, whoever comes at the same time."""

import threading
from typing import Any

import pytest
from django.db import connection

from apps.content.models import UniqueValue
from apps.content.tests.factories import a_type, an_element
from apps.core.tenancy import inside
from conftest import Committed

SCHEMA = {
    "type": "object",
    "properties": {"sku": {"type": ["string", "number", "null"], "x-unique": True}, "name": {"type": "string"}},
}
PLAIN = {"type": "object", "properties": {"sku": {"type": ["string", "number", "null"]}}}


@pytest.mark.django_db
def test_a_second_element_with_the_value_is_409_with_the_field_and_the_first(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=SCHEMA)
    first = an_element(admin, kind, {"sku": "A-1"})
    answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"sku": "A-1"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.element.not_unique")
    assert answer.json()["detail"]["field"] == "data.sku"
    assert answer.json()["detail"]["element_id"] == first["id"]
    second = an_element(admin, kind, {"sku": "A-2"})
    answer = admin.patch(f"/alpha-site/elements/{second['id']}", {"data": {"sku": "A-1"}})
    assert answer.status_code == 409
    assert admin.get(f"/alpha-site/elements/{second['id']}").json() == second
    assert admin.get("/alpha-site/elements").json()["total"] == 2


@pytest.mark.django_db
def test_equal_numbers_are_equal_and_absent_ones_are_none(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=SCHEMA)
    for data in ({"sku": 1}, {"sku": "1"}, {"sku": 1.5}, {"sku": None}, {"sku": None}, {"name": "x"}, {"name": "x"}):
        an_element(admin, kind, data)
    answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"sku": 1.0}})
    assert answer.status_code == 409
    other = a_type(admin, key="other", schema=SCHEMA)
    an_element(admin, other, {"sku": 1})
    beta = as_role("site_admin", tenant="beta")
    an_element(beta, a_type(beta, "beta-site", schema=SCHEMA), {"sku": 1}, site="beta-site")


@pytest.mark.django_db
def test_a_value_is_free_when_its_element_has_another_or_is_in_the_trash(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=SCHEMA)
    first = an_element(admin, kind, {"sku": "A"}, published=True)
    admin.patch(f"/alpha-site/elements/{first['id']}?draft=true", {"data": {"sku": "B"}})
    second = an_element(admin, kind, {"sku": "A"})  # the working version counts
    assert admin.delete(f"/alpha-site/elements/{second['id']}").status_code == 204
    an_element(admin, kind, {"sku": "A"})


@pytest.mark.django_db
def test_declaring_it_where_doubles_are_is_refused_with_them(as_role: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=PLAIN)
    ids = [an_element(admin, kind, {"sku": sku})["id"] for sku in ("A", "B", "A", "A")]
    path = f"/alpha-site/contenttypes/{kind['id']}"
    impact = admin.post(f"{path}/impact", {"schema": SCHEMA}).json()
    assert (impact["doubles"], impact["unique"]) == (2, {"added": ["sku"], "removed": []})
    answer = admin.patch(path, {"schema": SCHEMA})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.type.doubles")
    assert answer.json()["detail"]["doubles"] == [
        {"field": "sku", "elements": [ids[0], ids[2]]},
        {"field": "sku", "elements": [ids[0], ids[3]]},
    ]
    assert admin.get(path).json() == kind
    for id in ids[2:]:
        admin.delete(f"/alpha-site/elements/{id}")
    assert admin.patch(path, {"schema": SCHEMA}).status_code == 200
    answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"sku": "B"}})
    assert (answer.status_code, answer.json()["detail"]["element_id"]) == (409, ids[1])
    assert admin.patch(path, {"schema": PLAIN}).status_code == 200
    an_element(admin, kind, {"sku": "B"})
    with inside(site_a.tenant):
        assert not UniqueValue.objects.exists()


@pytest.mark.django_db
def test_a_renamed_unique_field_stays_unique(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=SCHEMA)
    first = an_element(admin, kind, {"sku": "A"})
    schema = {"type": "object", "properties": {"code": SCHEMA["properties"]["sku"]}}  # type: ignore[index]
    answer = admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": schema, "renames": {"sku": "code"}})
    assert answer.status_code == 200, answer.json()
    answer = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"code": "A"}})
    assert (answer.status_code, answer.json()["detail"]["element_id"]) == (409, first["id"])


def test_of_eight_at_once_one_gets_the_value(committed: Committed) -> None:
    site = committed.site.identifier
    kind = a_type(committed.client, site, schema=SCHEMA)
    clients, start, answers = [committed.client for _ in range(8)], threading.Barrier(8), []

    def create(client: Any) -> None:
        start.wait()
        answers.append(client.post(f"/{site}/elements", {"type_id": kind["id"], "data": {"sku": "same"}}))
        connection.close()

    threads = [threading.Thread(target=create, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    (made,) = (answer.json()["id"] for answer in answers if answer.status_code == 201)
    assert {a.json()["detail"]["element_id"] for a in answers if a.status_code == 409} == {made}
    assert committed.client.get(f"/{site}/elements").json()["total"] == 1


def test_of_eight_changes_at_once_one_gets_the_value(committed: Committed) -> None:
    """Unlike creations these do not wait for one another at the type: the constraint alone decides."""
    site = committed.site.identifier
    kind = a_type(committed.client, site, schema=SCHEMA)
    ids = [an_element(committed.client, kind, {"sku": n}, site=site)["id"] for n in range(8)]
    clients, start, statuses = [committed.client for _ in ids], threading.Barrier(8), []

    def change(client: Any, id: int) -> None:
        start.wait()
        statuses.append(client.patch(f"/{site}/elements/{id}", {"data": {"sku": "same"}}).status_code)
        connection.close()

    threads = [threading.Thread(target=change, args=pair) for pair in zip(clients, ids, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7
    items = committed.client.get(f"/{site}/elements").json()["items"]
    assert [item["data"]["sku"] for item in items].count("same") == 1
