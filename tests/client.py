"""The client of the tests: JSON in and out, and every answer held against the OpenAPI document."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import jsonschema_rs
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import Resolver404, resolve
from django.utils import timezone

from apps.core.viewsets import OperationViewSet
from cognitor.management.commands.build_docs import document

JSON = "application/json"
_VALUE = re.compile(r"<(?:\w+:)?(\w+)>")


class ApiClient(Client):
    """Django's client with JSON bodies. An answer that is not as documented is an `AssertionError`.

    The answers to `fields=` and to `?dry_run=true` have other shapes than the documented one and are not checked.
    """

    conforming = True
    """Set to False where a test provokes what no operation documents, such as a 500."""

    def login(self, user: Any, tenant: Any = None) -> "ApiClient":  # type: ignore[override]
        """Sends a token of the user for the tenant (by default its home) from here on; no sign-in is recorded."""
        from apps.accounts import tokens
        from apps.accounts.models import Session

        session = Session.objects.create(
            user=user,
            tenant=tenant or user.home_tenant,
            expires_at=timezone.now() + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"],
        )
        return self.bearer(tokens.access(session))

    def bearer(self, token: str) -> "ApiClient":
        """Sends this token from here on."""
        self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return self

    def post(self, path: str, data: Any = None, content_type: str = JSON, **options: Any) -> Any:  # type: ignore[override]
        return super().post(path, data, content_type, **options)

    def patch(self, path: str, data: Any = "", content_type: str = JSON, **options: Any) -> Any:  # type: ignore[override]
        return super().patch(path, data, content_type, **options)

    def put(self, path: str, data: Any = "", content_type: str = JSON, **options: Any) -> Any:  # type: ignore[override]
        return super().put(path, data, content_type, **options)

    def delete(self, path: str, data: Any = "", content_type: str = JSON, **options: Any) -> Any:  # type: ignore[override]
        return super().delete(path, data, content_type, **options)

    def upload(self, path: str, data: dict[str, Any], *, method: str = "POST", **options: Any) -> Any:
        """Sends a form with files."""
        return super().generic(method, path, encode_multipart(BOUNDARY, data), MULTIPART_CONTENT, **options)

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if self.conforming:
            check(response, request["REQUEST_METHOD"], request["PATH_INFO"], request.get("QUERY_STRING", ""))
        return response


def check(response: HttpResponseBase, method: str, path: str, query: str) -> None:
    """Raises unless the answer of an operation is one that the document describes."""
    template = template_of(path)
    if template is None or method == "OPTIONS":
        return
    found = document()["paths"].get(template, {}).get({"HEAD": "get"}.get(method, method.lower()))
    if found is None:
        assert response.status_code == 405, f"{method} {template} is not documented and answered {response.status_code}"
        return
    asked = parse_qs(query)
    if "dry_run" in asked and response.status_code == 200:
        return
    told = f"{found['operationId']} answered {response.status_code}"
    described = found["responses"].get(str(response.status_code))
    assert described is not None, f"{told}, which is not documented: {shown(response)}"
    if method == "HEAD" or response.streaming:
        return
    content = described.get("content", {})
    body: bytes = response.content  # type: ignore[attr-defined]
    kind = response.headers.get("Content-Type", "").split(";")[0]
    if not content:
        assert not body, f"{told} with a body that is not documented: {shown(response)}"
        return
    assert kind in content or any(name.endswith("/*") for name in content), f"{told} as {kind!r}, not {list(content)}"
    if kind != JSON or (response.status_code < 400 and "fields" in asked):
        return
    faults = list(validator(found["operationId"], response.status_code).iter_errors(json.loads(body)))
    listed = "\n".join(
        f"  {'.'.join(map(str, fault.instance_path)) or '(body)'}: {fault.message}" for fault in faults[:5]
    )
    assert not faults, f"{told} with a body that is not as documented:\n{listed}\n{shown(response)}"


def template_of(path: str) -> str | None:
    """`/sites/{site}` for `/sites/alpha-site/`; None where no operation is."""
    for form in (path.rstrip("/") or "/", path):
        try:
            match = resolve(form)
        except Resolver404:
            continue
        view = getattr(match.func, "cls", None)
        if view is not None and issubclass(view, OperationViewSet):
            return "/" + _VALUE.sub(r"{\1}", match.route)
    return None


@cache
def validator(operation: str, status: int) -> Any:
    described = operations()[operation][2]["responses"][str(status)]["content"][JSON]["schema"]
    return jsonschema_rs.Draft202012Validator({**described, "components": document()["components"]})


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path template and description of each documented operation."""
    return {
        described["operationId"]: (method.upper(), path, described)
        for path, methods in document()["paths"].items()
        for method, described in methods.items()
    }


def shown(response: HttpResponseBase) -> str:
    return getattr(response, "content", b"(stream)")[:1000].decode(errors="replace")
