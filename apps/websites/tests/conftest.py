from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from apps.ai import catalogue
from apps.ai.providers.protocols import Call, Model, Output, Paint, Write
from apps.ai.services import calling
from apps.ai.tests.conftest import at_once as at_once
from apps.billing.models import CostSetting
from apps.billing.tests.factories import credits, price
from apps.core.models import EventRow
from conftest import Committed


@pytest.fixture
def rich(committed: Committed, settings: Any) -> Iterator[Committed]:
    """A tenant with 300 credits, where a website costs 100; requests wait for 20 seconds."""
    settings.GENERATION_WAIT = 20
    credits(committed.tenant, 300)
    made = price("websites_generate", "100")
    yield committed
    connection.set_schema_to_public()
    CostSetting.objects.filter(pk=made.pk).delete()
    EventRow.objects.filter(tenant_id=None, subject_type="cost_setting").delete()


class Studio:
    """A vendor whose models do what they are told: each answer is an output, a refusal, or a function of the call."""

    models = tuple(
        Model(id=f"studio/{task}", task=task, provider="studio", name=task, units=(), local=True)
        for task in ("text", "image")
    )

    def __init__(self) -> None:
        self.texts: list[Any] = []
        self.pictures: list[Any] = []
        self.asked: list[Any] = []

    def write(self, model: str, asked: Write, call: Call) -> Output:
        return self._next(self.texts, asked, call)

    def paint(self, model: str, asked: Paint, call: Call) -> Output:
        return self._next(self.pictures, asked, call)

    def _next(self, answers: list[Any], asked: Any, call: Call) -> Output:
        self.asked.append(asked)
        answer = answers.pop(0) if answers else None
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Output):
            return answer
        if callable(answer):
            answer(call)
        local: Any = catalogue.provider("local")
        made: Output = local.write("writer", asked, call) if answers is self.texts else local.paint("", asked, call)
        return made


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    made = Studio()
    monkeypatch.setitem(catalogue._PROVIDERS, "studio", lambda: made)
    monkeypatch.setattr(calling, "FIRST_PAUSE", 0.001)
    return made
