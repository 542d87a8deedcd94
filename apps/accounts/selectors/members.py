"""Reading the members of a tenant, as the actor may see them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apps.accounts.models import Membership, User
from apps.accounts.selectors.actors import codes_of
from apps.core import errors
from apps.core.actor import Actor
from apps.core.query import Page
from apps.sites.models import Site


@dataclass(frozen=True, slots=True)
class Member:
    """A person as one tenant knows it: nothing of what it is elsewhere, or was before."""

    id: int
    email: str
    name: str
    role: str | None
    is_active: bool
    created_at: datetime
    sites: list[dict[str, Any]] = field(default_factory=list)


def members_of(actor: Actor, *, q: str = "", role: str = "", active: bool | None = None) -> QuerySet[User]:
    """Users with a membership in the actor's tenant, by address; `role` by its name, wherever it is held there."""
    here = Membership.objects.filter(tenant_id=actor.tenant_id, user=OuterRef("pk"))  # type: ignore[misc]
    if active is not None:
        here = (
            here.filter(is_active=active, user__is_active=active)
            if active
            else here.filter(Q(is_active=False) | Q(user__is_active=False))
        )
    if role:
        here = here.filter(Q(role=role) | Q(custom_role__name=role))
    rows = User.objects.filter(Exists(here))
    if q:
        called = Membership.objects.filter(
            tenant_id=actor.tenant_id,
            user=OuterRef("pk"),
            name__icontains=q,  # type: ignore[misc]
        )
        own = Q(name__icontains=q, home_tenant_id=actor.tenant_id)
        rows = rows.filter(Q(email__icontains=q) | own | Exists(called))
    memberships = Membership.objects.filter(tenant_id=actor.tenant_id)  # type: ignore[misc]
    loaded = memberships.select_related("site", "custom_role").order_by("pk")
    return rows.prefetch_related(Prefetch("memberships", queryset=loaded, to_attr="memberships_here")).order_by("email")


def user_for(actor: Actor, user_id: int, *, lock: bool = False) -> User:
    """A member of the actor's tenant; 404 for anybody else."""
    rows = members_of(actor).filter(pk=user_id)
    user = (rows.select_for_update() if lock else rows).first()
    if user is None:
        raise errors.NotFound
    return user


def member(user: User, tenant_id: int | None) -> Member:
    """What is told of a user that `members_of` found."""
    rows: list[Membership] = getattr(user, "memberships_here", [])
    general = next((row for row in rows if row.site_id is None), None)
    name = user.name if user.home_tenant_id == tenant_id else next((row.name for row in rows if row.name), "")
    return Member(
        id=user.pk,
        email=user.email,
        name=name,
        role=general.role_name if general else None,
        is_active=user.is_active and any(row.is_active for row in rows),
        created_at=min(row.created_at for row in rows),
        sites=[
            {"id": row.site.pk, "identifier": row.site.identifier, "name": row.site.name, "role": row.role_name}
            for row in rows
            if row.site
        ],
    )


def member_for(actor: Actor, user_id: int) -> Member:
    return member(user_for(actor, user_id), actor.tenant_id)


def members_page(actor: Actor, page: Page) -> Page:
    return Page([member(user, actor.tenant_id) for user in page.items], page.total, page.page, page.size)


def sites_of_user(actor: Actor, user_id: int) -> list[dict[str, Any]]:
    """The sites that a member reaches, with the role there: the one on the site, else the tenant's."""
    found = member_for(actor, user_id)
    own = {row["id"]: row["role"] for row in found.sites}
    rows = Site.objects.filter(tenant_id=actor.tenant_id)  # type: ignore[misc]
    if found.role is None:
        rows = rows.filter(pk__in=own)
    return [
        {"id": row.pk, "identifier": row.identifier, "name": row.name, "role": own.get(row.pk, found.role)}
        for row in rows
    ]


def members_on_site(actor: Actor, site: Site) -> QuerySet[User]:
    """Who has a role on the site or in the whole tenant."""
    reach = Membership.objects.filter(user=OuterRef("pk"), tenant_id=site.tenant_id)
    return members_of(actor).filter(Exists(reach.filter(Q(site=site) | Q(site=None))))


def on_site(user: User, site: Site) -> dict[str, Any]:
    """A member as it is on one site; `inherited` when the role is that in the tenant."""
    found = member(user, site.tenant_id)
    own = next((row["role"] for row in found.sites if row["id"] == site.pk), None)
    return {
        "id": found.id,
        "email": found.email,
        "name": found.name,
        "role": own or found.role,
        "inherited": own is None,
        "is_active": found.is_active,
    }


def rights_of(user: User, tenant_id: int | None) -> Actor:
    """What a member may do in the tenant, or could if it were active."""
    rows = Membership.objects.filter(user=user, tenant_id=tenant_id).select_related("custom_role")  # type: ignore[misc]
    codes: frozenset[str] = frozenset()
    on_sites: dict[int, frozenset[str]] = {}
    for row in rows:
        given = codes_of(row)
        if row.site_id is None:
            codes = given
        else:
            on_sites[row.site_id] = given
    return Actor(kind="user", id=user.pk, tenant_id=tenant_id, codes=codes, site_codes=on_sites)
