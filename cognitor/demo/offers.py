"""Packages and plans to try the sandbox with, and credits to begin with."""

from typing import Any

from apps.billing.models import Kind, Package, Plan
from apps.billing.services import ledger, offers
from apps.core.actor import Actor
from apps.sites.models import Tenant

PACKAGES: list[dict[str, Any]] = [
    {"identifier": "small", "name": "1,000 credits", "amount": 1000, "credits": 1_000},
    {"identifier": "medium", "name": "5,500 credits", "amount": 5000, "credits": 5_500},
    {"identifier": "large", "name": "12,000 credits", "amount": 10_000, "credits": 12_000},
]
WELCOME = 2_500
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


def welcome(actor: Actor, tenant: Tenant) -> None:
    """Gives the tenant credits to try things with, once."""
    said: dict[str, Any] = {"kind": Kind.GRANT, "reference": "demo", "note": "Welcome"}
    ledger.grant(actor=actor, tenant_id=tenant.pk, amount=WELCOME, **said)
