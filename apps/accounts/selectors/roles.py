"""Reading the roles of a tenant, the built-in ones and its own."""

from typing import Any

from django.db.models import Count, QuerySet

from apps.accounts.models import Membership, Role
from apps.accounts.roles import ROLES
from apps.core import errors
from apps.core.actor import Actor


def roles_of(actor: Actor) -> list[dict[str, Any]]:
    """The built-in roles, then the tenant's own by name, each with how many memberships have it."""
    here = Membership.objects.filter(tenant_id=actor.tenant_id, custom_role=None)  # type: ignore[misc]
    counts = dict(here.values_list("role").annotate(Count("pk")))
    built_in = [
        {
            "id": None,
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "codes": sorted(codes),
            "built_in": True,
            "members": counts.get(name, 0),
        }
        for name, codes in ROLES.items()
    ]
    return built_in + [shown(role) for role in custom_roles(actor)]


def custom_roles(actor: Actor) -> QuerySet[Any]:
    rows = Role.objects.filter(tenant_id=actor.tenant_id)  # type: ignore[misc]
    return rows.annotate(members=Count("memberships")).order_by("name")


def shown(role: Any) -> dict[str, Any]:
    """A custom role that `custom_roles` found."""
    return {
        "id": role.pk,
        "name": role.name,
        "title": role.title,
        "codes": role.codes,
        "built_in": False,
        "members": role.members,
    }


def role_for(actor: Actor, role_id: int, *, lock: bool = False) -> Role:
    rows = Role.objects.filter(tenant_id=actor.tenant_id, pk=role_id)  # type: ignore[misc]
    role = (rows.select_for_update() if lock else rows).first()
    if role is None:
        raise errors.NotFound
    return role
