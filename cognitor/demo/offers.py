"""Packages and plans to try the sandbox with."""

from typing import Any

from apps.billing.models import Package, Plan
from apps.billing.services import offers
from apps.core.actor import Actor

PACKAGES: list[dict[str, Any]] = [
    {"identifier": "small", "name": "1,000 credits", "amount": 1000, "credits": 1_000},
    {"identifier": "medium", "name": "5,500 credits", "amount": 5000, "credits": 5_500},
    {"identifier": "large", "name": "12,000 credits", "amount": 10_000, "credits": 12_000},
]
PLANS: list[dict[str, Any]] = [
    {"identifier": "starter", "name": "Starter", "amount": 1900, "credits": 2_000, "limits": {"sites": 25}},
    {
        "identifier": "business",
        "name": "Business",
        "amount": 7900,
        "credits": 10_000,
        "trial_days": 14,
        "limits": {"sites": 100, "users": 500},
    },
]


def fill(actor: Actor) -> None:
    """Makes them where there are none at all."""
    if not Package.objects.exists():
        for position, one in enumerate(PACKAGES):
            offers.save_package(actor=actor, package_id=None, position=position, **one)
    if not Plan.objects.exists():
        for position, one in enumerate(PLANS):
            offers.save_plan(actor=actor, plan_id=None, position=position, **one)
