"""Two tenants alike in all that may be alike, each with a word that must never be seen in the other."""

from django.db import transaction

from apps.accounts.services import users
from apps.core.actor import Actor
from apps.core.services import events
from apps.sites.services import sites, tenants
from tests import codes

TENANTS = ("alpha", "beta")
ROLES = ("viewer", "author", "editor", "site_admin", "tenant_admin")
PLATFORM = "platform@cognitor.test"
PASSWORD = "correct-horse-battery-staple"


def email(role: str, tenant: str) -> str:
    return f"{role}@{tenant}.test"


def canary(tenant: str) -> str:
    return f"CANARY-{tenant.upper()}"


def make() -> None:
    """Makes tenants, sites and a member of each role; what follows their events has happened afterwards."""
    actor = Actor.system(because="tests")
    for identifier in TENANTS:
        tenant = tenants.create(actor=actor, identifier=identifier, name="Twin")
        sites.create(
            actor=actor,
            tenant_id=tenant.pk,
            identifier=f"{identifier}-site",
            name="Twin site",
            description=canary(identifier),
        )
        for role in ROLES:
            user = users.create(
                actor=actor, email=email(role, identifier), password=PASSWORD, name=f"Twin {role}", tenant=tenant
            )
            users.grant(actor=actor, user=user, tenant_id=tenant.pk, role=role)
    with transaction.atomic():
        platform = users.create(actor=actor, email=PLATFORM, password=PASSWORD, name="Platform")
        platform.is_platform_admin = True
        platform.save(update_fields=["is_platform_admin"])
        codes.enrol(platform)
    while events.dispatch():
        pass
