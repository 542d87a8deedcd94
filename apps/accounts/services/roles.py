"""A tenant's own roles."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts import rights
from apps.accounts.errors import RoleAssigned, RoleTaken
from apps.accounts.events import RoleChanged, RoleCreated, RoleDeleted
from apps.accounts.models import Role
from apps.accounts.roles import ROLES
from apps.accounts.selectors import roles as selectors
from apps.accounts.services import members
from apps.core.actor import Actor
from apps.core.events import emit


@transaction.atomic
def create(*, actor: Actor, name: str, codes: Sequence[str], title: str = "") -> Any:
    """Makes a role of codes that the actor holds itself; its name is unique in the tenant and not a built-in one's."""
    given = rights.known(codes)
    rights.require(actor, given)
    if name in ROLES:
        raise RoleTaken
    try:
        with transaction.atomic():
            role = Role.objects.create(tenant_id=actor.tenant_id, name=name, title=title, codes=given)  # type: ignore[misc]
    except IntegrityError:
        raise RoleTaken from None
    emit(RoleCreated(subject_id=role.pk, label=role.name, codes=given), actor=actor)
    return selectors.custom_roles(actor).get(pk=role.pk)


@transaction.atomic
def change(*, actor: Actor, role_id: int, title: str | None = None, codes: Sequence[str] | None = None) -> Any:
    """Changes a role, for all who have it, from their next request on. Neither before nor after may it be above one."""
    members.lock(actor)
    role = selectors.role_for(actor, role_id, lock=True)
    rights.require(actor, role.codes)
    if title is not None:
        role.title = title
    if codes is not None:
        role.codes = rights.known(codes)
        rights.require(actor, role.codes)
    role.save(update_fields=["title", "codes", "updated_at"])
    emit(RoleChanged(subject_id=role.pk, label=role.name, codes=role.codes), actor=actor)
    return selectors.custom_roles(actor).get(pk=role.pk)


@transaction.atomic
def delete(*, actor: Actor, role_id: int) -> None:
    """Deletes a role that nobody has."""
    members.lock(actor)
    role = selectors.role_for(actor, role_id, lock=True)
    rights.require(actor, role.codes)
    if assigned := role.memberships.count():
        raise RoleAssigned(members=assigned)
    emit(RoleDeleted(subject_id=role.pk, label=role.name), actor=actor)
    role.delete()
