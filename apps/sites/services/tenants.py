"""Tenants. Making one: a row, a schema replayed from the template, and the row made active, in one transaction."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites import selectors
from apps.sites.errors import IdentifierTaken, TenantUnsettled
from apps.sites.events import TenantChanged, TenantCreated, TenantOpened, TenantResumed, TenantSuspended
from apps.sites.models import SchemaState, Tenant
from apps.sites.services import identifiers, template


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

    Of `limits` the given ones change; null gives one its default back.
    """
    tenant = selectors.tenant_for(tenant_id, lock=True)
    status = changes.get("status", tenant.status)
    if status != tenant.status and tenant.status not in (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED):
        raise TenantUnsettled(state=tenant.status)
    moved, tenant.status = status != tenant.status, status
    for name in ("name", "email", "plan"):
        setattr(tenant, name, changes.get(name, getattr(tenant, name)))
    limits = tenant.limits | changes.get("limits", {})
    tenant.limits = {name: value for name, value in limits.items() if value is not None}
    tenant.save(update_fields=["name", "email", "plan", "limits", "status"])
    about: dict[str, Any] = {"subject_id": tenant.pk, "label": tenant.name}
    if fields := sorted(set(changes) - {"status"}):
        emit(TenantChanged(**about, fields=fields), actor=actor, tenant_id=tenant.pk)
    if moved:
        told = TenantResumed if status == Tenant.Status.ACTIVE else TenantSuspended
        emit(told(**about), actor=actor, tenant_id=tenant.pk)
    return tenant
