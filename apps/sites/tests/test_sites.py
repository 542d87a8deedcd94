"""The life of a site: changed, deleted, restored, purged; and how many a tenant may have."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.content.models import Post
from apps.content.tests.factories import a_post
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.sites.models import Domain, Site
from conftest import AsRole
from tests.client import ApiClient

SITE = "/sites/alpha-site"


def events() -> list[str]:
    return list(EventRow.objects.filter(subject_type="site").order_by("pk").values_list("name", flat=True))


def expire() -> None:
    Site.objects.filter(status="deleting").update(deleted_at=timezone.now() - datetime.timedelta(days=30))
    Due.objects.filter(kind="sites.purge_site").update(at=timezone.now() - datetime.timedelta(seconds=1))


def test_changing_a_site_changes_what_is_given_and_says_so(as_role: AsRole, site_a: Site) -> None:
    before = events()
    answer = as_role("site_admin").patch(SITE, {"name": "New name", "default_locale": "de-CH"})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["name"], found["default_locale"], found["description"]) == ("New name", "de-CH", site_a.description)
    assert answer["ETag"] == f'"site-{site_a.pk}-2"'
    row = EventRow.objects.filter(name="sites.site_changed").get()
    assert (row.subject_version, row.site_id, row.data) == (2, site_a.pk, {"fields": ["default_locale", "name"]})
    assert events() == [*before, "sites.site_changed"]


@pytest.mark.parametrize(
    "body",
    [
        {"identifier": "other"},
        {"status": "active"},
        {"tenant_id": 2, "id": 7},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"name": "x" * 201},
        {"name": ""},
        {"default_locale": "not a locale"},
    ],
)
def test_members_that_a_site_cannot_be_given_are_400_and_change_nothing(
    body: Any, as_role: AsRole, site_a: Site
) -> None:
    before = Site.objects.filter(pk=site_a.pk).values().get()
    answer = as_role("site_admin").patch(SITE, {"name": "Changed", **body})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert sorted(fault["field"] for fault in answer.json()["errors"]) == sorted(body)
    assert Site.objects.filter(pk=site_a.pk).values().get() == before


def test_a_change_of_a_version_that_is_gone_is_412(as_role: AsRole, site_a: Site) -> None:
    client = as_role("site_admin")
    tag = client.get(SITE)["ETag"]
    assert client.patch(SITE, {"name": "First"}, headers={"If-Match": tag}).status_code == 200
    for answer in (
        client.patch(SITE, {"name": "Second"}, headers={"If-Match": tag}),
        client.delete(f"{SITE}?confirm=alpha-site", headers={"If-Match": tag}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    site_a.refresh_from_db()
    assert (site_a.name, site_a.version, site_a.status) == ("First", 2, "active")


@pytest.mark.parametrize("role", ["viewer", "author", "editor"])
def test_who_may_not_write_sites_is_403(role: str, as_role: AsRole, site_a: Site) -> None:
    client = as_role(role)
    assert client.get(SITE).status_code == 200
    assert client.patch(SITE, {"name": "x"}).status_code == 403
    assert client.delete(f"{SITE}?confirm=alpha-site").status_code == 403
    assert client.put(f"{SITE}/settings", {}).status_code == 403
    site_a.refresh_from_db()
    assert (site_a.name, site_a.version) == ("Twin site", 1)


@pytest.mark.parametrize("confirm", ["", "?confirm=", "?confirm=ALPHA-SITE", "?confirm=beta-site"])
def test_deleting_without_the_identifier_changes_nothing(confirm: str, as_role: AsRole, site_a: Site) -> None:
    before = events()
    answer = as_role("tenant_admin").delete(SITE + confirm)
    assert (answer.status_code, answer.json()["code"]) == (
        (400, "invalid") if confirm == "?confirm=" else (400, "sites.confirmation.missing")
    )
    site_a.refresh_from_db()
    assert (site_a.status, site_a.deleted_at, Due.objects.count(), events()) == ("active", None, 0, before)


def test_a_deleted_site_is_404_for_its_members_and_the_public_at_once(
    as_role: AsRole, api: ApiClient, site_a: Site
) -> None:
    client = as_role("tenant_admin")
    a_post(client, published=True)
    assert len(api.get("/public/alpha-site/posts").json()) == 1
    assert client.delete(SITE, {"confirm": "alpha-site"}).status_code == 204
    for path in (SITE, f"{SITE}/settings", "/alpha-site/posts", "/prompts/system?site=alpha-site"):
        assert client.get(path).status_code == 404
    for path in ("/public/alpha-site", "/public/alpha-site/posts", "/public/alpha-site/elements"):
        assert api.get(path).status_code == 404
    assert client.get("/sites").json()["items"] == []
    site_a.refresh_from_db()
    assert site_a.deleted_at is not None
    planned = Due.objects.get()
    assert (planned.kind, planned.tenant_id, planned.subject) == (
        "sites.purge_site",
        site_a.tenant_id,
        f"site:{site_a.pk}",
    )
    assert planned.at - site_a.deleted_at == datetime.timedelta(days=30)
    assert client.post("/sites", {"identifier": "alpha-site", "name": "Again"}).status_code == 409


def test_a_site_that_nothing_hangs_on_is_gone_after_30_days(as_role: AsRole, run_due: Any, tenant_a: Any) -> None:
    client = as_role("tenant_admin")
    assert client.post("/sites", {"identifier": "short-lived", "name": "Short"}).status_code == 201
    assert client.put("/sites/short-lived/settings", {"domains": ["short.example.com"]}).status_code == 200
    assert client.delete("/sites/short-lived?confirm=short-lived").status_code == 204
    assert run_due() == 0
    expire()
    assert run_due() == 1
    assert (Site.objects.filter(identifier="short-lived").count(), Domain.objects.count(), Due.objects.count()) == (
        0,
        0,
        0,
    )
    row = EventRow.objects.get(name="sites.site_purged")
    assert (row.tenant_id, row.actor_kind, row.actor_label) == (tenant_a.pk, "system", "30 days after its deletion")
    assert client.post("/sites", {"identifier": "short-lived", "name": "Again"}).status_code == 201


def test_a_site_stays_unreachable_while_other_apps_hold_rows_of_it(
    as_role: AsRole, run_due: Any, api: ApiClient, site_a: Site
) -> None:
    client = as_role("tenant_admin")
    a_post(client, published=True)
    client.delete(f"{SITE}?confirm=alpha-site")
    for told in (1, 2):
        expire()
        assert run_due() == 1
        assert Due.objects.get().at - timezone.now() > datetime.timedelta(hours=23)
        assert EventRow.objects.filter(name="sites.site_expired", site_id=site_a.pk).count() == told
    assert Site.objects.get(pk=site_a.pk).status == "deleting"
    assert api.get("/public/alpha-site/posts").status_code == 404
    with inside(site_a.tenant):
        assert Post.objects.filter(site=site_a).count() == 1


def test_one_site_more_than_the_limit_is_refused_with_limit_and_count(
    as_role: AsRole, tenant_a: Any, site_a: Site
) -> None:
    tenant_a.limits = {"sites": 2}
    tenant_a.save()
    client, before = as_role("tenant_admin"), events()
    assert client.post("/sites", {"identifier": "second", "name": "2"}).status_code == 201
    answer = client.post("/sites", {"identifier": "third", "name": "3"})
    assert (answer.status_code, answer.json()["code"]) == (409, "sites.limit.sites")
    assert answer.json()["detail"] == {
        "message": "The tenant has as many sites as it may have.",
        "limit": 2,
        "count": 2,
    }
    assert Site.objects.filter(tenant=tenant_a).count() == 2
    assert events() == [*before, "sites.site_created"]
    assert client.delete("/sites/second?confirm=second").status_code == 204
    assert client.post("/sites", {"identifier": "third", "name": "3"}).status_code == 201


@pytest.mark.parametrize("word", ["tenants", "prompts", "public", "sites", "admin"])
def test_first_segments_of_addresses_cannot_be_identifiers(word: str, as_role: AsRole) -> None:
    answer = as_role("tenant_admin").post("/sites", {"identifier": word, "name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "sites.identifier.reserved")
