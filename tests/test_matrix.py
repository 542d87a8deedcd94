"""Role × operation × object: what is answered, computed from the roles and tried for every operation of the URL table.

The table for people is `docs/permissions.md`, generated from the same declarations. Reads are done; everything else is
asked for as a dry run, which is let in or turned away like the deed itself.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.accounts.permissions import PERMISSIONS
from apps.accounts.providers import identities
from apps.accounts.providers.oauth import Identity
from apps.accounts.roles import PLATFORM_ADMIN, ROLES
from apps.accounts.services import users as people
from apps.ai.tests.factories import a_generation
from apps.billing.services import holds
from apps.billing.tests import objects as bought
from apps.billing.tests.factories import credits, price
from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element
from apps.core.actor import Actor
from apps.core.models import EventRow
from apps.core.operation import OPERATIONS, USER
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.services import direct
from apps.media.tests import factories as files
from apps.search.services import reindexing
from apps.sites.models import Site
from apps.sites.services import sites
from apps.websites.tests.factories import a_website
from conftest import AsRole, Users
from tests.client import ApiClient, operations
from tests.test_denials import CLOSED

pytestmark = pytest.mark.slow

IN, OUT = "let in", "turned away"
# Members without which a body is refused before anybody asks whose the object is.
BODIES: dict[str, Any] = {
    "sites_users_assign": {"role": "viewer"},
    "service_accounts_rotate": {"overlap_seconds": 0},
    "pages_arrange": {"page_elements": []},
    "contenttypes_impact": {"schema": {"type": "object"}},
    "credits_purchase": {"package": "any"},
    "payments_intent_create": {"amount": 1000},
    "subscriptions_create": {"plan": "any"},
    "subscriptions_change": {"plan": "any"},
    "media_edit": {"operations": [{"op": "grayscale"}]},
    "media_describe": {"apply": True},
    "translations_generate": {"locales": ["fr"]},
}
# Sent as they are, since a dry run of them is refused: they change nothing, have no part of a file, or no price.
UNCHANGING = {"contenttypes_impact", "media_uploads_complete", "media_edit", "media_remove_background",
              "media_upscale", "media_describe", "translations_generate"}  # fmt: skip
OF_MEDIA_AND_CONTENT = {
    "type_id",
    "element_id",
    "post_id",
    "media_id",
    "folder_id",
    "upload_id",
    "doc_id",
    "website_id",
}
# Take a form with a file, of a kind that is refused after the permission was asked for.
FILES = {"media_replace"}
# Every job is somebody's; that of the index is found by all who look after it.
ITS_JOB = {"search_reindex_status": "reindex_id"}
# In a tenant at large, and yet open to whoever has the code on one of its sites: it finds what is there.
ON_SOME_SITE = {"search_tenant"}
# Whoever runs the installation reaches these outside of any tenant, by `platform.agents`: the platform's own layer.
LAYERED = {name for name in CLOSED if name.startswith("prompts_")}
OF_A_TENANT = {"tenants_current"}
SYSTEM = Actor.system(because="tests")


@dataclass(frozen=True)
class Place:
    """Where the objects of a path are: a site, and an id for each member of a path."""

    site: str
    ids: dict[str, Any] = field(default_factory=dict)

    def but(self, other: "Place") -> "Place":
        """In this site's address, the objects of the other."""
        return Place(self.site, other.ids)


@dataclass(frozen=True)
class World:
    own: Place
    written_by_author: Place
    second_site: Place
    other_tenant: Place


def members(operation: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", operations()[operation][1])) - {"site"}


def on_a_site(operation: str) -> bool:
    return "{site}" in operations()[operation][1]


def is_work(operation: str) -> bool:
    """Whether it changes a document or a file that somebody has made."""
    return operations()[operation][0] != "GET" and bool(
        members(operation) & {"post_id", "page_id", "element_id", "media_id", "doc_id", "upload_id"}
    )


def send(client: ApiClient, operation: str, place: Place) -> str | int:
    method, path, _ = operations()[operation]
    path = path.replace("{site}", place.site)
    for name in members(operation):
        path = path.replace(f"{{{name}}}", str(place.ids[ITS_JOB.get(operation, name)]))
    if operation in FILES:
        form = {"file": files.file("b.png", b"MZ")}
        status = client.upload(path, form, method=method).status_code
    elif method == "GET":
        status = client.get(path).status_code
    else:
        body = BODIES.get(operation, {}) if method != "DELETE" else ""
        dry = "" if operation in UNCHANGING else "?dry_run=true"
        status = getattr(client, method.lower())(path + dry, body).status_code
    return status if status in (401, 403, 404) else IN


def may(codes: frozenset[str], operation: str, *, own_work: bool = False) -> str | int:
    """What a member with the codes is answered about an object of its own tenant."""
    allow = OPERATIONS[operation].allow
    work = "media" if "media_id" in members(operation) else "content"
    others = (work if allow.startswith("ai.") else allow.split(".")[0]) + ".others"
    if allow != USER and (allow not in codes or (is_work(operation) and not own_work and others not in codes)):
        return 403
    return IN


def foreign(codes: frozenset[str], operation: str) -> str | int:
    """What it is answered about an object that is not there for it: 404, unless it may not even ask."""
    return 404 if OPERATIONS[operation].allow in codes | {USER} else 403


def with_own(place: Place, user: User, client: ApiClient) -> Place:
    """The place with what is the user's alone: a session, a job, and an identity at a provider of its own."""
    actor = Actor(kind="user", id=user.pk, tenant_id=user.home_tenant_id)
    job = a_generation(actor=actor, site=Site.objects.get(identifier=place.site)).job
    identities.link(user, Identity(f"acme-{user.pk}", "1", user.email, verified=True, name=""))
    own = {"session_id": user.sessions.latest("created_at").pk, "job_id": job.pk, "provider": f"acme-{user.pk}"}
    return Place(place.site, place.ids | own)


def a_domain(client: ApiClient, site: Site) -> int:
    client.put(f"/sites/{site.identifier}/settings", {"domains": [f"{site.identifier}.example"]})
    found: int = site.domains.get().pk
    return found


def an_upload(site: Site, author: User) -> int:
    actor = Actor(kind="user", id=author.pk, tenant_id=site.tenant_id)
    with inside(site.tenant):
        place = direct.prepare(site=site, size=9)
        found: int = direct.begin(actor=actor, site=site, place=place, filename="a.txt", size=9).pk
    return found


def a_folder(client: ApiClient, site: str, name: str) -> int:
    found: int = client.post(f"/{site}/media/folders", {"name": name}).json()["id"]
    return found


def objects(client: ApiClient, site: Site, author: User) -> dict[str, Any]:
    identifier = site.identifier
    kind = a_type(client, identifier)
    found = {
        "type_id": kind["id"],
        "element_id": an_element(client, kind, site=identifier)["id"],
        "page_id": a_page(client, identifier)["id"],
        "media_id": files.make(site, author=author).pk,
        "upload_id": an_upload(site, author),
        "folder_id": a_folder(client, identifier, "a"),
        "domain_id": a_domain(client, site),
        "website_id": a_website(site),
    } | of_post(a_post(client, identifier))
    of_document(client, identifier, found)
    client.put(f"/{identifier}/locales", {"default": "en", "enabled": ["en", "fr"]})
    connection.set_schema_to_public()
    return found


def of_post(post: dict[str, Any]) -> dict[str, Any]:
    """A post, under each of the names that paths have for it."""
    return {"post_id": post["id"], "doc_type": "post", "doc_id": post["id"], "slug": post["slug"], "version": 1}


def of_document(client: ApiClient, site: str, ids: dict[str, Any]) -> None:
    """Adds how a translation of the post is addressed, and makes it."""
    ids["locale"] = "de"
    a_translation(client, "post", ids["post_id"], "de", site=site, title="Ein Beitrag")


def of_tenant(client: ApiClient, site: Site) -> dict[str, Any]:
    name = site.tenant.identifier
    person = client.post("/users", {"email": f"person@{name}.test", "role": "viewer"}).json()["id"]
    client.put(f"/sites/{site.identifier}/users/{person}", {"role": "viewer"})
    role = client.post("/roles", {"name": "extra", "codes": ["media.read"]}).json()["id"]
    account = client.post("/service-accounts", {"name": "Machine", "codes": ["media.read"]}).json()["account"]["id"]
    given = credits(site.tenant, 10)
    hold = holds.reserve(actor=SYSTEM, tenant_id=site.tenant_id, amount=3, operation="media_generate")
    money = {"transaction_id": given.pk, "hold_id": hold.pk, "setting_id": price(f"of_{name}", "1").pk}
    index = jobs.start(actor=SYSTEM, kind=reindexing.KIND, tenant_id=site.tenant_id, site_id=None)
    found = {
        "user_id": person,
        "reindex_id": index.pk,
        "role_id": role,
        "account_id": account,
        "tenant_id": site.tenant_id,
    }
    return found | money | bought.money(site.tenant_id)


@pytest.fixture
def world(as_role: AsRole, users: Users, site_a: Site, site_b: Site) -> World:
    admin, boss = as_role("tenant_admin"), users["alpha"]["tenant_admin"]
    second = sites.create(actor=SYSTEM, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    shared = of_tenant(admin, site_a)
    own = Place("alpha-site", shared | objects(admin, site_a, boss))
    author, writer = as_role("author"), users["alpha"]["author"]
    kind = {"id": own.ids["type_id"]}
    work = of_post(a_post(author)) | {"element_id": an_element(author, kind)["id"]}
    work["page_id"] = a_page(author)["id"]
    work["media_id"] = files.make(site_a, author=writer).pk
    work["upload_id"] = an_upload(site_a, writer)
    of_document(author, "alpha-site", work)
    there = objects(admin, second, boss)
    # More of them than in the first tenant, whose ids would otherwise be the same.
    other, ruler = as_role("tenant_admin", tenant="beta"), users["beta"]["tenant_admin"]
    theirs = of_tenant(other, site_b) | objects(other, site_b, ruler)
    for number in range(9):
        theirs["type_id"] = a_type(other, "beta-site", key=f"card-{number}")["id"]
        theirs |= of_post(a_post(other, "beta-site"))
        theirs["page_id"] = a_page(other, "beta-site")["id"]
        theirs["media_id"] = files.make(site_b, author=ruler).pk
        theirs["upload_id"] = an_upload(site_b, ruler)
        theirs["website_id"] = a_website(site_b)
        theirs["folder_id"] = a_folder(other, "beta-site", f"{number}")
    of_document(other, "beta-site", theirs)
    connection.set_schema_to_public()
    return World(
        own,
        Place("alpha-site", own.ids | work),
        Place("alpha-two", shared | there | {"job_id": a_generation(actor=SYSTEM, site=second).job_id}),
        with_own(Place("beta-site", theirs), ruler, other),
    )


def on_one_site(role: str, site: Site) -> User:
    user = people.create(actor=SYSTEM, email=f"only-{role}@alpha.test", password=None, tenant=site.tenant)
    people.grant(actor=SYSTEM, user=user, tenant_id=site.tenant_id, role=role, site_id=site.pk)
    return user


def answers(client: ApiClient, names: list[str], place: Place) -> dict[str, Any]:
    """What is answered to each operation; nothing is told, since nothing happened."""
    before = EventRow.objects.count()
    found = {name: send(client, name, place) for name in names}
    assert EventRow.objects.count() == before
    return found


def test_every_operation_has_a_code_that_a_role_or_the_platform_holds() -> None:
    held = frozenset().union(PLATFORM_ADMIN, *ROLES.values())
    assert held == set(PERMISSIONS)
    assert {OPERATIONS[name].allow for name in CLOSED} <= held | {USER}


def test_without_a_token_nobody_reaches_anything(api: ApiClient, world: World) -> None:
    place = Place("alpha-site", world.other_tenant.ids)
    assert answers(api, CLOSED, place) == dict.fromkeys(CLOSED, 401)


@pytest.mark.parametrize("role", ROLES)
def test_in_its_own_tenant_a_role_may_what_its_codes_say(
    role: str, world: World, as_role: AsRole, users: Users
) -> None:
    client = as_role(role)
    place = with_own(world.own, users["alpha"][role], client)
    assert answers(client, CLOSED, place) == {name: may(ROLES[role], name) for name in CLOSED}


def test_its_own_work_an_author_may_change_and_nobody_elses(world: World, as_role: AsRole) -> None:
    names = [name for name in CLOSED if is_work(name)]
    assert answers(as_role("author"), names, world.written_by_author) == {
        name: may(ROLES["author"], name, own_work=True) for name in names
    }


@pytest.mark.parametrize("role", ROLES)
def test_another_tenants_site_and_its_objects_are_404_for_each_role(role: str, world: World, as_role: AsRole) -> None:
    client = as_role(role)
    there = [name for name in CLOSED if on_a_site(name)]
    assert answers(client, there, world.other_tenant) == dict.fromkeys(there, 404)
    named = [name for name in CLOSED if members(name)]
    mixed = world.own.but(world.other_tenant)
    assert answers(client, named, mixed) == {name: foreign(ROLES[role], name) for name in named}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_on_one_site_holds_there_and_nowhere_else(role: str, world: World, site_a: Site) -> None:
    user = on_one_site(role, site_a)
    client = ApiClient().login(user)
    place = with_own(world.own, user, client)
    wide = [name for name in CLOSED if not on_a_site(name)]
    here = [name for name in CLOSED if on_a_site(name)]
    assert answers(client, here, place) == {name: may(ROLES[role], name) for name in here}
    assert answers(client, wide, place) == {
        name: may(ROLES[role] if name in ON_SOME_SITE else frozenset(), name) for name in wide
    }
    assert answers(client, here, world.second_site) == dict.fromkeys(here, 404)
    named = [name for name in here if members(name) & OF_MEDIA_AND_CONTENT]
    mixed = world.own.but(world.second_site)
    assert answers(client, named, mixed) == {name: foreign(ROLES[role], name) for name in named}


def test_a_platform_administrator_reaches_the_installation_and_no_tenant(world: World, platform: ApiClient) -> None:
    allowed = {name for name in CLOSED if OPERATIONS[name].allow in PLATFORM_ADMIN | {USER}} | LAYERED
    inside = {name for name in CLOSED if members(name) & {"session_id", "job_id", "provider"}} | OF_A_TENANT
    found = answers(platform, CLOSED, world.other_tenant)
    assert {name: IN if answer == IN else OUT for name, answer in found.items()} == {
        name: IN if name in allowed - inside else OUT for name in CLOSED
    }
