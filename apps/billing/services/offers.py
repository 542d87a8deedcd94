"""Packages and plans, kept by whoever runs the installation."""

from typing import Any

from django.db import transaction

from apps.billing.events import PackageSaved, PlanSaved
from apps.billing.models import Package, Plan
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.events import emit
from apps.sites.models import LIMITS


@transaction.atomic
def save_package(*, actor: Actor, package_id: int | None, **members: Any) -> Package:
    """Makes a package, or changes one from the next purchase on."""
    package = Package.objects.select_for_update().get(pk=package_id) if package_id else Package()
    for name, value in members.items():
        setattr(package, name, value)
    if package.amount < 50 or package.credits < 1:
        raise Invalid(errors=[{"field": "amount", "message": "At least 50 cents and one credit.", "code": "min"}])
    package.save()
    emit(PackageSaved(subject_id=package.pk, label=package.name), actor=actor)
    return package


@transaction.atomic
def save_plan(*, actor: Actor, plan_id: int | None, **members: Any) -> Plan:
    """Makes a plan, or changes it. Another amount is for new subscribers; credits and limits are for all, from the next
    period and the next change of theirs on."""
    plan = Plan.objects.select_for_update().get(pk=plan_id) if plan_id else Plan()
    for name, value in members.items():
        setattr(plan, name, value)
    limits = plan.limits
    if (
        not isinstance(limits, dict)
        or set(limits) - set(LIMITS)
        or not all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in limits.values())
    ):
        message = f"Whole numbers of {', '.join(LIMITS)}."
        raise Invalid(errors=[{"field": "limits", "message": message, "code": "unknown"}])
    if 0 < plan.amount < 50:
        raise Invalid(errors=[{"field": "amount", "message": "Nothing, or at least 50 cents.", "code": "min"}])
    plan.save()
    emit(PlanSaved(subject_id=plan.pk, label=plan.name), actor=actor)
    return plan
