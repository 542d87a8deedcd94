"""The pages of the platform: where one begins, the documentation, the description."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def test_the_root_says_what_this_is_and_where_to_go_on(api: ApiClient) -> None:
    found = api.get("/").json()
    assert found["name"] == "Cognitor"
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert set(found["links"]) == {"docs", "openapi", "admin", "health"}
    for address in found["links"].values():
        assert api.get(address).status_code in (200, 302), address


def test_the_documentation_takes_every_file_from_this_server(api: ApiClient) -> None:
    response = api.get("/docs")
    page = response.content.decode()
    assert "<title>Cognitor API</title>" in page
    addresses = re.findall(r'(?:src|href|data-url)="([^"]*)"', page)
    assert len(addresses) >= 6
    assert all(re.match(r"/(?!/)", address) for address in addresses), addresses
    for address in addresses:
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
    assert "<script>" not in page
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy


def test_both_forms_of_the_documentations_path_answer(api: ApiClient) -> None:
    assert (api.get("/docs").status_code, api.get("/docs/").status_code) == (200, 200)


def test_the_description_is_generated_once_and_has_a_validator(api: ApiClient) -> None:
    first, second = api.get("/openapi.json"), api.get("/openapi.json")
    assert first.json()["openapi"].startswith("3.1")
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert first["Content-Type"] == "application/json"
    unchanged = api.get("/openapi.json", headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert api.get("/openapi.json", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_pages_are_only_read(path: str, api: ApiClient) -> None:
    assert api.post(path).status_code == 405
    assert api.head(path).status_code == 200


@pytest.mark.parametrize("path", ["/admin/login/", "/docs"])
def test_nothing_on_a_page_comes_from_another_host(path: str, api: ApiClient) -> None:
    page = api.get(path).content.decode()
    loaded: list[Any] = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]*)"', page)
    assert loaded == []
