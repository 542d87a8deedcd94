"""Makes content through the API, as a client would."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.client import ApiClient

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "story": {"type": "integer", "format": "post_id"},
        "cover": {"type": "integer", "format": "media_id"},
        "friend": {"type": "integer", "format": "element_id"},
        "more": {"type": "array", "items": {"type": "integer", "format": "post_id"}},
        "post_id": {"type": "integer"},
    },
    "required": ["name"],
}


def a_type(client: ApiClient, site: str = "alpha-site", key: str = "card", schema: Any = SCHEMA) -> dict[str, Any]:
    answer = client.post(
        f"/{site}/contenttypes", {"name": key.title(), "identifier": key, "description": "", "schema": schema}
    )
    assert answer.status_code == 201, answer.content
    return answer.json()


def an_element(
    client: ApiClient, kind: dict[str, Any], data: Any = None, *, site: str = "alpha-site", **more: Any
) -> Any:
    answer = client.post(f"/{site}/elements", {"type_id": kind["id"], "data": data or {"name": "A"}, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def a_post(client: ApiClient, site: str = "alpha-site", **members: Any) -> dict[str, Any]:
    answer = client.post(f"/{site}/posts", {"title": "A post", **members})
    assert answer.status_code == 201, answer.content
    return answer.json()


def a_translation(
    client: ApiClient, doc_type: str, doc_id: int, locale: str, *, site: str = "alpha-site", **members: Any
) -> Any:
    answer = client.put(f"/{site}/translations/{doc_type}/{doc_id}/{locale}", members)
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def public(client: ApiClient, path: str = "elements", site: str = "alpha-site") -> Any:
    answer = client.get(f"/public/{site}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    """Inside, it is that time for all that asks Django."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


def a_page(client: ApiClient, site: str = "alpha-site", **members: Any) -> dict[str, Any]:
    answer = client.post(f"/{site}/pages", {"title": "A page", **members})
    assert answer.status_code == 201, answer.content
    return answer.json()
