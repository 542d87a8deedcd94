"""Reading tenants and sites."""

from functools import cache

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.models import QuerySet

from apps.core import errors
from apps.core.actor import Actor
from apps.sites.errors import TenantUnavailable
from apps.sites.models import SchemaState, Site, Tenant


@cache
def known_migrations() -> frozenset[str]:
    """The migrations of tenants' apps that this code stands on."""
    labels = {app.rsplit(".", 1)[-1] for app in settings.TENANT_APPS}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(f"{app}.{name}" for app, name in loader.disk_migrations if app in labels)


def usable(tenant: Tenant) -> Tenant:
    """The tenant, if it may be served now: 404 unless active, 503 unless its schema holds what this code knows.

    A schema may hold more (newer code was there): migrations only add, so older code goes on working.
    """
    if tenant.status != Tenant.Status.ACTIVE:
        raise errors.NotFound
    state: SchemaState | None = getattr(tenant, "schema_state", None)
    if state is None or not _holds(state.version, tuple(state.applied)):
        raise TenantUnavailable(headers={"Retry-After": "5"})
    return tenant


@cache
def _holds(version: str, applied: tuple[str, ...]) -> bool:
    return known_migrations() <= frozenset(applied)


def site_by_identifier(identifier: str) -> Site:
    """The active site with its tenant and schema state, in one query; 404 when there is none to be served."""
    site = Site.objects.select_related("tenant__schema_state").filter(identifier=identifier).first()
    if site is None or site.status != Site.Status.ACTIVE:
        raise errors.NotFound
    usable(site.tenant)
    return site


def tenant_by_id(tenant_id: int | None) -> Tenant:
    tenant = Tenant.objects.select_related("schema_state").filter(pk=tenant_id).first()
    if tenant is None:
        raise errors.NotFound
    return usable(tenant)


def sites_of(actor: Actor) -> QuerySet[Site]:
    """The sites that exist for the actor, in its tenant."""
    rows = Site.objects.filter(tenant_id=actor.tenant_id)  # type: ignore[misc]
    return rows if actor.may("sites.read") else rows.filter(pk__in=list(actor.site_codes))


def site_for(*, actor: Actor, identifier: str) -> Site:
    site = sites_of(actor).filter(identifier=identifier).first()
    if site is None:
        raise errors.NotFound
    return site
