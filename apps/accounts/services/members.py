"""Members of a tenant: inviting, changing, removing them, and their roles on single sites.

Locks are taken in the order tenant, user, memberships: changes of one tenant's members wait for one another, so that
two administrators who remove each other leave one.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts import rights
from apps.accounts.errors import AlreadyMember, LastAdmin
from apps.accounts.events import (
    MembershipGranted,
    MembershipRemoved,
    UserActivated,
    UserAnonymised,
    UserChanged,
    UserDeactivated,
    UserInvited,
)
from apps.accounts.models import Membership, Role, Session, User, normal
from apps.accounts.providers import identities, mfa
from apps.accounts.roles import ROLES
from apps.accounts.selectors import members as selectors
from apps.accounts.selectors.members import Member
from apps.core import errors
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.errors import UserLimitReached
from apps.sites.models import Site, Tenant

ADMIN = "tenant_admin"


@dataclass(frozen=True, slots=True)
class Named:
    """A role that a request named: a built-in one, or one of the tenant's own."""

    name: str
    codes: frozenset[str]
    custom: Role | None = None


def role_named(actor: Actor, name: str) -> Named:
    if name in ROLES:
        return Named(name, ROLES[name])
    custom = Role.objects.filter(tenant_id=actor.tenant_id, name=name).first()  # type: ignore[misc]
    if custom is None:
        fault = {"field": "role", "message": "There is no role of this name.", "code": "unknown"}
        raise errors.Invalid(errors=[fault])
    return Named(name, frozenset(custom.codes), custom)


@transaction.atomic
def invite(*, actor: Actor, email: str, role: str, name: str = "") -> Member:
    """Makes a member of whoever has the address, and says the same whether or not anybody had it before.

    Nobody sets another's password: a new person chooses one by the reset mail, which proves the address.
    """
    tenant = lock(actor)
    given = role_named(actor, role)
    rights.require(actor, given.codes)
    user = _user_of(normal(email), name, tenant)
    if Membership.objects.filter(user=user, tenant=tenant).exists():
        raise AlreadyMember
    count = Membership.objects.filter(tenant=tenant).values("user").distinct().count()
    if count >= (limit := tenant.effective_limits["users"]):
        raise UserLimitReached(limit=limit, count=count)
    _give(user, tenant.pk, given, name=name)
    # No `UserCreated` here: the tenant's history and a dry run would tell that the address was new.
    emit(UserInvited(subject_id=user.pk, label=user.email, role=given.name), actor=actor)
    return selectors.member_for(actor, user.pk)


def _user_of(email: str, name: str, tenant: Tenant) -> User:
    found = User.objects.filter(email=email).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(email, None, name=name, home_tenant=tenant)
    except IntegrityError:  # somebody else made it meanwhile
        return User.objects.get(email=email)


@transaction.atomic
def change(*, actor: Actor, user_id: int, name: str | None = None, role: str | None = None) -> Member:
    """Changes the name that this tenant knows the member by, and its role in the tenant; a new role ends sessions."""
    tenant = lock(actor)
    user = _changeable(actor, user_id)
    if name is not None:
        _rename(actor, tenant, user, name)
    if role is not None:
        given = role_named(actor, role)
        rights.require(actor, given.codes)
        if selectors.member(user, tenant.pk).role != given.name:
            if given.name != ADMIN:
                _keep_an_admin(tenant.pk, user)
            _give(user, tenant.pk, given)
            end_sessions(user, tenant.pk, "role")
            emit(MembershipGranted(subject_id=user.pk, label=user.email, role=given.name), actor=actor)
    return selectors.member_for(actor, user.pk)


def _rename(actor: Actor, tenant: Tenant, user: User, name: str) -> None:
    """The person's own name where it is at home; elsewhere only what the tenant calls it."""
    if user.home_tenant_id == tenant.pk:
        User.objects.filter(pk=user.pk).update(name=name)
    Membership.objects.filter(user=user, tenant=tenant).update(name=name)
    emit(UserChanged(subject_id=user.pk, label=user.email, fields=["name"]), actor=actor)


@transaction.atomic
def remove(*, actor: Actor, user_id: int) -> None:
    """Takes the member's roles in the tenant. Who is a member nowhere any more is anonymised."""
    tenant = lock(actor)
    user = _changeable(actor, user_id)
    _keep_an_admin(tenant.pk, user)
    Membership.objects.filter(user=user, tenant=tenant).delete()
    end_sessions(user, tenant.pk, "removed")
    emit(MembershipRemoved(subject_id=user.pk, label=user.email), actor=actor)
    if not user.is_platform_admin and not user.memberships.exists():
        _anonymise(user)
        emit(UserAnonymised(subject_id=user.pk, label=user.email), actor=actor)
    elif user.home_tenant_id == tenant.pk:
        User.objects.filter(pk=user.pk).update(home_tenant=None)


def _anonymise(user: User) -> None:
    user.email, user.name, user.is_active = f"deleted-{user.uid}@invalid", "", False
    user.set_unusable_password()
    mfa.disable(user)
    user.second_factor_at, user.second_factor_begun = None, ""
    user.save(update_fields=["email", "name", "is_active", "password", "second_factor_at", "second_factor_begun"])
    Session.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now(), end_reason="removed")
    Session.objects.filter(user=user).update(address="", device="")
    identities.forget(user)


@transaction.atomic
def activate(*, actor: Actor, user_id: int) -> Member:
    """Gives a member of this tenant its roles back."""
    tenant = lock(actor)
    user = _changeable(actor, user_id)
    if Membership.objects.filter(user=user, tenant=tenant, is_active=False).update(is_active=True):
        emit(UserActivated(subject_id=user.pk, label=user.email), actor=actor)
    return selectors.member_for(actor, user.pk)


@transaction.atomic
def deactivate(*, actor: Actor, user_id: int) -> Member:
    """Suspends a member's roles in this tenant, and in no other, and ends its sessions here."""
    tenant = lock(actor)
    user = _changeable(actor, user_id)
    _keep_an_admin(tenant.pk, user)
    if Membership.objects.filter(user=user, tenant=tenant, is_active=True).update(is_active=False):
        end_sessions(user, tenant.pk, "deactivated")
        emit(UserDeactivated(subject_id=user.pk, label=user.email), actor=actor)
    return selectors.member_for(actor, user.pk)


@transaction.atomic
def assign(*, actor: Actor, site: Site, user_id: int, role: str) -> User:
    """Gives a member of the tenant a role on one site, in place of the one it had there."""
    lock(actor)
    user = _changeable(actor, user_id, site)
    given = role_named(actor, role)
    rights.require(actor, given.codes, site.pk)
    before = next((m for m in user.memberships.all() if m.site_id == site.pk), None)
    if before is None or before.role_name != given.name:
        _give(user, site.tenant_id, given, site_id=site.pk)
        end_sessions(user, site.tenant_id, "role")
        event = MembershipGranted(subject_id=user.pk, label=user.email, site_id=site.pk, role=given.name)
        emit(event, actor=actor)
    return selectors.user_for(actor, user.pk)


@transaction.atomic
def unassign(*, actor: Actor, site: Site, user_id: int) -> None:
    """Takes the member's role on the site; 404 for who has none of its own there."""
    lock(actor)
    user = _changeable(actor, user_id, site)
    if not Membership.objects.filter(user=user, site=site).exists():
        raise errors.NotFound
    Membership.objects.filter(user=user, site=site).delete()
    end_sessions(user, site.tenant_id, "role")
    emit(MembershipRemoved(subject_id=user.pk, label=user.email, site_id=site.pk), actor=actor)


def end_sessions(user: User, tenant_id: int, reason: str) -> None:
    """Ends the user's sessions in the tenant: their tokens are dead with the commit."""
    rows = Session.objects.filter(user=user, tenant_id=tenant_id, ended_at=None)
    rows.update(ended_at=timezone.now(), end_reason=reason)


def lock(actor: Actor) -> Tenant:
    """Until the transaction ends nobody else changes members or roles of the tenant."""
    tenant: Tenant = Tenant.objects.select_for_update(no_key=True).get(pk=actor.tenant_id)
    return tenant


def _changeable(actor: Actor, user_id: int, site: Site | None = None) -> User:
    """The member, locked, unless it holds more than the actor (with a site: there)."""
    user = selectors.user_for(actor, user_id, lock=True)
    rights.require_not_above(actor, selectors.rights_of(user, actor.tenant_id), site.pk if site else None)
    return user


def _give(user: User, tenant_id: int, role: Named, *, site_id: int | None = None, name: str = "") -> None:
    """Writes the membership. One that is added to others is as active, and as named, as they are."""
    other = Membership.objects.filter(user=user, tenant_id=tenant_id).first()
    given = {"role": "" if role.custom else role.name, "custom_role": role.custom}
    Membership.objects.update_or_create(
        user=user,
        tenant_id=tenant_id,
        site_id=site_id,  # type: ignore[misc]
        defaults=given,
        create_defaults=given
        | {"is_active": other.is_active if other else True, "name": other.name if other else name},
    )


def _keep_an_admin(tenant_id: int, user: User) -> None:
    """Refuses when the user is the only active administrator of the tenant."""
    admins = Membership.objects.filter(
        tenant_id=tenant_id, site=None, role=ADMIN, is_active=True, user__is_active=True
    ).values_list("user_id", flat=True)
    if set(admins) == {user.pk}:
        raise LastAdmin
