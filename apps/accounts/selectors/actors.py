"""Reading people: who is behind a session, what they may do now."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Membership, Session, User
from apps.accounts.roles import PLATFORM_ADMIN, ROLES
from apps.core import errors
from apps.core.actor import Actor
from apps.sites.models import Site, Tenant


def actor_of(user: User, tenant_id: int | None, session: str = "") -> Actor:
    """The user as an actor in the tenant, with the rights that its memberships give at this moment.

    A platform administrator without a second factor holds nothing of the platform.
    """
    codes: set[str] = set(PLATFORM_ADMIN) if user.is_platform_admin and user.second_factor_at else set()
    on_sites: dict[int, frozenset[str]] = {}
    if tenant_id is not None:
        rows = Membership.objects.filter(user=user, tenant_id=tenant_id, is_active=True)
        for membership in rows.select_related("custom_role"):
            if membership.site_id is None:
                codes |= codes_of(membership)
            else:
                on_sites[membership.site_id] = codes_of(membership)
    return Actor(
        kind="user",
        id=user.pk,
        label=user.email,
        tenant_id=tenant_id,
        codes=frozenset(codes),
        site_codes=on_sites,
        session=session,
    )


def codes_of(membership: Membership) -> frozenset[str]:
    custom = membership.custom_role
    return frozenset(custom.codes) if custom else ROLES[membership.role]


def actor_of_session(session_id: uuid.UUID, user_id: int, tenant_id: int | None) -> tuple[User, Actor] | None:
    """User and actor, if the session lives, belongs to both, and the tenant's door is open; two statements."""
    session = Session.objects.select_related("user", "tenant").filter(pk=session_id).first()
    if session is None or not session.lives(timezone.now()):
        return None
    if (session.user_id, session.tenant_id) != (user_id, tenant_id) or not session.user.is_active:
        return None
    if session.tenant is not None and session.tenant.status != Tenant.Status.ACTIVE:
        return None
    actor = actor_of(session.user, tenant_id, str(session.pk))
    enrolling = tenant_id is None and session.user.is_platform_admin  # without a second factor yet
    if not actor.codes and not actor.site_codes and not enrolling:
        return None
    return session.user, actor


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


def describe(user: User | None, actor: Actor) -> dict[str, Any]:
    """What `GET /auth/currentuser` tells: profile, tenant, role, permissions, sites with the role there.

    A service account, which is no user, has its name, an address that is none, and no role.
    """
    if user is None:
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
