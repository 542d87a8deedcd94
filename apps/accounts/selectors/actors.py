"""Reading people: who is behind a session, what they may do now."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Membership, Session, User
from apps.accounts.roles import PLATFORM_ADMIN, ROLES
from apps.core import errors
from apps.core.actor import Actor
from apps.core.tenancy import pathless
from apps.sites.models import Site, Tenant


def actor_of(user: User, tenant_id: int | None, session: str = "") -> Actor:
    """The user as an actor in the tenant, with the rights that its memberships give at this moment.

    A platform administrator without a second factor holds nothing of the platform.
    """
    rows = Membership.objects.none()
    if tenant_id is not None:
        rows = Membership.objects.filter(user=user, tenant_id=tenant_id, is_active=True).select_related("custom_role")
    return _actor(
        user.pk,
        user.email,
        tenant_id,
        grants=((membership.site_id, codes_of(membership)) for membership in rows),
        platform=user.is_platform_admin and user.second_factor_at is not None,
        session=session,
    )


def _actor(
    user_id: int,
    email: str,
    tenant_id: int | None,
    *,
    grants: Iterable[tuple[int | None, frozenset[str]]],
    platform: bool,
    session: str,
) -> Actor:
    """`grants`: codes, by the site on which they hold, or None for the whole tenant."""
    codes: set[str] = set(PLATFORM_ADMIN) if platform else set()
    on_sites: dict[int, frozenset[str]] = {}
    for site_id, given in grants:
        if site_id is None:
            codes |= given
        else:
            on_sites[site_id] = given
    return Actor(
        kind="user",
        id=user_id,
        label=email,
        tenant_id=tenant_id,
        codes=frozenset(codes),
        site_codes=on_sites,
        session=session,
    )


def codes_of(membership: Membership) -> frozenset[str]:
    custom = membership.custom_role
    return frozenset(custom.codes) if custom else ROLES[membership.role]


# Asked on every request: in words of SQL, since to compile them costs more than to ask, each table with its schema.
_OF_SESSION = """
SELECT u.email, u.is_platform_admin, u.second_factor_at IS NOT NULL, m.id, m.site_id, m.role, r.codes
FROM public.accounts_session s
JOIN public.accounts_user u ON u.id = s.user_id AND u.is_active
LEFT JOIN public.sites_tenant t ON t.id = s.tenant_id
LEFT JOIN public.accounts_membership m ON m.user_id = s.user_id AND m.tenant_id = s.tenant_id AND m.is_active
LEFT JOIN public.accounts_role r ON r.id = m.custom_role_id
WHERE s.id = %s AND s.user_id = %s AND s.tenant_id IS NOT DISTINCT FROM %s
  AND s.ended_at IS NULL AND s.expires_at > %s AND (s.tenant_id IS NULL OR t.status = %s)
"""


def actor_of_session(session_id: uuid.UUID, user_id: int, tenant_id: int | None) -> Actor | None:
    """The actor, if the session lives, belongs to both, and the tenant's door is open; one statement."""
    with pathless(prepared=True) as cursor:
        cursor.execute(_OF_SESSION, [session_id, user_id, tenant_id, timezone.now(), Tenant.Status.ACTIVE.value])
        rows = cursor.fetchall()
    if not rows:
        return None
    email, is_platform_admin, has_second_factor = rows[0][:3]
    actor = _actor(
        user_id,
        email,
        tenant_id,
        grants=((site, ROLES[role] if own is None else frozenset(own)) for _, _, _, id, site, role, own in rows if id),
        platform=is_platform_admin and has_second_factor,
        session=str(session_id),
    )
    enrolling = tenant_id is None and is_platform_admin  # without a second factor yet
    return actor if actor.codes or actor.site_codes or enrolling else None


def oneself(actor: Actor) -> User:
    """The person behind the actor, with the row locked; what is no person has no profile and no password."""
    if actor.kind != "user" or actor.id is None:
        raise errors.Forbidden
    return User.objects.select_for_update(no_key=True).get(pk=actor.id)


def sessions_of(actor: Actor) -> QuerySet[Session]:
    """The living sign-ins of the person, in all its tenants; none of anybody else's."""
    if actor.kind != "user" or actor.id is None:
        return Session.objects.none()
    return Session.objects.filter(user_id=actor.id, ended_at=None, expires_at__gt=timezone.now())


def home_of(user: User, identifier: str = "") -> Tenant | None:
    """The tenant to sign in to: the one asked for, else the home tenant, else the oldest; None without membership."""
    here = Membership.objects.filter(user=user, is_active=True)
    rows: QuerySet[Tenant] = Tenant.objects.filter(memberships__in=here, status=Tenant.Status.ACTIVE).distinct()
    if identifier:
        return rows.filter(identifier=identifier).first()
    return rows.filter(pk=user.home_tenant_id).first() or rows.order_by("pk").first()


def describe(actor: Actor) -> dict[str, Any]:
    """What `GET /auth/currentuser` tells: profile, tenant, role, permissions, sites with the role there.

    A service account, which is no user, has its name, an address that is none, and no role.
    """
    if actor.kind == "user":
        user = User.objects.select_related("home_tenant").get(pk=actor.id)  # type: ignore[misc]
    else:
        user = User(pk=actor.id, email=f"service-{actor.id}@service.invalid", name=actor.label)
    tenant = Tenant.objects.filter(pk=actor.tenant_id).first()
    rows = Membership.objects.filter(user=user, tenant_id=actor.tenant_id, is_active=True)  # type: ignore[misc]
    memberships = list(rows.select_related("custom_role")) if actor.kind == "user" else []
    general = next((m.role_name for m in memberships if m.site_id is None), None)
    by_site = {m.site_id: m.role_name for m in memberships if m.site_id is not None}
    sites = Site.objects.filter(tenant_id=actor.tenant_id).exclude(status=Site.Status.DELETING)  # type: ignore[misc]
    if general is None and not (actor.kind == "service" and actor.codes):
        sites = sites.filter(pk__in=list(actor.site_codes))
    return {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "email_verified": user.email_verified_at is not None,
        "preferences": user.preferences,
        "home_tenant": user.home_tenant.identifier if user.home_tenant else None,
        "tenant": {"id": tenant.pk, "identifier": tenant.identifier, "name": tenant.name} if tenant else None,
        "role": "platform_admin" if general is None and user.is_platform_admin else general,
        "permissions": sorted(actor.codes.union(*actor.site_codes.values())),
        "sites": [
            {"id": s.pk, "identifier": s.identifier, "name": s.name, "role": by_site.get(s.pk, general)} for s in sites
        ],
    }
