"""A browser that signs in with the provider that `tests.openid` runs."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import openid
from tests.client import ApiClient
from tests.openid import Provider

EMAIL, PAGE = "ada@example.org", "https://app.example.org/back"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with openid.running() as found:
        yield found


@pytest.fixture(autouse=True)
def configured(db: None, provider: Provider, settings: Any) -> None:
    app = {"client_id": "cognitor", "secret": "shared-secret", "provider_id": "acme", "name": "Acme"}
    app["settings"] = {"server_url": provider.origin}  # type: ignore[assignment]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.OAUTH_REDIRECT_URIS = ["http://testserver/auth/oauth/{provider}/callback", PAGE]


def begin(client: ApiClient, provider: str = "acme", **query: str) -> dict[str, Any]:
    answer = client.get(f"/auth/oauth/{provider}/authorize", query)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def finish(client: ApiClient, back: dict[str, str], provider: str = "acme", **more: str) -> Any:
    return client.post(f"/auth/oauth/{provider}/callback", back | more)


def sign_in(at: Provider, sub: str = "1", provider: str = "acme", **claims: Any) -> Any:
    """The whole way, in a browser of its own; by default of somebody whose address is verified there."""
    at.person(sub, **{"email": EMAIL, "email_verified": True, "name": "Ada"} | claims)
    client = ApiClient()
    return finish(client, at.authorize(begin(client, provider)["authorization_url"], sub), provider)
