from typing import Any

from rest_framework.request import Request

from apps.accounts import errors, services
from apps.accounts.selectors import members as selectors
from apps.accounts.selectors.members import Member
from apps.accounts.serializers.auth import SiteRole
from apps.accounts.serializers.people import (
    MemberIn,
    MemberOut,
    MemberPatch,
    MembersQuery,
    SiteMemberIn,
    SiteMemberOut,
)
from apps.core.operation import operation
from apps.core.query import Page, PageQuery, page_of
from apps.core.viewsets import OperationViewSet
from apps.sites.errors import UserLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class UsersViewSet(OperationViewSet):
    """The members of the caller's tenant."""

    category = "users"

    @operation("users_list", allow="users.read", rate="read", gives=MemberOut, query=MembersQuery)
    def list(self, request: Request) -> Page:
        """Lists the members of the caller's tenant by address."""
        asked = {name: request.q[name] for name in ("q", "role", "active") if name in request.q}
        rows = selectors.members_of(request.actor, **asked)
        return selectors.members_page(request.actor, page_of(rows, request.q))

    @operation(
        "users_create",
        allow="users.write",
        rate="write",
        takes=MemberIn,
        gives=MemberOut,
        status=201,
        effects="rows",
        refuses=[errors.AboveOwn, errors.AlreadyMember, UserLimitReached],
    )
    def create(self, request: Request) -> Member:
        """Makes a member of whoever has the address; the answer does not tell whether anybody had it before."""
        return services.members.invite(actor=request.actor, **request.valid)

    @operation("users_get", allow="users.read", rate="read", gives=MemberOut)
    def retrieve(self, request: Request, user_id: int) -> Member:
        """One member of the caller's tenant."""
        return selectors.member_for(request.actor, user_id)

    @operation(
        "users_update",
        allow="users.write",
        rate="write",
        takes=MemberPatch,
        gives=MemberOut,
        effects="rows",
        refuses=[errors.AboveOwn, errors.LastAdmin],
    )
    def update(self, request: Request, user_id: int) -> Member:
        """Changes name and role. Nobody gives what it lacks or changes who holds more; a new role ends sessions."""
        return services.members.change(actor=request.actor, user_id=user_id, **request.valid)

    @operation(
        "users_delete",
        allow="users.write",
        rate="write",
        effects="rows",
        refuses=[errors.AboveOwn, errors.LastAdmin],
    )
    def delete(self, request: Request, user_id: int) -> None:
        """Removes a member from the tenant, and anonymises whoever is a member nowhere any more."""
        services.members.remove(actor=request.actor, user_id=user_id)

    @operation(
        "users_activate",
        allow="users.write",
        rate="write",
        gives=MemberOut,
        effects="rows",
        refuses=[errors.AboveOwn],
    )
    def activate(self, request: Request, user_id: int) -> Member:
        """Gives a suspended member its roles in this tenant back."""
        return services.members.activate(actor=request.actor, user_id=user_id)

    @operation(
        "users_deactivate",
        allow="users.write",
        rate="write",
        gives=MemberOut,
        effects="rows",
        refuses=[errors.AboveOwn, errors.LastAdmin],
    )
    def deactivate(self, request: Request, user_id: int) -> Member:
        """Suspends a member in this tenant, and in no other; its sessions here end at once."""
        return services.members.deactivate(actor=request.actor, user_id=user_id)

    @operation(
        "users_second_factor_reset",
        allow="users.write",
        rate="write",
        effects="rows",
        refuses=[errors.AboveOwn, errors.FactorElsewhere, errors.FactorOff],
    )
    def reset_second_factor(self, request: Request, user_id: int) -> None:
        """Takes the second factor from a member who lost it; all its sessions end, and a mail tells it.

        Not from oneself, nor from who belongs to other tenants too. Make sure first who is asking.
        """
        services.second_factor.reset_member(actor=request.actor, user_id=user_id)

    @operation("users_sites", allow="users.read", rate="read", gives=SiteRole, many=True)
    def sites(self, request: Request, user_id: int) -> Any:
        """The sites that a member reaches, with its role on each."""
        return selectors.sites_of_user(request.actor, user_id)


class SiteUsersViewSet(SiteViewSet):
    """Members on one site."""

    category = "users"

    @operation("sites_users_list", allow="sites.read", rate="read", gives=SiteMemberOut, query=PageQuery)
    def list(self, request: Request, site: Site) -> Page:
        """Lists who has a role on the site, of its own or in the whole tenant, by address."""
        page = page_of(selectors.members_on_site(request.actor, site), request.q)
        return Page([selectors.on_site(user, site) for user in page.items], page.total, page.page, page.size)

    @operation(
        "sites_users_assign",
        allow="sites.write",
        rate="write",
        takes=SiteMemberIn,
        gives=SiteMemberOut,
        effects="rows",
        refuses=[errors.AboveOwn],
    )
    def assign(self, request: Request, site: Site, user_id: int) -> dict[str, Any]:
        """Gives a member of the tenant a role on the site, in place of the one it had there; ends its sessions."""
        given = services.members.assign(actor=request.actor, site=site, user_id=user_id, role=request.valid["role"])
        return selectors.on_site(given, site)

    @operation("sites_users_remove", allow="sites.write", rate="write", effects="rows", refuses=[errors.AboveOwn])
    def remove(self, request: Request, site: Site, user_id: int) -> None:
        """Takes a member's own role on the site; one in the whole tenant stays."""
        services.members.unassign(actor=request.actor, site=site, user_id=user_id)
