from collections.abc import Iterator
from typing import Any

import pytest

from apps.billing.models import Package, Plan
from apps.billing.tests.sandbox import KEY, SECRET, Sandbox, running


@pytest.fixture
def sandbox(settings: Any) -> Iterator[Sandbox]:
    """Payments go to a sandbox of this test alone."""
    with running() as found:
        settings.STRIPE_SANDBOX_URL = settings.STRIPE_API_BASE = found.server.url
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
        yield found


@pytest.fixture
def package(db: None) -> Package:
    return Package.objects.create(identifier="small", name="1,000 credits", amount=1000, currency="usd", credits=1000)


@pytest.fixture
def plans(db: None) -> dict[str, Plan]:
    """Two plans, of which the second is dearer, one with a trial, and one that is paid by the year."""
    members: list[dict[str, Any]] = [
        {"identifier": "starter", "name": "Starter", "amount": 2000, "credits": 500, "limits": {"sites": 30}},
        {"identifier": "business", "name": "Business", "amount": 8000, "credits": 3000, "limits": {"sites": 90}},
        {"identifier": "tried", "name": "Tried", "amount": 1000, "credits": 100, "trial_days": 14},
        {"identifier": "yearly", "name": "Yearly", "amount": 20_000, "credits": 500, "interval": "year"},
    ]
    return {one["identifier"]: Plan.objects.create(**one) for one in members}
