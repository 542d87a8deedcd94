"""What a model makes of content: a tenant that can pay, jobs that run while a request waits, providers as told."""

import contextvars
from collections.abc import Callable
from typing import Any

import pytest

from apps.ai import catalogue
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Model, Output, Task
from apps.ai.services import calling, generations
from apps.billing.tests.factories import credits, price
from apps.core.services import jobs


@pytest.fixture
def paid(tenant_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """50 credits for tenant alpha, a thousand characters cost 2 when said and 1 when translated; a request that waits
    has its job done meanwhile."""
    credits(tenant_a, 50)
    price("media_tts", "2", "1k_characters")
    price("translations_generate", "1", "1k_characters")

    def finished(generation: Generation) -> Generation:
        contextvars.Context().run(jobs.run, generation.job_id)
        return Generation.objects.select_related("job").get(pk=generation.pk)

    monkeypatch.setattr(generations, "finished", finished)


class Double:
    """A provider of one model, which does as it is told and counts how often."""

    def __init__(self, task: Task, work: Callable[[Any], Output], **limits: Any) -> None:
        self.models = (
            Model(id="double/one", task=task, provider="double", name="one", units=("characters",), limits=limits),
        )
        self.work, self.asked = work, []  # type: ignore[var-annotated]

    def speak(self, model: str, asked: Any, call: Call) -> Output:
        self.asked.append(asked)
        return self.work(asked)

    translate = speak


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Double]:
    def install(*given: Any, **limits: Any) -> Double:
        made = Double(*given, **limits)
        monkeypatch.setitem(catalogue._PROVIDERS, "double", lambda: made)
        monkeypatch.setattr(calling, "FIRST_PAUSE", 0.001)
        return made

    return install
