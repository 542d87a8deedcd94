"""Tenants. Making one: a row, a schema replayed from the template, and the row made active, in one transaction."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_exists

from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due, Job
from apps.core.services import due, jobs
from apps.sites import selectors
from apps.sites.errors import ConfirmationMissing, IdentifierTaken, TenantUnsettled
from apps.sites.events import (
    TenantArchiveBegun,
    TenantChanged,
    TenantCreated,
    TenantDeleted,
    TenantOpened,
    TenantRestored,
    TenantResumed,
    TenantSuspended,
)
from apps.sites.models import SchemaState, Tenant
from apps.sites.services import identifiers, template

RECOVERABLE = datetime.timedelta(days=30)
PURGE = "sites.purge_tenant"
ARCHIVE = "sites.archive_tenant"


def create(*, actor: Actor, identifier: str, name: str, email: str = "", closed: bool = False) -> Tenant:
    """Creates a tenant and provisions its schema. Either all of it is there afterwards, or nothing.

    A `closed` one is met by nobody until `open_up`.
    """
    identifiers.check(identifier)
    try:
        with transaction.atomic():
            tenant: Tenant = Tenant.objects.create(identifier=identifier, name=name, email=email)
            source = template.current()
            template.replay(source, tenant.schema_name)
            SchemaState.objects.create(
                tenant=tenant, version=source.version, applied=source.applied, state=SchemaState.State.CURRENT
            )
            if not closed:
                tenant.status = Tenant.Status.ACTIVE
                tenant.save(update_fields=["status"])
            emit(TenantCreated(subject_id=tenant.pk, label=name), actor=actor, tenant_id=tenant.pk)
    except IntegrityError:
        raise IdentifierTaken from None
    return tenant


@transaction.atomic
def open_up(*, actor: Actor, tenant_id: int) -> None:
    """Opens a tenant that was created closed; one in any other state stays as it is."""
    waiting = Tenant.objects.filter(pk=tenant_id, status=Tenant.Status.PROVISIONING)
    if waiting.update(status=Tenant.Status.ACTIVE):
        name = Tenant.objects.values_list("name", flat=True).get(pk=tenant_id)
        emit(TenantOpened(subject_id=tenant_id, label=name), actor=actor, tenant_id=tenant_id)


@transaction.atomic
def update(*, actor: Actor, tenant_id: int, changes: dict[str, Any]) -> Tenant:
    """Changes a tenant. Suspended, it is met with 401 by its tokens and 404 by everybody else, from the next request.

    Of `limits` the given ones change; null gives one its default back. Making a deleted tenant active restores it.
    """
    tenant = selectors.tenant_for(tenant_id, lock=True)
    told = _move(tenant, changes.get("status", tenant.status))
    for name in ("name", "email", "plan"):
        setattr(tenant, name, changes.get(name, getattr(tenant, name)))
    limits = tenant.limits | changes.get("limits", {})
    tenant.limits = {name: value for name, value in limits.items() if value is not None}
    tenant.save(update_fields=["name", "email", "plan", "limits", "status"])
    about = _about(tenant)
    if fields := sorted(set(changes) - {"status"}):
        emit(TenantChanged(**about, fields=fields), actor=actor, tenant_id=tenant.pk)
    if told:
        emit(told(**about), actor=actor, tenant_id=tenant.pk)
    return tenant


@transaction.atomic
def delete(*, actor: Actor, tenant_id: int, confirm: str) -> Tenant:
    """Takes a tenant out of reach at once and for good in 30 days; `confirm` repeats its identifier.

    What follows `TenantDeleted` writes its archive, without which it is not purged.
    """
    tenant = selectors.tenant_for(tenant_id, lock=True)
    if confirm != tenant.identifier:
        raise ConfirmationMissing
    if tenant.status == Tenant.Status.DELETING:
        raise TenantUnsettled(state=tenant.status)
    was, tenant.status = tenant.status, Tenant.Status.DELETING
    tenant.save(update_fields=["status"])
    now = timezone.now()
    due.plan(**_purge_of(tenant), at=now + RECOVERABLE, deleted_at=now.isoformat(), was=was)
    emit(TenantDeleted(**_about(tenant)), actor=actor, tenant_id=tenant.pk)
    return tenant


@transaction.atomic
def restore(*, actor: Actor, tenant_id: int) -> Tenant:
    """Takes a deletion back within 30 days: the tenant is what it was before, so a suspended one stays suspended."""
    tenant = selectors.tenant_for(tenant_id, lock=True)
    if tenant.status != Tenant.Status.DELETING:
        raise TenantUnsettled(state=tenant.status)
    told = _move(tenant, Tenant.Status.ACTIVE)
    tenant.save(update_fields=["status"])
    if told:
        emit(told(**_about(tenant)), actor=actor, tenant_id=tenant.pk)
    return tenant


@transaction.atomic
def archive(*, actor: Actor, tenant_id: int) -> Job:
    """Begins an archive of the tenant, whatever its state; answers the job at work on one, if there is such a job."""
    tenant = selectors.tenant_for(tenant_id, lock=True)
    open_ones = Job.objects.filter(tenant_id=tenant.pk, kind=ARCHIVE).exclude(state__in=Job.FINAL)
    if found := open_ones.first():
        return found
    if not schema_exists(tenant.schema_name):
        raise TenantUnsettled(state=tenant.status)
    emit(TenantArchiveBegun(**_about(tenant)), actor=actor, tenant_id=tenant.pk)
    return jobs.start(actor=actor, kind=ARCHIVE, tenant_id=tenant.pk)


def ends_at(tenant: Tenant) -> datetime.datetime | None:
    """When a deleted tenant is purged, and can be restored no more; None when it is not deleted."""
    return Due.objects.filter(**_purge_of(tenant)).values_list("at", flat=True).first()


def last_archives(tenant: Tenant, limit: int = 5) -> list[Job]:
    """The jobs that archived the tenant last, newest first."""
    return list(Job.objects.filter(tenant_id=tenant.pk, kind=ARCHIVE).order_by("-created_at")[:limit])


def standing(tenant: Tenant) -> str:
    """The tenant's status; of a deleted one, the status that it had before."""
    if tenant.status != Tenant.Status.DELETING:
        return tenant.status
    plan = Due.objects.filter(**_purge_of(tenant)).first()
    found: str = plan.data.get("was", "") if plan else ""
    return found or Tenant.Status.ACTIVE.value


def _move(tenant: Tenant, status: str) -> type[TenantResumed | TenantSuspended | TenantRestored] | None:
    """Gives the tenant the status; answers what that is called, None when it is no change. Refused when it cannot be.

    A deleted tenant that shall be active gets the status that it had before.
    """
    now, active, suspended = tenant.status, Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED
    if status == now:
        return None
    if (now, status) == (Tenant.Status.DELETING, active) and schema_exists(tenant.schema_name):
        tenant.status = standing(tenant)
        due.cancel(**_purge_of(tenant))
        return TenantRestored
    if now not in (active, suspended):
        raise TenantUnsettled(state=now)
    tenant.status = status
    return TenantResumed if status == active else TenantSuspended


def _purge_of(tenant: Tenant) -> dict[str, Any]:
    return {"tenant_id": tenant.pk, "kind": PURGE, "subject": f"tenant:{tenant.pk}"}


def _about(tenant: Tenant) -> dict[str, Any]:
    return {"subject_id": tenant.pk, "label": tenant.name}
