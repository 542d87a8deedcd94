"""Making tenants: a row, a schema replayed from the template, and the row made active, in one transaction."""

from django.db import IntegrityError, transaction

from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.errors import IdentifierTaken
from apps.sites.events import TenantCreated
from apps.sites.models import SchemaState, Tenant
from apps.sites.services import identifiers, template


def create(*, actor: Actor, identifier: str, name: str, email: str = "") -> Tenant:
    """Creates a tenant and provisions its schema. Either all of it is there afterwards, or nothing."""
    identifiers.check(identifier)
    try:
        with transaction.atomic():
            tenant: Tenant = Tenant.objects.create(identifier=identifier, name=name, email=email)
            source = template.current()
            template.replay(source, tenant.schema_name)
            SchemaState.objects.create(
                tenant=tenant, version=source.version, applied=source.applied, state=SchemaState.State.CURRENT
            )
            tenant.status = Tenant.Status.ACTIVE
            tenant.save(update_fields=["status"])
            emit(TenantCreated(subject_id=tenant.pk, label=name), actor=actor, tenant_id=tenant.pk)
    except IntegrityError:
        raise IdentifierTaken from None
    return tenant
