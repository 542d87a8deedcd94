"""Filters, sorting and expanding by HTTP: what is found, and what is refused."""

from typing import Any

import pytest

from apps.content.tests.factories import a_post, a_type, an_element
from tests.client import ApiClient, operations

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SHOP: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "price": {"type": "number"},
        "stock": {"type": ["integer", "null"]},
        "sold": {"type": "boolean"},
        "size": {"enum": ["S", "M", "L"]},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "colours": {"type": "array", "items": {"type": "string"}},
        "numbers": {"type": "array", "items": {"type": "integer"}},
        "maker": {"type": "object", "properties": {"country": {"type": "string"}, "post": {"format": "post_id"}}},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "string"}}}},
        "it's 100%": {"type": "string"},
        "story": {"type": "integer", "format": "post_id"},
    },
}


@pytest.fixture
def shop(as_role: Any) -> dict[str, Any]:
    """Three things, and one of another type that has the same fields."""
    admin = as_role("site_admin")
    kind, other = a_type(admin, key="thing", schema=SHOP), a_type(admin, key="other", schema=SHOP)
    rows: list[dict[str, Any]] = [
        {"name": "Anchor", "price": 10, "stock": 3, "sold": True, "size": "S", "day": "2026-01-31",
         "at": "2026-01-01T12:00:00+02:00", "colours": ["red", "blue"], "numbers": [1, 2],
         "maker": {"country": "PT"}, "parts": [{"code": "a"}], "it's 100%": "yes"},
        {"name": "anvil", "price": 9.5, "stock": None, "sold": False, "size": "M", "day": "2026-02-01",
         "at": "2026-01-01T11:00:00Z", "colours": ["blue"], "numbers": [2], "maker": {"country": "DE"}},
        {"name": "Bell"},
    ]  # fmt: skip
    made = [an_element(admin, kind, row, tags=row["name"][:2].split()) for row in rows]
    an_element(admin, other, rows[0])
    return {"client": admin, "kind": kind, "names": [row["name"] for row in rows], "made": made}


def found(client: ApiClient, query: str, site: str = "alpha-site") -> list[str]:
    answer = client.get(f"/{site}/elements?{query}")
    assert answer.status_code == 200, answer.content
    page = answer.json()
    assert page["total"] == len(page["items"])
    return [item["data"]["name"] for item in page["items"]]


FOUND: dict[str, list[str]] = {
    "filter[data.price][gte]=10": ["Anchor"],
    "filter[data.price]=9.50": ["anvil"],
    "filter[data.price][lt]=1e1": ["anvil"],
    "filter[data.price][ne]=10": ["anvil", "Bell"],
    "filter[data.price][in]=10,9.5,7": ["Anchor", "anvil"],
    "filter[data.price][nin]=10": ["anvil", "Bell"],
    "filter[data.stock][null]=true": ["anvil", "Bell"],
    "filter[data.stock][null]=false": ["Anchor"],
    "filter[data.sold]=false": ["anvil"],
    "filter[data.size][in]=S,L": ["Anchor"],
    "filter[data.name][starts_with]=An": ["Anchor"],
    "filter[data.name][contains]=n": ["Anchor", "anvil"],
    "filter[data.name][contains]=%25": [],
    "filter[data.name][lt]=B": ["Anchor"],
    "filter[data.day][lte]=2026-01-31": ["Anchor"],
    "filter[data.at][lt]=2026-01-01T10:30:00Z": ["Anchor"],
    "filter[data.at]=2026-01-01T12:00:00%2B01:00": ["anvil"],
    "filter[data.colours][contains]=red": ["Anchor"],
    "filter[data.numbers][contains]=2": ["Anchor", "anvil"],
    "filter[data.colours][null]=true": ["Bell"],
    "filter[data.maker.country]=PT": ["Anchor"],
    "filter[data.it's 100%25]=yes": ["Anchor"],
    "filter[data.price][gt]=1&filter[data.colours][contains]=blue&filter[data.sold][ne]=true": ["anvil"],
    "filter[tags][contains]=An": ["Anchor"],
    "tags=Be": ["Bell"],
    "tags=Be,An": [],
    "q=ANCH": ["Anchor"],
    "q=name": [],
    'q="': [],
    "q=.": [],
    "sort=data.price,-id": ["anvil", "Anchor", "Bell"],
    "sort=-data.price": ["Anchor", "anvil", "Bell"],
    "sort=data.name": ["Anchor", "Bell", "anvil"],
    "sort=-data.day,created_at": ["anvil", "Anchor", "Bell"],
    "sort=-updated_at": ["Bell", "anvil", "Anchor"],
    "filter[created_at][gte]=2000-01-01&filter[updated_at][lt]=9999-12-31": ["Anchor", "anvil", "Bell"],
    "filter[created_at][lt]=2000-01-01": [],
}


def test_elements_are_found_by_what_they_hold(shop):
    for kind in (f"type_id={shop['kind']['id']}", "type_identifier=thing", "type_identifier=alpha-site_thing"):
        assert {query: found(shop["client"], f"{kind}&{query}") for query in FOUND} == FOUND


def refused(client: ApiClient, query: str, site: str = "alpha-site", path: str = "elements") -> list[str]:
    answer = client.get(f"/{site}/{path}?{query}")
    assert (answer.status_code, answer.json().get("code")) == (400, "invalid"), answer.content
    return [error["field"] for error in answer.json()["errors"]]


REFUSED = {
    "filter[data.nothing]=1": "filter[data.nothing][eq]",
    "filter[data.maker]=1": "filter[data.maker][eq]",
    "filter[data.parts.code]=a": "filter[data.parts.code][eq]",
    "filter[data.price][regex]=.*": "filter[data.price][regex]",
    "filter[data.price][contains]=1": "filter[data.price][contains]",
    "filter[data.sold][gt]=true": "filter[data.sold][gt]",
    "filter[data.colours]=red": "filter[data.colours][eq]",
    "filter[data.price]=cheap": "filter[data.price][eq]",
    "filter[data.price]=NaN": "filter[data.price][eq]",
    "filter[data.price]=Infinity": "filter[data.price][eq]",
    "filter[data.price]=1e400": "filter[data.price][eq]",
    f"filter[data.price]={'9' * 5000}": "filter[data.price][eq]",
    "filter[data.price]=%D9%A1": "filter[data.price][eq]",
    "filter[data.stock]=1.5": "filter[data.stock][eq]",
    "filter[data.stock][in]=1,,2": "filter[data.stock][in]",
    "filter[data.sold]=yes": "filter[data.sold][eq]",
    "filter[data.stock][null]=1": "filter[data.stock][null]",
    "filter[data.size]=XL": "filter[data.size][eq]",
    "filter[data.day]=2026-02-30": "filter[data.day][eq]",
    "filter[data.at]=yesterday": "filter[data.at][eq]",
    "filter[data.at]=2026-01-01T10:00:00%2B99:00": "filter[data.at][eq]",
    "filter[data.numbers][contains]=x": "filter[data.numbers][contains]",
    f"filter[data.name]={'a' * 401}": "filter[data.name][eq]",
    "filter[data.name]=a%00b": "filter[data.name][eq]",
    f"filter[data.price][in]={','.join('1' * 101)}": "filter[data.price][in]",
    "filter[author_id]=-1": "filter[author_id][eq]",
    f"filter[id][gt]={2**63}": "filter[id][gt]",
    "filter[type.site.tenant.name][starts_with]=a": "filter[type.site.tenant.name][starts_with]",
    "filter[author__password][starts_with]=p": "filter[author__password][starts_with]",
    "filter[source][contains]=a": "filter[source][contains]",
    "filter[data.price][gte][lte]=1": "filter[data.price][gte][lte]",
    "filter[]=1": "filter[]",
    "filter[data.price%00]=1": "filter[data.price\0]",
    "filter=1": "filter",
    'filter={"data.price":1}': "filter",
    "filter.data.price=1": "filter.data.price",
    "data.price=1": "data.price",
    "filter[data.price]=1&filter[data.price]=2": "filter[data.price]",
    "sort=data.nothing": "sort",
    "sort=data.colours": "sort",
    "sort=data.maker": "sort",
    "sort=author__password": "sort",
    "sort=?": "sort",
    "sort=id,id": "sort",
    "sort=data.price,data.name,data.day,id": "sort",
    "fields=data.nothing": "fields.data.nothing",
    "fields=type.site": "fields.type.site",
    "fields=locale.x": "fields.locale.x",
    "fields=source": "fields.source",
    "expand=name": "expand.name",
    "expand=author": "expand.author",
    "expand=story.name": "expand.story.name",
    "tags=" + "a" * 101: "tags",
    "tags=a%00": "tags",
    "q=" + "a" * 201: "q",
    "q=a%00": "q",
    "q=": "q",
    "status=secret": "status",
    "author_id=0": "author_id",
    "has_draft=maybe": "has_draft",
    "page=1000001": "page",
}


def test_what_is_not_known_or_cannot_be_read_is_400_with_where_it_stands(shop):
    kind = f"type_id={shop['kind']['id']}"
    told = {query: refused(shop["client"], f"{kind}&{query}") for query in REFUSED}
    assert told == {query: [field] for query, field in REFUSED.items()}


def test_fields_of_the_data_need_a_type_of_this_site(shop):
    for query in ("filter[data.price][gt]=1", "filter[data.price][gt]=1&type_id=99999999"):
        assert refused(shop["client"], query) == ["filter[data.price][gt]"]
    for query in ("sort=data.price", "sort=data.price&type_identifier=none"):
        assert refused(shop["client"], query) == ["sort"]


def test_a_type_of_another_tenant_filters_nothing(shop, as_role):
    other = as_role("site_admin", tenant="beta")
    answer = other.get(f"/beta-site/elements?type_id={shop['kind']['id']}&filter[data.price]=10")
    assert answer.status_code == 400
    theirs = a_type(other, site="beta-site", key="thing", schema=SHOP)
    an_element(other, theirs, {"name": "Theirs", "price": 10}, site="beta-site")
    query = "type_identifier=thing&filter[data.price][gt]=0&q=e"
    assert found(other, query, "beta-site") == ["Theirs"]
    assert found(shop["client"], "type_identifier=thing&filter[data.price][gt]=0") == ["Anchor", "anvil"]


def test_a_thousand_filters_are_refused_at_once(shop):
    query = "&".join(f"filter[data.f{number}]=1" for number in range(999))
    assert refused(shop["client"], query) == ["filter"]
    assert len(refused(shop["client"], f"type_id={shop['kind']['id']}&filter[data{'.a' * 99}]=1")) == 1


def test_values_of_another_kind_than_declared_are_no_values(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin, schema={"type": "object"})
    for value in ("10", True, [10], {"a": 1}, None, 10):
        an_element(admin, kind, {"name": str(value), "price": value, "day": value, "text": value})
    a_field = {"price": {"type": "number"}, "day": {"format": "date", "type": "string"}, "text": {"type": "string"}}
    admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": {"type": "object", "properties": a_field}})
    base = f"type_id={kind['id']}"
    assert found(admin, f"{base}&filter[data.price][gte]=0") == ["10"]
    assert len(found(admin, f"{base}&filter[data.price][null]=true")) == 5
    assert len(found(admin, f"{base}&filter[data.day][null]=true")) == 6
    assert found(admin, f"{base}&filter[data.text]=10") == ["10"]


def test_lists_are_found_by_the_life_of_their_documents(as_role, users):
    editor, author = as_role("editor"), as_role("author")
    kind = a_type(as_role("site_admin"))
    an_element(author, kind, {"name": "draft"})
    an_element(editor, kind, {"name": "public"}, published=True)
    changed = an_element(editor, kind, {"name": "public"}, published=True)
    editor.patch(f"/alpha-site/elements/{changed['id']}?draft=true", {"data": {"name": "changed"}})
    assert found(editor, "status=draft") == ["draft"]
    assert found(editor, "status=published") == ["public", "changed"]
    assert found(editor, "status=scheduled") == []
    assert found(editor, "has_draft=true") == ["changed"]
    assert found(editor, "has_draft=false") == ["draft", "public"]
    assert found(editor, "published=false") == ["draft"]
    pk = users["alpha"]["author"].pk
    assert found(editor, f"author_id={pk}") == found(editor, f"filter[author_id][in]={pk},9999") == ["draft"]
    assert found(editor, f"filter[id][gt]={changed['id'] - 1}") == ["changed"]


def test_posts_are_found_by_words_keywords_dates_author_and_status(as_role, users):
    editor = as_role("editor")
    a_post(editor, title="One harbour", content="The Tide", keywords=["sea", "salt"], published=True)
    a_post(as_role("author"), title="Two", short_description="tidewater", keywords=["sea"])
    a_post(editor, title="Three 100%")

    def titles(query: str) -> list[str]:
        page = editor.get(f"/alpha-site/posts?{query}").json()
        assert page["total"] == len(page["items"])
        return [item["title"] for item in page["items"]]

    assert titles("q=TIDE") == ["One harbour", "Two"]
    assert titles("q=%25") == ["Three 100%"]
    assert titles("keywords=sea") == ["One harbour", "Two"]
    assert titles("keywords=sea,salt") == titles("filter[keywords][contains]=salt") == ["One harbour"]
    assert titles("filter[keywords][null]=true") == ["Three 100%"]
    assert titles("status=draft") == ["Two", "Three 100%"]
    assert titles(f"author_id={users['alpha']['author'].pk}") == ["Two"]
    assert titles("filter[created_at][gte]=2000-01-01&filter[updated_at][lt]=2000-01-01") == []
    assert refused(editor, "filter[title]=One", path="posts") == ["filter[title][eq]"]
    assert refused(editor, "filter[data.title]=One", path="posts") == ["filter[data.title][eq]"]


def test_fields_pick_parts_of_the_data(shop):
    path, made = f"/alpha-site/elements/{shop['made'][0]['id']}", shop["made"][0]
    assert shop["client"].get(f"{path}?fields=id,data.name,data.maker.country,data.parts.code").json() == {
        "id": made["id"],
        "data": {"name": "Anchor", "maker": {"country": "PT"}, "parts": [{"code": "a"}]},
    }
    assert shop["client"].get(f"{path}?fields=data.name,data").json() == {"data": made["data"]}
    page = shop["client"].get("/alpha-site/elements?type_identifier=thing&fields=data.price").json()
    assert page["items"] == [{"data": {"price": 10}}, {"data": {"price": 9.5}}, {"data": {}}]
    assert page["total"] == 3


def test_the_document_declares_filters_as_deep_objects(api):
    for name in ("elements_list", "posts_list"):
        parameters = {one["name"]: one for one in operations()[name][2]["parameters"]}
        assert (parameters["filter"]["style"], parameters["filter"]["schema"]["type"]) == ("deepObject", "object")
        assert parameters["filter"]["explode"] is True
