"""Making people and giving them roles."""

from django.db import transaction

from apps.accounts import errors
from apps.accounts.events import MembershipGranted, UserCreated
from apps.accounts.models import Membership, User, normal
from apps.accounts.services import passwords
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.models import Tenant


@transaction.atomic
def create(*, actor: Actor, email: str, password: str | None, name: str = "", tenant: Tenant | None = None) -> User:
    """Creates a user; `tenant` becomes the home tenant, a membership is given apart."""
    user = User.objects.create_user(email, password, name=name, home_tenant=tenant)
    emit(UserCreated(subject_id=user.pk, label=user.email), actor=actor, tenant_id=tenant.pk if tenant else None)
    return user


@transaction.atomic
def create_platform_admin(*, actor: Actor, email: str, password: str, name: str = "") -> User:
    """Creates somebody who runs the installation; it opens with the second factor, not before."""
    passwords.check(password, User(email=email, name=name), field="password")
    if User.objects.filter(email=normal(email)).exists():
        raise errors.AddressTaken
    user = create(actor=actor, email=email, password=password, name=name)
    user.is_platform_admin = True
    user.save(update_fields=["is_platform_admin"])
    return user


@transaction.atomic
def grant(*, actor: Actor, user: User, tenant_id: int, role: str, site_id: int | None = None) -> Membership:
    """Gives the user a built-in role in the tenant or on one site, in place of the one it had there.

    Asks nothing: for what the installation itself does. What people do goes through `services.members`.
    """
    membership, _ = Membership.objects.update_or_create(
        user=user,
        tenant_id=tenant_id,
        site_id=site_id,  # type: ignore[misc]
        defaults={"role": role, "custom_role": None},
    )
    event = MembershipGranted(subject_id=user.pk, label=user.email, site_id=site_id, role=role)
    emit(event, actor=actor, tenant_id=tenant_id)
    return membership
