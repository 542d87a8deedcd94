"""What an operation was charged for is told by its answer and by its description; the kernel knows no prices."""

from typing import Any

import pytest
from django.urls import get_resolver

from apps.core import context
from apps.core.openapi import OperationSchema
from apps.core.operation import OPERATIONS
from tests.client import ApiClient


@pytest.mark.django_db
def test_the_answer_tells_what_was_charged_for_it_and_not_for_the_one_before(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.core import operation

    answer = operation._answer

    def charging(*args: Any) -> Any:
        context.charge(2)
        context.charge(3)
        return answer(*args)

    monkeypatch.setattr(operation, "_answer", charging)
    assert [api.get("/")["X-Credits-Charged"] for _ in range(2)] == ["5", "5"]
    monkeypatch.undo()
    assert not api.get("/").has_header("X-Credits-Charged")


def test_the_description_of_an_operation_that_costs_says_so() -> None:
    import dataclasses
    import types

    assert get_resolver().url_patterns  # to load it declares the operations
    view = types.SimpleNamespace(action="root", root=types.SimpleNamespace())
    view.root.operation = dataclasses.replace(OPERATIONS["root"], cost="per image")
    schema = OperationSchema()
    schema.view, schema.method, schema.path = view, "GET", "/"
    assert schema.get_extensions()["x-cost"] == "per image"
    assert [one.name for one in schema.get_override_parameters() if one.response] == ["X-Credits-Charged"]
    view.root.operation = OPERATIONS["root"]
    assert "x-cost" not in schema.get_extensions()
