"""Reading tenants and sites."""

from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from apps.core import errors
from apps.core.actor import Actor
from apps.core.delivery import Kept
from apps.sites.errors import TenantUnavailable
from apps.sites.models import Domain, Prompt, SchemaState, Site, Tenant
from apps.sites.settings import DOMAIN

Row = TypeVar("Row", Domain, Site, Tenant)

_SITES = Kept[Site]()
_HOSTS = Kept[str | None](most=10_000)


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


def site_kept(identifier: str) -> Site:
    """As `site_by_identifier`, asked for again when site or tenant change, or after seconds; only to be read."""

    def read() -> tuple[Site, list[str]]:
        site = site_by_identifier(identifier)
        return site, [f"site:{site.pk}", f"tenant:{site.tenant_id}"]

    return _SITES.get(identifier, read)


def tenant_by_id(tenant_id: int | None) -> Tenant:
    tenant = Tenant.objects.select_related("schema_state").filter(pk=tenant_id).first()
    if tenant is None:
        raise errors.NotFound
    return usable(tenant)


def sites_of(actor: Actor) -> QuerySet[Site]:
    """The sites that exist for the actor, in its tenant; a deleted one does not."""
    rows = Site.objects.filter(tenant_id=actor.tenant_id).exclude(status=Site.Status.DELETING)  # type: ignore[misc]
    whole = actor.kind == "system" or any(not code.startswith("platform.") for code in actor.codes)
    return rows if whole else rows.filter(pk__in=list(actor.site_codes))


def site_for(*, actor: Actor, identifier: str, lock: bool = False) -> Site:
    return existing(sites_of(actor).filter(identifier=identifier), lock=lock)


def deleted_site_for(*, actor: Actor, site_id: int) -> Site:
    """A deleted site of the actor's tenant, locked, while it can be restored."""
    rows = Site.objects.filter(tenant_id=actor.tenant_id, status=Site.Status.DELETING)  # type: ignore[misc]
    return existing(rows.filter(pk=site_id), lock=True)


def domains_of(*, actor: Actor, site: Site) -> QuerySet[Domain]:
    """The site's host names in the order of its settings, each with its `state`."""
    rows: QuerySet[Domain] = Domain.objects.filter(tenant_id=actor.tenant_id, site=site)
    return with_state(rows).order_by("position", "id")


def domain_for(*, actor: Actor, site: Site, domain_id: int, lock: bool = False) -> Domain:
    return existing(domains_of(actor=actor, site=site).filter(pk=domain_id), lock=lock)


def with_state(rows: QuerySet[Domain]) -> QuerySet[Domain]:
    """Gives each its `state`: `verified`, `taken` (another site has proven the name) or `unverified`."""
    mine, theirs = Q(verified_at__isnull=False), Exists(proven().filter(domain=OuterRef("domain")))
    cases = (When(mine, then=Value("verified")), When(theirs, then=Value("taken")))
    found: QuerySet[Domain] = rows.annotate(state=Case(*cases, default=Value("unverified")))
    return found


def proven() -> QuerySet[Domain]:
    """Claims that were proven, one a name at most. A deleted site or tenant holds none."""
    rows: QuerySet[Domain] = Domain.objects.filter(verified_at__isnull=False)
    return rows.exclude(site__status=Site.Status.DELETING).exclude(tenant__status=Tenant.Status.DELETING)


def site_at(host: str) -> str | None:
    """The identifier of the site that has proven the host name; whether it can be served is not asked here.

    Asked for again when any site changes or a name is proven or lost, or after seconds.
    """

    def read() -> tuple[str | None, list[str]]:
        rows: QuerySet[Domain] = Domain.objects.filter(domain=host, verified_at__isnull=False)
        return rows.values_list("site__identifier", flat=True).first(), ["hosts"]

    return _HOSTS.get(host, read) if DOMAIN.fullmatch(host) else None


def filtered_tenants(q: dict[str, str]) -> QuerySet[Tenant]:
    rows: QuerySet[Tenant] = Tenant.objects.all()
    if word := q["q"]:
        rows = rows.filter(Q(identifier__icontains=word) | Q(name__icontains=word) | Q(email__icontains=word))
    return rows.filter(status=q["status"]) if q["status"] else rows


def tenant_for(tenant_id: int, *, lock: bool = False) -> Tenant:
    """Any tenant, whatever its status: for those who run the installation."""
    rows: QuerySet[Tenant] = Tenant.objects.filter(pk=tenant_id)
    return existing(rows, lock=lock)


def tenant_with_usage(actor: Actor) -> Tenant:
    """The actor's own tenant with `used_sites` and `used_users`."""
    sites = Count("sites", filter=~Q(sites__status=Site.Status.DELETING), distinct=True)
    users = Count("memberships__user", distinct=True)
    rows: QuerySet[Tenant] = Tenant.objects.filter(pk=actor.tenant_id).annotate(used_sites=sites, used_users=users)
    return existing(rows)


def prompts_of(kind: str, tenant_id: int | None, site_id: int | None) -> QuerySet[Prompt]:
    """The versions of one layer's text, newest first."""
    rows = Prompt.objects.filter(kind=kind, tenant_id=tenant_id, site_id=site_id)  # type: ignore[misc]
    return rows.order_by("-number")


def existing(rows: QuerySet[Row], *, lock: bool = False) -> Row:
    """The one row, locked if asked for; 404 when there is none."""
    found: Row | None = (rows.select_for_update(no_key=True) if lock else rows).first()
    if found is None:
        raise errors.NotFound
    return found
