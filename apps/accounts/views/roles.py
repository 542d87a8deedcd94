from typing import Any

from rest_framework.request import Request

from apps.accounts import errors, permissions, services
from apps.accounts.selectors import roles as selectors
from apps.accounts.serializers.people import PermissionOut, RoleIn, RoleOut, RolePatch
from apps.core.operation import USER, operation
from apps.core.query import Page, PageQuery
from apps.core.viewsets import OperationViewSet


class RolesViewSet(OperationViewSet):
    """Roles, built-in and the tenant's own, and the permission codes that they are made of."""

    category = "users"

    @operation("roles_list", allow="users.read", rate="read", gives=RoleOut, query=PageQuery)
    def list(self, request: Request) -> Page:
        """Lists the built-in roles and the tenant's own."""
        found, page, size = selectors.roles_of(request.actor), request.q["page"], request.q["size"]
        return Page(found[(page - 1) * size : page * size], len(found), page, size)

    @operation(
        "roles_create",
        allow="roles.write",
        rate="write",
        takes=RoleIn,
        gives=RoleOut,
        status=201,
        effects="rows",
        refuses=[errors.AboveOwn, errors.RoleTaken],
    )
    def create(self, request: Request) -> dict[str, Any]:
        """Makes a role of permission codes that the caller holds."""
        return selectors.shown(services.roles.create(actor=request.actor, **request.valid))

    @operation(
        "roles_update",
        allow="roles.write",
        rate="write",
        takes=RolePatch,
        gives=RoleOut,
        effects="rows",
        refuses=[errors.AboveOwn],
    )
    def update(self, request: Request, role_id: int) -> dict[str, Any]:
        """Changes title and codes of a custom role, for all who have it, from their next request on."""
        return selectors.shown(services.roles.change(actor=request.actor, role_id=role_id, **request.valid))

    @operation(
        "roles_delete",
        allow="roles.write",
        rate="write",
        effects="rows",
        refuses=[errors.AboveOwn, errors.RoleAssigned],
    )
    def delete(self, request: Request, role_id: int) -> None:
        """Deletes a custom role that nobody has."""
        services.roles.delete(actor=request.actor, role_id=role_id)

    @operation("permissions_list", allow=USER, rate="read", gives=PermissionOut, many=True)
    def permissions(self, request: Request) -> Any:
        """Every permission code, what it allows, and which operations ask for it."""
        return permissions.described()
