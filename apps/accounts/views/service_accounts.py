from rest_framework.request import Request

from apps.accounts import errors, services
from apps.accounts.models import ServiceAccount
from apps.accounts.selectors import service_accounts as selectors
from apps.accounts.serializers.people import (
    IssuedOut,
    RotateIn,
    ServiceAccountIn,
    ServiceAccountOut,
    ServiceAccountPatch,
)
from apps.accounts.services.service_accounts import Issued
from apps.core.operation import operation
from apps.core.query import Page, PageQuery, page_of
from apps.core.viewsets import OperationViewSet


class ServiceAccountsViewSet(OperationViewSet):
    """Machine identities of the caller's tenant."""

    category = "auth"

    @operation(
        "service_accounts_list", allow="service_accounts.read", rate="read", gives=ServiceAccountOut, query=PageQuery
    )
    def list(self, request: Request) -> Page:
        """Lists the machine identities of the tenant that are not revoked."""
        return page_of(selectors.service_accounts_of(request.actor), request.q)

    @operation(
        "service_accounts_create",
        allow="service_accounts.write",
        rate="write",
        takes=ServiceAccountIn,
        gives=IssuedOut,
        status=201,
        effects="rows",
        idempotent=False,
        refuses=[errors.AboveOwn],
    )
    def create(self, request: Request) -> Issued:
        """Makes a machine identity; its key is in this answer and nowhere else."""
        return services.service_accounts.create(actor=request.actor, **request.valid)

    @operation("service_accounts_get", allow="service_accounts.read", rate="read", gives=ServiceAccountOut)
    def retrieve(self, request: Request, account_id: int) -> ServiceAccount:
        """One machine identity, with when it was used last (to the minute)."""
        return selectors.service_account_for(request.actor, account_id)

    @operation(
        "service_accounts_update",
        allow="service_accounts.write",
        rate="write",
        takes=ServiceAccountPatch,
        gives=ServiceAccountOut,
        effects="rows",
        refuses=[errors.AboveOwn],
    )
    def update(self, request: Request, account_id: int) -> ServiceAccount:
        """Changes name, codes, sites, expiry and addresses; nobody grants what it lacks."""
        return services.service_accounts.change(actor=request.actor, account_id=account_id, **request.valid)

    @operation("service_accounts_delete", allow="service_accounts.write", rate="write", effects="rows")
    def delete(self, request: Request, account_id: int) -> None:
        """Revokes a machine identity for good; its keys are dead at once."""
        services.service_accounts.revoke(actor=request.actor, account_id=account_id)

    @operation(
        "service_accounts_rotate",
        allow="service_accounts.write",
        rate="write",
        takes=RotateIn,
        gives=IssuedOut,
        effects="rows",
        idempotent=False,
        refuses=[errors.AboveOwn],
    )
    def rotate(self, request: Request, account_id: int) -> Issued:
        """Gives a new key; the present one holds for `overlap_seconds` more."""
        return services.service_accounts.rotate(actor=request.actor, account_id=account_id, **request.valid)
