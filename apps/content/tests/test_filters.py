"""Filters, sorting and expanding by HTTP: what is found, and what is refused."""

from typing import Any

import pytest

from apps.content.tests.factories import a_type, an_element
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

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
    rows = [
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


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter[data.price][gte]=10", ["Anchor"]),
        ("filter[data.price]=9.50", ["anvil"]),
        ("filter[data.price][lt]=1e1", ["anvil"]),
        ("filter[data.price][ne]=10", ["anvil", "Bell"]),
        ("filter[data.price][in]=10,9.5,7", ["Anchor", "anvil"]),
        ("filter[data.price][nin]=10", ["anvil", "Bell"]),
        ("filter[data.stock][null]=true", ["anvil", "Bell"]),
        ("filter[data.stock][null]=false", ["Anchor"]),
        ("filter[data.sold]=false", ["anvil"]),
        ("filter[data.size][in]=S,L", ["Anchor"]),
        ("filter[data.name][starts_with]=An", ["Anchor"]),
        ("filter[data.name][contains]=n", ["Anchor", "anvil"]),
        ("filter[data.name][contains]=%25", []),
        ("filter[data.name][lt]=B", ["Anchor"]),
        ("filter[data.day][lte]=2026-01-31", ["Anchor"]),
        ("filter[data.at][lt]=2026-01-01T10:30:00Z", ["Anchor"]),
        ("filter[data.at]=2026-01-01T12:00:00%2B01:00", ["anvil"]),
        ("filter[data.colours][contains]=red", ["Anchor"]),
        ("filter[data.numbers][contains]=2", ["Anchor", "anvil"]),
        ("filter[data.colours][null]=true", ["Bell"]),
        ("filter[data.maker.country]=PT", ["Anchor"]),
        ("filter[data.it's 100%25]=yes", ["Anchor"]),
        ("filter[data.price][gt]=1&filter[data.colours][contains]=blue&filter[data.sold][ne]=true", ["anvil"]),
        ("filter[tags][contains]=An", ["Anchor"]),
        ("tags=Be", ["Bell"]),
        ("tags=Be,An", []),
        ("q=ANCH", ["Anchor"]),
        ("q=name", []),
        ('q="', []),
        ("q=.", []),
        ("sort=data.price,-id", ["anvil", "Anchor", "Bell"]),
        ("sort=-data.price", ["Anchor", "anvil", "Bell"]),
        ("sort=data.name", ["Anchor", "Bell", "anvil"]),
        ("sort=-data.day,created_at", ["anvil", "Anchor", "Bell"]),
        ("sort=-updated_at", ["Bell", "anvil", "Anchor"]),
        ("filter[created_at][gte]=2000-01-01&filter[updated_at][lt]=9999-12-31", ["Anchor", "anvil", "Bell"]),
        ("filter[created_at][lt]=2000-01-01", []),
    ],
)
def test_elements_are_found_by_what_they_hold(shop, query, names):
    by_id, by_key = f"type_id={shop['kind']['id']}&{query}", f"type_identifier=thing&{query}"
    assert found(shop["client"], by_id) == found(shop["client"], by_key) == names
