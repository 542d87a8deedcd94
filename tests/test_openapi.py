"""The document says all of every operation, and says it freshly."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from apps.core.checks import patterns
from apps.core.operation import OPERATIONS, TIMEOUTS
from apps.core.ratelimit import RATES
from apps.core.viewsets import CATEGORIES, OperationViewSet
from cognitor.management.commands import build_docs
from tests.client import operations

described = pytest.mark.parametrize("operation", sorted(operations()))


def test_the_document_is_valid_openapi_31() -> None:
    assert build_docs.document()["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(build_docs.document()).iter_errors()] == []


def test_every_routed_action_is_in_the_document_once() -> None:
    routed = sorted(
        getattr(view, action).operation.id
        for view, actions in (
            (getattr(pattern.callback, "cls", object), getattr(pattern.callback, "actions", {}))
            for _, pattern in patterns()
        )
        if issubclass(view, OperationViewSet)
        for action in set(actions.values())
    )
    documented = sorted(
        one["operationId"] for methods in build_docs.document()["paths"].values() for one in methods.values()
    )
    assert documented == routed
    assert len(documented) == len(set(documented))


@described
def test_a_body_that_is_taken_is_described_whatever_the_method(operation: str) -> None:
    _, _, found = operations()[operation]
    assert ("requestBody" in found) == (OPERATIONS[operation].takes is not None)


def test_giving_up_the_second_factor_shows_its_body() -> None:
    body = build_docs.document()["paths"]["/auth/mfa"]["delete"]["requestBody"]
    assert body["required"] is True
    assert _schema(body) == {"$ref": "#/components/schemas/MfaOffInRequest"}


@described
def test_an_operation_says_what_it_does_who_may_and_how_often(operation: str) -> None:
    _, _, found = operations()[operation]
    assert found["description"]
    assert found["x-permission"] == OPERATIONS[operation].allow
    assert found["x-rate"] in RATES
    assert found["x-timeout"] in TIMEOUTS
    assert len(found["tags"]) == 1
    assert found["tags"][0] in CATEGORIES.values()


@described
def test_an_operation_describes_a_success_and_every_refusal_it_names(operation: str) -> None:
    method, _, found = operations()[operation]
    statuses = {int(status) for status in found["responses"]}
    assert statuses & {200, 201, 202, 204}
    assert {refusal.status for refusal in OPERATIONS[operation].refuses} <= statuses
    assert (401 in statuses) >= (OPERATIONS[operation].allow != "public")
    for status, response in found["responses"].items():
        if status[0] in "45":
            assert _schema(response) == {"$ref": "#/components/schemas/Problem"}
        elif status != "204" and status[0] != "3":
            assert response["content"], f"{method} {operation} answers {status} with nothing described"


def _schema(response: dict[str, Any]) -> Any:
    return response["content"]["application/json"]["schema"]


@pytest.mark.parametrize("name", sorted(build_docs.pages()))
def test_a_generated_page_is_fresh(name: str) -> None:
    assert (build_docs.DOCS / name).read_text(encoding="utf-8") == build_docs.pages()[name], "run bin/docs"
