"""Sites and tenants in the admin: through the services, and no further than they allow."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.core.models import Job
from apps.sites.models import Domain, Prompt, Site, Tenant
from tests.client import ApiClient
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


def page_of(site: Site) -> str:
    return f"/admin/sites/site/{site.pk}/change/"


def shown(client: Client, site: Site) -> dict[str, Any]:
    """What a browser would send back."""
    form = client.get(page_of(site)).context["adminform"].form
    return {name: form[name].field.prepare_value(form[name].value()) or "" for name in form.fields}


def test_settings_are_changed_as_one_document(sign_in: SignIn, site_a: Site) -> None:
    client = sign_in("site_admin")
    sent = shown(client, site_a)
    document = json.loads(sent["document"]) | {"public_listing": True, "domains": ["a.example"]}
    assert document["title"] == "Twin site"
    sent |= {"name": "Renamed", "document": json.dumps(document)}
    assert client.post(page_of(site_a), sent).status_code == 302
    site_a.refresh_from_db()
    assert (site_a.name, site_a.version, site_a.settings["public_listing"]) == ("Renamed", 3, True)
    assert Domain.objects.get().domain == "a.example"
    stale = client.post(page_of(site_a), sent | {"name": "Again"})
    assert stale.status_code == 200
    assert b"The document was changed meanwhile" in stale.content


def test_settings_that_the_schema_refuses_come_back_with_the_form(sign_in: SignIn, site_a: Site) -> None:
    client = sign_in("site_admin")
    sent = shown(client, site_a) | {"name": "Lost", "document": '{"theme": "dark"}'}
    answer = client.post(page_of(site_a), sent)
    assert answer.status_code == 200
    assert "theme: This is not known here." in answer.content.decode()
    site_a.refresh_from_db()
    assert (site_a.name, site_a.version) == ("Twin site", 1)


def test_a_viewer_looks_at_settings_and_changes_nothing(sign_in: SignIn, site_a: Site, site_b: Site) -> None:
    client = sign_in("viewer")
    page = client.get(page_of(site_a))
    assert page.status_code == 200
    assert "public_listing" in page.content.decode()
    assert client.post(page_of(site_a), {"name": "x"}).status_code == 403
    assert client.post(f"/admin/sites/site/{site_a.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(page_of(site_b)).status_code == 302
    site_a.refresh_from_db()
    assert (site_a.name, site_a.status) == ("Twin site", "active")


def test_a_deleted_site_is_restored_from_the_list(sign_in: SignIn, site_a: Site, api: ApiClient) -> None:
    client = sign_in("site_admin")
    assert client.post(f"/admin/sites/site/{site_a.pk}/delete/", {"post": "yes"}).status_code == 302
    assert api.get("/public/alpha-site").status_code == 404
    assert client.post(page_of(site_a), {"name": "x"}).status_code == 403
    ticked = {"action": "restore_selected", "_selected_action": [site_a.pk]}
    sign_in("viewer").post("/admin/sites/site/", ticked)
    assert Site.objects.get(pk=site_a.pk).status == "deleting"
    sign_in("site_admin", tenant="beta").post("/admin/sites/site/", ticked)
    assert Site.objects.get(pk=site_a.pk).status == "deleting"
    client.post("/admin/sites/site/", ticked)
    site_a.refresh_from_db()
    assert (site_a.status, site_a.deleted_at) == ("active", None)
    assert api.get("/public/alpha-site").status_code == 200


def test_a_tenant_is_suspended_and_resumed_by_platform_admins_only(
    platform_browser: Client, sign_in: SignIn, tenant_b: Tenant, api: ApiClient
) -> None:
    ticked = {"action": "suspend_selected", "_selected_action": [tenant_b.pk]}
    assert sign_in("tenant_admin").post("/admin/sites/tenant/", ticked).status_code == 403
    assert api.get("/public/beta-site").status_code == 200
    platform_browser.post("/admin/sites/tenant/", ticked)
    assert Tenant.objects.get(pk=tenant_b.pk).status == "suspended"
    assert api.get("/public/beta-site").status_code == 404
    platform_browser.post("/admin/sites/tenant/", ticked | {"action": "resume_selected"})
    assert api.get("/public/beta-site").status_code == 200


def test_prompts_are_looked_at_by_those_who_may_read_them_in_their_tenant(sign_in: SignIn, tenant_a: Tenant) -> None:
    prompt = Prompt.objects.create(tenant=tenant_a, kind="system", number=1, text="CANARY-PROMPT")
    page = f"/admin/sites/prompt/{prompt.pk}/change/"
    assert "CANARY-PROMPT" in sign_in("editor").get(page).content.decode()
    assert sign_in("editor").get("/admin/sites/prompt/").status_code == 200
    assert sign_in("site_admin").post(page, {"text": "x"}).status_code == 403
    assert sign_in("viewer").get(page).status_code == 403
    assert sign_in("editor", tenant="beta").get(page).status_code == 302
    assert Prompt.objects.get().text == "CANARY-PROMPT"


def test_domains_are_shown_with_their_state_and_checked_by_those_who_may(
    sign_in: SignIn, site_a: Site, site_b: Site
) -> None:
    made = [
        Domain(domain="same.example", site=site_b, tenant_id=site_b.tenant_id, verified_at=timezone.now()),
        Domain(domain="same.example", site=site_a, tenant_id=site_a.tenant_id),
        Domain(domain="own.example", site=site_a, tenant_id=site_a.tenant_id, position=1),
    ]
    theirs, _, own = Domain.objects.bulk_create(made)
    client, listing = sign_in("site_admin"), "/admin/sites/domain/"
    page = client.get(listing).content.decode()
    assert [page.count(word) for word in ("own.example", "taken", "unverified")] == [1, 1, 1]
    assert "same.example (taken), own.example (unverified)" in client.get(page_of(site_a)).content.decode()
    shown = client.get(f"{listing}{own.pk}/change/").content.decode()
    assert "_cognitor.own.example" in shown
    assert f"cognitor-site-verification={own.token}" in shown
    assert client.get(f"{listing}{theirs.pk}/change/").status_code == 302
    ticked = {"action": "check_selected", "_selected_action": [theirs.pk, own.pk]}
    sign_in("viewer").post(listing, ticked)
    assert Job.objects.count() == 0
    answer = client.post(listing, ticked, follow=True)
    assert "own.example: is being checked" in answer.content.decode()
    job = Job.objects.get()
    assert (job.kind, job.arguments, job.tenant_id) == ("sites.check_domain", {"domain_id": own.pk}, site_a.tenant_id)
    assert client.post(f"{listing}{own.pk}/change/", {"domain": "x.example"}).status_code == 403
