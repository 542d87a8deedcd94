import contextvars
import importlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from apps.ai import catalogue
from apps.ai.providers import breaker
from apps.ai.services import calling
from apps.ai.tests.vendors import anthropic, elevenlabs, fal, openai
from apps.billing.models import CostSetting
from apps.billing.services.defaults import PRICES
from apps.billing.tests.factories import credits, price
from apps.core import redis
from apps.core.models import EventRow
from apps.core.services import jobs
from conftest import Committed


@dataclass(frozen=True)
class Vendors:
    """The process that speaks like the vendors."""

    origin: str

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.origin + path, data)) as answer:
            return json.loads(answer.read() or b"null")

    def fail(self, *faults: str) -> None:
        self.ask("/_script", {"faults": faults})

    def seen(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("/_seen")
        return found


@pytest.fixture(scope="session")
def vendors_process() -> Iterator[Vendors]:
    importlib.import_module("openai")  # takes seconds, which are no test's
    with subprocess.Popen([sys.executable, "-m", "apps.ai.tests.vendors.server"], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        yield Vendors(f"http://127.0.0.1:{int(child.stdout.readline())}")
        child.kill()


@pytest.fixture
def vendors(vendors_process: Vendors, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Vendors:
    """All four vendors set up, at the process of this run; pauses are short and circuits closed."""
    origin = vendors_process.origin
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = openai.KEY, f"{origin}/openai"
    settings.ANTHROPIC_API_KEY, settings.ANTHROPIC_URL = anthropic.KEY, f"{origin}/anthropic"
    settings.FAL_KEY, settings.FAL_QUEUE_URL = fal.KEY, f"{origin}/fal"
    settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_URL = elevenlabs.KEY, f"{origin}/elevenlabs"
    monkeypatch.setattr(calling, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr("apps.ai.providers.fal.FIRST_POLL", 0.01)
    monkeypatch.setattr(catalogue, "_voices", {})
    vendors_process.ask("/_forget", {})
    for name in ("openai", "anthropic", "fal", "elevenlabs"):
        breaker.answered(name)
    return vendors_process


@pytest.fixture
def open_egress(vendors: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that fal points to are on this machine, where egress may not read."""
    from apps.core import egress

    def fetch(url: str, *, max_bytes: int, seconds: float) -> egress.Fetched:
        assert url.startswith(vendors.origin)
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return egress.Fetched(url, answer.status, "", answer.read(max_bytes), {})

    monkeypatch.setattr(egress, "fetch", fetch)


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: Any, work: Any) -> Any:
        raise redis.Away

    monkeypatch.setattr(redis.Client, "call", away)


@pytest.fixture
def rich(committed: Committed, settings: Any) -> Iterator[Committed]:
    """A tenant with 100 credits, where a picture costs 4 and a thousand tokens 1; requests wait for 20 seconds."""
    settings.GENERATION_WAIT = 20
    credits(committed.tenant, 100)
    with priced("media_generate_image", seo_generate_text={"1k_tokens": "1"}):
        yield committed


@contextmanager
def priced(*operations: str, **other: dict[str, str]) -> Iterator[None]:
    """The default prices of the operations, and others."""
    wanted = {name: PRICES[name] for name in operations} | other
    made = [price(name, credits, unit) for name, units in wanted.items() for unit, credits in units.items()]
    yield
    connection.set_schema_to_public()
    CostSetting.objects.filter(pk__in=[setting.pk for setting in made]).delete()
    EventRow.objects.filter(tenant_id=None, subject_type="cost_setting").delete()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are run where they are queued, with a context of their own as in a worker."""
    monkeypatch.setattr(jobs, "_queue", lambda job_id: contextvars.Context().run(jobs.run, job_id))
