"""What anybody may know of sites."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.sites import delivery
from apps.sites.models import Domain, Site
from conftest import AsRole
from tests.client import ApiClient


def listing(client: ApiClient, site: str, **more: Any) -> None:
    assert client.put(f"/sites/{site}/settings", {"public_listing": True, **more}).status_code == 200


def test_only_sites_that_their_owners_list_are_shown(api: ApiClient, as_role: AsRole) -> None:
    assert api.get("/public/sites").json() == []
    names = ["claimed.example", "a.example", "b.example"]
    listing(as_role("site_admin"), "alpha-site", title="Alpha", locales=["en", "de"], domains=names)
    Domain.objects.exclude(domain="claimed.example").update(verified_at=timezone.now())
    answer = api.get("/public/sites")
    assert answer.json() == [
        {
            "identifier": "alpha-site",
            "title": "Alpha",
            "description": "CANARY-ALPHA",
            "locales": ["en", "de"],
            "url": "https://a.example",
        }
    ]
    assert answer["Cache-Control"] == "public, no-cache"
    assert api.get("/public/alpha-site").json()["links"]["website"] == "https://a.example"
    assert api.get("/public/sites", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_list_is_paged_in_the_order_of_identifiers(api: ApiClient, as_role: AsRole) -> None:
    listing(as_role("site_admin", tenant="beta"), "beta-site")
    listing(as_role("site_admin"), "alpha-site")
    found = api.get("/public/sites").json()
    assert [one["identifier"] for one in found] == ["alpha-site", "beta-site"]
    assert found[1]["url"] == f"{settings.PUBLIC_BASE_URL}/public/beta-site"
    assert api.get("/public/sites?limit=1&skip=1").json() == [found[1]]
    assert api.get("/public/sites?limit=0").status_code == 400


def test_the_list_takes_two_statements_for_any_number(as_role: AsRole) -> None:
    client = as_role("site_admin")
    for name in ("one", "two", "three"):
        client.post("/sites", {"identifier": name, "name": name})
        listing(client, name, domains=[f"{name}.example"])
    with CaptureQueriesContext(connection) as captured:
        assert len(delivery.listed(limit=10, skip=0)) == 3
    assert len([q for q in captured if not q["sql"].startswith("SET search_path")]) == 2


def test_suspended_and_deleted_sites_are_neither_listed_nor_told_of(
    api: ApiClient, as_role: AsRole, site_a: Site, tenant_b: Any
) -> None:
    listing(as_role("site_admin"), "alpha-site")
    listing(as_role("site_admin", tenant="beta"), "beta-site")
    tenant_b.status = "suspended"
    tenant_b.save()
    assert as_role("site_admin").delete("/sites/alpha-site?confirm=alpha-site").status_code == 204
    assert api.get("/public/sites").json() == []
    assert api.get("/public/alpha-site").content == api.get("/public/no-such-site").content
    assert api.get("/public/beta-site").status_code == 404


def test_a_site_tells_its_title_locales_and_links_though_not_listed(api: ApiClient, as_role: AsRole) -> None:
    as_role("site_admin").put(
        "/sites/alpha-site/settings",
        {"title": "A", "default_locale": "de", "locales": ["de", "en"], "contact_email": "secret@alpha.example"},
    )
    here = f"{settings.PUBLIC_BASE_URL}/public/alpha-site"
    assert api.get("/public/alpha-site?category=x").json() == {
        "identifier": "alpha-site",
        "title": "A",
        "description": "CANARY-ALPHA",
        "default_locale": "de",
        "locales": ["de", "en"],
        "links": {
            "self": here,
            "elements": f"{here}/elements",
            "posts": f"{here}/posts",
            "pages": f"{here}/pages",
            "navigation": f"{here}/navigation",
            "sitemap": f"{here}/sitemap.xml",
            "feed": f"{here}/feed.xml",
        },
    }
