"""What `test_dry_run` tries: a tenant with one of everything, and how each operation is called on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import Session, User
from apps.accounts.providers import identities
from apps.accounts.providers.oauth import Identity
from apps.ai.tests.factories import a_generation
from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element
from apps.core.actor import Actor
from apps.core.services import jobs
from apps.media.tests import factories as files
from apps.sites.models import Tenant
from apps.sites.services import tenants
from apps.websites.tests.factories import a_website
from conftest import Committed, drop
from tests import codes, dry_media, dry_money, pair
from tests.client import ApiClient

JSON_BODY = {"name": "Dry", "identifier": "dry", "description": "", "schema": {"type": "object"}}


@dataclass(frozen=True)
class World:
    """A tenant with one of everything, each shown by something else, so that a change spreads as far as it can."""

    own: Committed
    client: ApiClient
    kind: dict[str, Any]
    post: dict[str, Any]
    element: dict[str, Any]
    lonely: dict[str, Any]
    gone: int
    page: dict[str, Any]
    below: dict[str, Any]
    media: int
    folder: int
    upload: int
    website: int
    job: str
    generation: str
    session: str
    person: int
    role: int
    account: int
    domain: int
    deleted: int
    money: dry_money.Money
    platform: ApiClient

    @property
    def site(self) -> str:
        return str(self.own.site.identifier)


Call = tuple[str, str, Any]
CASES: dict[str, Callable[[World], Call]] = {
    "contenttypes_create": lambda w: ("post", f"/{w.site}/contenttypes", JSON_BODY),
    "contenttypes_update": lambda w: (
        "patch", f"/{w.site}/contenttypes/{w.kind['id']}", {"name": "Dry", "schema": {"type": "object"}}
    ),
    "contenttypes_distribute": lambda w: (
        "post",
        "/admin/content-types/distribute",
        {"source_site": w.site, "type_ids": [w.kind["id"]], "targets": {"sites": [f"{w.site}-two"]}},
    ),
    "contenttypes_duplicate": lambda w: (
        "post", f"/{w.site}/contenttypes/{w.kind['id']}/duplicate", {"identifier": "dry"}
    ),
    "contenttypes_delete": lambda w: ("delete", f"/{w.site}/contenttypes/{w.kind['id']}?force=true", ""),
    "elements_create": lambda w: (
        "post",
        f"/{w.site}/elements",
        {"type_id": w.kind["id"], "published": True, "tags": ["dry"],
         "data": {"name": "dry", "story": w.post["id"], "cover": w.media}},
    ),
    "elements_update": lambda w: (
        "patch", f"/{w.site}/elements/{w.element['id']}", {"data": {"name": "dry"}, "published": False}
    ),
    "elements_delete": lambda w: ("delete", f"/{w.site}/elements/{w.element['id']}", ""),
    "elements_publish": lambda w: ("post", f"/{w.site}/elements/{w.lonely['id']}/publish", {}),
    "elements_unpublish": lambda w: ("post", f"/{w.site}/elements/{w.element['id']}/unpublish", {}),
    "elements_restore": lambda w: ("post", f"/{w.site}/elements/{w.element['id']}/versions/1/restore", {}),
    "elements_bulk": lambda w: (
        "post",
        f"/{w.site}/elements/bulk",
        {"items": [{"action": "update", "id": w.element["id"], "data": {"name": "dry"}},
                   {"action": "purge", "id": w.lonely["id"]}]},
    ),
    "posts_create": lambda w: ("post", f"/{w.site}/posts", {"title": "Dry", "published": True}),
    "posts_update": lambda w: ("patch", f"/{w.site}/posts/{w.post['id']}", {"title": "Dry", "content": "dry"}),
    "posts_delete": lambda w: ("delete", f"/{w.site}/posts/{w.post['id']}?force=true", ""),
    "posts_publish": lambda w: (
        "post", f"/{w.site}/posts/{w.post['id']}/publish", {"unpublish_at": "2035-01-01T00:00:00Z"}
    ),
    "posts_unpublish": lambda w: ("post", f"/{w.site}/posts/{w.post['id']}/unpublish", {}),
    "posts_restore": lambda w: ("post", f"/{w.site}/posts/{w.post['id']}/versions/1/restore", {}),
    "posts_bulk": lambda w: (
        "post",
        f"/{w.site}/posts/bulk",
        {"atomic": True, "items": [{"action": "update", "id": w.post["id"], "title": "Dry"},
                                   {"action": "restore", "id": w.gone}]},
    ),
    "trash_restore": lambda w: ("post", f"/{w.site}/trash/post/{w.gone}/restore", {}),
    "trash_purge": lambda w: ("delete", f"/{w.site}/trash/post/{w.gone}", ""),
    "pages_create": lambda w: (
        "post",
        f"/{w.site}/pages",
        {"title": "Dry", "parent_id": w.page["id"], "position": 0, "published": True,
         "page_elements": [{"content_element_id": w.element["id"]}]},
    ),
    "pages_update": lambda w: ("patch", f"/{w.site}/pages/{w.page['id']}", {"title": "Dry", "slug": "dry"}),
    "pages_arrange": lambda w: ("put", f"/{w.site}/pages/{w.page['id']}/elements", {"page_elements": []}),
    "pages_move": lambda w: ("post", f"/{w.site}/pages/{w.below['id']}/move", {"position": 0}),
    "pages_publish": lambda w: (
        "post", f"/{w.site}/pages/{w.page['id']}/publish", {"unpublish_at": "2035-01-01T00:00:00Z"}
    ),
    "pages_unpublish": lambda w: ("post", f"/{w.site}/pages/{w.page['id']}/unpublish", ""),
    "pages_restore": lambda w: ("post", f"/{w.site}/pages/{w.page['id']}/versions/1/restore", ""),
    "pages_delete": lambda w: ("delete", f"/{w.site}/pages/{w.page['id']}?children=lift&force=true", ""),
    "locales_put": lambda w: ("put", f"/{w.site}/locales", {"default": "de", "enabled": ["de"], "labels": {"de": "D"}}),
    "translations_put": lambda w: (
        "put", f"/{w.site}/translations/element/{w.element['id']}/fr",
        {"data": {"name": "dry", "cover": w.media}, "published": True},
    ),
    "translations_publish": lambda w: ("post", f"/{w.site}/translations/post/{w.post['id']}/de/publish", ""),
    "translations_unpublish": lambda w: ("post", f"/{w.site}/translations/post/{w.post['id']}/it/unpublish", ""),
    "translations_delete": lambda w: ("delete", f"/{w.site}/translations/post/{w.post['id']}/it", ""),
    "sites_create": lambda w: ("post", "/sites", {"identifier": f"{w.site}-dry", "name": "Dry"}),
    "users_create": lambda w: ("post", "/users", {"email": f"dry@{w.site}.test", "name": "Dry", "role": "editor"}),
    "users_update": lambda w: ("patch", f"/users/{w.person}", {"name": "Dry", "role": "author"}),
    "users_delete": lambda w: ("delete", f"/users/{w.person}", ""),
    "users_activate": lambda w: ("post", f"/users/{w.person}/activate", ""),
    "users_deactivate": lambda w: ("post", f"/users/{w.person}/deactivate", ""),
    "users_second_factor_reset": lambda w: ("post", f"/users/{w.person}/reset-second-factor", ""),
    "sites_users_assign": lambda w: ("put", f"/sites/{w.site}/users/{w.person}", {"role": "author"}),
    "sites_users_remove": lambda w: ("delete", f"/sites/{w.site}/users/{w.person}", ""),
    "roles_create": lambda w: ("post", "/roles", {"name": "dry", "codes": ["content.read"]}),
    "roles_update": lambda w: ("patch", f"/roles/{w.role}", {"title": "Dry", "codes": []}),
    "roles_delete": lambda w: ("delete", f"/roles/{w.role}", ""),
    "service_accounts_create": lambda w: (
        "post", "/service-accounts", {"name": "Dry", "codes": ["content.read"], "sites": [w.own.site.pk]}
    ),
    "service_accounts_update": lambda w: ("patch", f"/service-accounts/{w.account}", {"name": "Dry", "codes": []}),
    "service_accounts_delete": lambda w: ("delete", f"/service-accounts/{w.account}", ""),
    "service_accounts_rotate": lambda w: (
        "post", f"/service-accounts/{w.account}/rotate-secret", {"overlap_seconds": 60}
    ),
    "sites_update": lambda w: ("patch", f"/sites/{w.site}", {"name": "Dry", "default_locale": "de"}),
    "sites_delete": lambda w: ("delete", f"/sites/{w.site}?confirm={w.site}", ""),
    "sites_settings_put": lambda w: (
        "put", f"/sites/{w.site}/settings", {"title": "Dry", "domains": ["dry.example.com"], "cache": {"max_age": 9}}
    ),
    "tenants_create": lambda w: ("post", "/tenants", {"identifier": f"{w.site}-dry", "name": "Dry"}),
    "tenants_update": lambda w: (
        "patch", f"/tenants/{w.own.tenant.pk}", {"name": "Dry", "status": "suspended", "limits": {"sites": 5}}
    ),
    "tenants_delete": lambda w: (
        "delete", f"/tenants/{w.own.tenant.pk}?confirm={w.own.tenant.identifier}", ""
    ),
    "tenants_restore": lambda w: ("post", f"/tenants/{w.deleted}/restore", ""),
    "tenants_archive": lambda w: ("post", f"/tenants/{w.own.tenant.pk}/archive", ""),
    "prompts_system_put": lambda w: ("put", "/prompts/system", {"text": "Dry {{site_name}}"}),
    "prompts_transfer_put": lambda w: ("put", f"/prompts/transfer?site={w.site}", {"text": "Dry"}),
    **dry_media.CASES,
    "websites_publish": lambda w: ("post", f"/{w.site}/websites/{w.website}/publish", ""),
    "websites_discard": lambda w: ("post", f"/{w.site}/websites/{w.website}/discard", ""),
    **dry_money.CASES,
    "generation_jobs_cancel": lambda w: ("post", f"/{w.site}/generation/jobs/{w.generation}/cancel", ""),
    "search_reindex_all": lambda w: ("post", "/search/reindex", ""),
    "search_reindex_site": lambda w: ("post", f"/search/sites/{w.site}/reindex", ""),
    "jobs_cancel": lambda w: ("post", f"/jobs/{w.job}/cancel", ""),
    "auth_currentuser_update": lambda w: ("patch", "/auth/currentuser", {"name": "Dry", "preferences": {"dry": True}}),
    "auth_oauth_unlink": lambda w: ("delete", "/auth/oauth/identities/acme", ""),
    "auth_sessions_revoke": lambda w: ("delete", f"/auth/sessions/{w.session}", ""),
}  # fmt: skip
UNSUPPORTED: dict[str, Callable[[World], Any]] = {
    "auth_login": lambda w: w.client.post(
        "/auth/login?dry_run=true", {"username": w.own.admin.email, "password": pair.PASSWORD}
    ),
    "auth_refresh": lambda w: w.client.post("/auth/refresh?dry_run=true", {"refresh_token": "any"}),
    "auth_logout": lambda w: w.client.post("/auth/logout?dry_run=true"),
    "auth_forgot_password": lambda w: w.client.post("/auth/forgot-password?dry_run=true", {"email": w.own.admin.email}),
    "auth_resend_verification": lambda w: w.client.post(
        "/auth/resend-verification?dry_run=true", {"email": w.own.admin.email}
    ),
    "auth_reset_password": lambda w: w.client.post(
        "/auth/reset-password?dry_run=true", {"token": "any", "password": "any"}
    ),
    "auth_signup": lambda w: w.client.post(
        "/auth/signup?dry_run=true", {"email": "dry@example.org", "password": pair.PASSWORD, "name": "Dry"}
    ),
    "auth_oauth_callback": lambda w: w.client.post(
        "/auth/oauth/google/callback?dry_run=true", {"code": "any", "state": "any"}
    ),
    "auth_verify_email": lambda w: w.client.post("/auth/verify-email?dry_run=true", {"token": "any"}),
    "auth_change_password": lambda w: w.client.post(
        "/auth/change-password?dry_run=true",
        {"current_password": pair.PASSWORD, "new_password": f"{pair.PASSWORD}-2"},
    ),
    "mfa_totp_begin": lambda w: w.client.post("/auth/mfa/totp?dry_run=true", {"current_password": pair.PASSWORD}),
    "mfa_totp_confirm": lambda w: w.client.post("/auth/mfa/totp/confirm?dry_run=true", {"code": "000000"}),
    "mfa_recovery_codes": lambda w: w.client.post("/auth/mfa/recovery-codes?dry_run=true", {"code": "000000"}),
    "mfa_disable": lambda w: w.client.delete(
        "/auth/mfa?dry_run=true", {"current_password": pair.PASSWORD, "code": "000000"}
    ),
    "sites_domains_verify": lambda w: w.client.post(f"/sites/{w.site}/domains/{w.domain}/verify?dry_run=true"),
    "contenttypes_impact": lambda w: w.client.post(
        f"/{w.site}/contenttypes/{w.kind['id']}/impact?dry_run=true", {"schema": {"type": "object"}}
    ),
    **dry_media.UNSUPPORTED,
    **dry_money.UNSUPPORTED,
    "media_generate_image": lambda w: w.client.post(f"/{w.site}/media/generate?dry_run=true", {"prompt": "A tree"}),
    "media_tts": lambda w: w.client.post(f"/{w.site}/media/tts?dry_run=true", {"post_id": w.post["id"]}),
    "translations_generate": lambda w: w.client.post(
        f"/{w.site}/translations/post/{w.post['id']}/generate?dry_run=true", {"locales": ["de"]}
    ),
    "websites_generate": lambda w: w.client.post(
        f"/{w.site}/websites/generate?dry_run=true", {"name": "A", "purpose": "B"}
    ),
    "public_events": lambda w: w.client.post(
        f"/public/{w.site}/events?dry_run=true", {"events": [{"type": "page_view", "path": "/"}]}
    ),
    "seo_generate_text": lambda w: w.client.post(f"/{w.site}/seo/generatetext?dry_run=true", {"prompt": "On trees"}),
}


@contextmanager
def a_world(committed: Committed) -> Iterator[World]:
    client, site = committed.client, committed.site.identifier
    client.post("/sites", {"identifier": f"{site}-two", "name": "Two"})
    kind = a_type(client, site)
    media = files.make(committed.site, author=committed.admin).pk
    folder = client.post(f"/{site}/media/folders", {"name": "A"}).json()["id"]
    upload = client.post(f"/{site}/media/uploads", {"filename": "a.txt", "size": 9}).json()["id"]
    post = a_post(client, site, published=True)
    data = {"name": "A", "story": post["id"], "cover": media}
    element = an_element(client, kind, data, site=site, published=True)
    lonely = an_element(client, kind, site=site)
    gone = a_post(client, site, title="Gone")["id"]
    client.delete(f"/{site}/posts/{gone}")
    shown = [{"content_element_id": lonely["id"]}]
    page = a_page(client, site, published=True, page_elements=shown)
    below = a_page(client, site, parent_id=page["id"], published=True)
    a_translation(client, "post", post["id"], "de", site=site, title="Noch nicht", slug="noch-nicht")
    a_translation(client, "post", post["id"], "it", site=site, title="Si", published=True)
    actor = Actor(kind="user", id=committed.admin.pk, tenant_id=committed.tenant.pk)
    job = jobs.start(actor=actor, kind="content.refreeze")
    generation = a_generation(actor=actor, site=committed.site).job_id
    connection.set_schema_to_public()
    other = Session.objects.create(
        user=committed.admin, tenant=committed.tenant, expires_at=timezone.now() + timedelta(days=1)
    )
    person = client.post("/users", {"email": f"person@{site}.test", "role": "viewer"}).json()["id"]
    client.put(f"/sites/{site}/users/{person}", {"role": "editor"})
    codes.enrol(User.objects.get(pk=person))
    identities.link(
        committed.admin, Identity("acme", committed.tenant.identifier, committed.admin.email, verified=True, name="")
    )
    role = client.post("/roles", {"name": "extra", "codes": ["media.read"]}).json()["id"]
    machine = client.post("/service-accounts", {"name": "Machine", "codes": ["media.read"]}).json()["account"]["id"]
    client.put(f"/sites/{site}/settings", {"domains": [f"{site}.example"]})
    domain = committed.site.domains.get().pk
    admin = User.objects.get(email=pair.PLATFORM)
    platform = ApiClient().login(admin)
    system = Actor.system(because="tests")
    deleted = tenants.create(actor=system, identifier=f"{site}-gone", name="Gone")
    tenants.delete(actor=system, tenant_id=deleted.pk, confirm=deleted.identifier)
    money = dry_money.make(committed.tenant)
    ids = (str(job.pk), str(generation), str(other.pk), person, role, machine, domain, deleted.pk)
    website = a_website(committed.site, documents=[["element", lonely["id"]], ["post", post["id"]]])
    rows = (kind, post, element, lonely, gone, page, below, media, folder, upload, website)
    yield World(committed, client, *rows, *ids, money, platform)
    connection.set_schema_to_public()
    admin.sessions.all().delete()
    dry_money.forget()
    for made in Tenant.objects.filter(identifier__in=[f"{site}-dry", f"{site}-gone"]):
        drop(made)
