"""Two tenants of a test's own, really committed, each with a word that must never be seen in the other."""

import secrets
from dataclasses import dataclass

from apps.accounts.services import users
from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.actor import Actor
from apps.media.tests import factories as files
from apps.sites.services import sites, tenants
from conftest import Committed
from tests import pair


@dataclass
class Side:
    """One of two tenants, and the word that must never be seen by the other."""

    own: Committed
    canary: str
    token: str
    type_id: int = 0
    post: int = 0
    element: int = 0
    media: int = 0

    @property
    def site(self) -> str:
        return str(self.own.site.identifier)


Sides = tuple[Side, Side]


def a_side(word: str) -> Side:
    """A tenant of its own with one of everything; ids are equal on both sides where each has its own sequence."""
    actor, name = Actor.system(because="tests"), f"{word.lower()}-{secrets.token_hex(4)}"
    tenant = tenants.create(actor=actor, identifier=name, name="Twin")
    site = sites.create(actor=actor, tenant_id=tenant.pk, identifier=f"{name}-site", name="Twin site")
    admin = users.create(actor=actor, email=f"admin@{name}.test", password=pair.PASSWORD, tenant=tenant)
    users.grant(actor=actor, user=admin, tenant_id=tenant.pk, role="tenant_admin")
    own = Committed(tenant, site, admin)
    client, canary = own.client, f"CANARY-{word}"
    kind = a_type(client, site.identifier)
    element = an_element(client, kind, {"name": canary}, site=site.identifier, published=True)
    post = a_post(client, site.identifier, title=canary, slug="same", content=canary, published=True)
    media = files.make(site, name=f"{canary}.png", author=admin)
    token = client.defaults["HTTP_AUTHORIZATION"]
    return Side(own, canary, token, kind["id"], post["id"], element["id"], media.pk)
