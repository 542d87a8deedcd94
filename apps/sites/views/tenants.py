from rest_framework.request import Request

from apps.core.errors import NotFound
from apps.core.models import Job
from apps.core.operation import USER, operation
from apps.core.query import Page, page_of, sorted_by
from apps.core.serializers import JobOut
from apps.core.viewsets import OperationViewSet
from apps.sites import errors, selectors, services
from apps.sites.models import Tenant
from apps.sites.serializers import (
    ConfirmIn,
    ConfirmQuery,
    TenantCurrentOut,
    TenantIn,
    TenantOut,
    TenantPatch,
    TenantQuery,
)
from apps.sites.viewsets import TenantViewSet


class OwnTenantViewSet(TenantViewSet):
    """The tenant of the caller's token."""

    category = "users"

    @operation("tenants_current", allow=USER, rate="read", gives=TenantCurrentOut, refuses=[NotFound])
    def current(self, request: Request) -> Tenant:
        """The caller's tenant with its plan, its limits and what of them is used; 404 for a platform admin in none."""
        return selectors.tenant_with_usage(request.actor)


class TenantsViewSet(OperationViewSet):
    """All tenants of the installation, for those who run it."""

    category = "users"

    @operation("tenants_list", allow="platform.tenants", rate="read", gives=TenantOut, query=TenantQuery)
    def list(self, request: Request) -> Page:
        """Lists the tenants of the installation."""
        return page_of(sorted_by(selectors.filtered_tenants(request.q), request.q["sort"]), request.q)

    @operation(
        "tenants_create",
        allow="platform.tenants",
        rate="write",
        takes=TenantIn,
        gives=TenantOut,
        status=201,
        effects="rows",
        refuses=[
            errors.IdentifierTaken,
            errors.IdentifierReserved,
            errors.IdentifierMalformed,
            errors.TenantUnavailable,
        ],
    )
    def create(self, request: Request) -> Tenant:
        """Creates a tenant with a schema of its own; all of it is there afterwards, or nothing."""
        return services.tenants.create(actor=request.actor, **request.valid)

    @operation("tenants_get", allow="platform.tenants", rate="read", gives=TenantOut)
    def retrieve(self, request: Request, tenant_id: int) -> Tenant:
        """One tenant of the installation."""
        return selectors.tenant_for(tenant_id)

    @operation(
        "tenants_update",
        allow="platform.tenants",
        rate="write",
        takes=TenantPatch,
        gives=TenantOut,
        effects="rows",
        refuses=[errors.TenantUnsettled],
    )
    def update(self, request: Request, tenant_id: int) -> Tenant:
        """Changes a tenant. A suspended one is out of reach from the next request, for its members and the public.

        A deleted one is restored by `"status": "active"`, and is then what it was before, active or suspended.
        """
        return services.tenants.update(actor=request.actor, tenant_id=tenant_id, changes=dict(request.valid))

    @operation(
        "tenants_delete",
        allow="platform.tenants",
        rate="write",
        takes=ConfirmIn,
        query=ConfirmQuery,
        gives=TenantOut,
        status=202,
        effects="rows",
        refuses=[errors.ConfirmationMissing, errors.TenantUnsettled],
    )
    def delete(self, request: Request, tenant_id: int) -> Tenant:
        """Deletes a tenant: out of reach at once. Its archive is written; for 30 days it can be restored."""
        confirm = request.q.get("confirm") or request.valid.get("confirm", "")
        return services.tenants.delete(actor=request.actor, tenant_id=tenant_id, confirm=confirm)

    @operation(
        "tenants_restore",
        allow="platform.tenants",
        rate="write",
        gives=TenantOut,
        effects="rows",
        refuses=[errors.TenantUnsettled],
    )
    def restore(self, request: Request, tenant_id: int) -> Tenant:
        """Takes the deletion of a tenant back, within 30 days; it is what it was before, active or suspended."""
        return services.tenants.restore(actor=request.actor, tenant_id=tenant_id)

    @operation(
        "tenants_archive",
        allow="platform.tenants",
        rate="write",
        gives=JobOut,
        status=202,
        effects="rows",
        refuses=[errors.TenantUnsettled],
    )
    def archive(self, request: Request, tenant_id: int) -> Job:
        """Begins an archive of a tenant: its rows and files in one zip on the server."""
        return services.tenants.archive(actor=request.actor, tenant_id=tenant_id)
