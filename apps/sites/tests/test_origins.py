"""Origins that a site's settings name: browsers there may call the site's API with a token, and no other site's."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import ApiClient

pytestmark = pytest.mark.django_db

ORIGIN = "https://shop.example.com"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization",
}


@pytest.fixture
def named(as_role: Callable[..., ApiClient]) -> ApiClient:
    admin = as_role("site_admin")
    assert admin.put("/sites/alpha-site/settings", {"cors_origins": [ORIGIN]}).status_code == 200
    return admin


def test_a_named_origin_is_let_in_without_credentials(named: ApiClient) -> None:
    for path in ("/alpha-site/elements", "/alpha-site/elements/", "/sites/alpha-site"):
        preflight = ApiClient().options(path, headers=PREFLIGHT)
        assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
        assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in preflight.headers
    answer = named.get("/alpha-site/elements", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/alpha-site/elements", "https://evil.example.com"),
        ("/alpha-site/elements", f"{ORIGIN}.evil.example"),
        ("/alpha-site/elements", "null"),
        ("/beta-site/elements", ORIGIN),
        ("/users", ORIGIN),
        ("/auth/login", ORIGIN),
        ("/admin/", ORIGIN),
    ],
)
def test_other_origins_other_sites_and_what_is_no_sites_stay_closed(named: ApiClient, path: str, origin: Any) -> None:
    preflight = ApiClient().options(path, headers={**PREFLIGHT, "Origin": origin})
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert "Access-Control-Allow-Origin" not in ApiClient().get(path, headers={"Origin": origin}).headers
