"""A site's settings: one document, checked by its schema, that columns and domains follow."""

from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import EventRow
from apps.sites import settings
from apps.sites.models import Domain, Site
from cognitor.management.commands.build_docs import document
from conftest import AsRole
from tests.client import ApiClient, operations

PATH = "/sites/alpha-site/settings"
WHOLE: dict[str, Any] = {
    "title": "Alpha",
    "description": "All of it",
    "locales": ["de", "en", "fr"],
    "default_locale": "de",
    "fallback": {"de-CH": ["de", "en"]},
    "locale_labels": {"fr": "En français"},
    "domains": ["www.alpha.example", "alpha.example"],
    "urls": {"page": "/site{path}", "post": "/blog/{id}-{slug}"},
    "public_listing": True,
    "cache": {"max_age": 60},
    "cors_origins": ["https://app.alpha.example", "http://localhost:3000"],
    "contact_email": "hello@alpha.example",
    "branding": {"logo_media_id": 7, "primary_color": "#aa00ff"},
}
DEFAULTS: dict[str, Any] = {
    "title": "Twin site",
    "description": "CANARY-ALPHA",
    "locales": ["en"],
    "default_locale": "en",
    "fallback": {},
    "locale_labels": {},
    "domains": [],
    "urls": {"page": "{path}", "post": "/posts/{slug}"},
    "public_listing": False,
    "cache": {"max_age": 0},
    "cors_origins": [],
    "contact_email": "",
    "branding": {"logo_media_id": None, "primary_color": None},
}


def test_settings_that_were_never_set_are_the_defaults(as_role: AsRole) -> None:
    assert as_role("viewer").get(PATH).json() == DEFAULTS


def test_settings_come_back_as_they_were_put_and_columns_follow(as_role: AsRole, api: ApiClient, site_a: Site) -> None:
    client = as_role("site_admin")
    answer = client.put(PATH, WHOLE)
    assert (answer.status_code, answer.json()) == (200, WHOLE)
    assert client.get(PATH).json() == WHOLE
    site_a.refresh_from_db()
    assert (site_a.default_locale, site_a.cache_seconds, site_a.version) == ("de", 60, 2)
    assert sorted(site_a.settings) == sorted(set(WHOLE) - {"default_locale", "domains", "cache"})
    rows = Domain.objects.order_by("pk").values_list("domain", "site_id", "tenant_id", "is_primary")
    assert list(rows) == [(name, site_a.pk, site_a.tenant_id, False) for name in WHOLE["domains"]]
    assert api.get("/public/alpha-site/posts")["Cache-Control"] == "public, max-age=60"
    event = EventRow.objects.get(name="sites.site_settings_changed")
    assert (event.subject_version, event.data) == (2, {})


def test_what_is_left_out_takes_its_default_but_the_default_locale_stays(as_role: AsRole) -> None:
    client = as_role("site_admin")
    client.put(PATH, WHOLE)
    assert client.put(PATH, {}).json() == DEFAULTS | {"default_locale": "de", "locales": ["de"]}
    assert Domain.objects.count() == 0


def test_a_title_that_was_never_set_is_the_sites_name_as_it_is_now(as_role: AsRole) -> None:
    client = as_role("site_admin")
    client.put(PATH, client.get(PATH).json())
    client.patch("/sites/alpha-site", {"name": "Renamed"})
    assert client.get(PATH).json()["title"] == "Renamed"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"theme": "dark"}, ["theme"]),
        ({"tenant_id": 2, "id": 1}, ["id", "tenant_id"]),
        ({"cache": {"max_age": -1}}, ["cache.max_age"]),
        ({"cache": {"max_age": 60, "private": True}}, ["cache.private"]),
        ({"branding": {"primary_color": "red; background:url(x)"}}, ["branding.primary_color"]),
        ({"branding": {"logo": 1}}, ["branding.logo"]),
        ({"locales": ["en", "not a locale"]}, ["locales.1"]),
        ({"locales": "en"}, ["locales"]),
        ({"fallback": {"de": ["de"]}}, ["fallback.de"]),
        ({"domains": ["UPPER.example"]}, ["domains.0"]),
        ({"domains": ["localhost"]}, ["domains.0"]),
        ({"domains": ["10.0.0.1"]}, ["domains.0"]),
        ({"domains": ["a.example", "a.example"]}, ["domains"]),
        ({"domains": ["a.example\n"]}, ["domains.0"]),
        ({"cors_origins": ["*"]}, ["cors_origins.0"]),
        ({"cors_origins": ["https://a.example/path"]}, ["cors_origins.0"]),
        ({"contact_email": "nobody"}, ["contact_email"]),
        ({"urls": {"post": "/blog"}}, ["urls.post"]),
        ({"urls": {"post": "https://evil.example/{slug}"}}, ["urls.post"]),
        ({"urls": {"page": "/a b{path}"}}, ["urls.page"]),
        ({"urls": {"media": "/{id}"}}, ["urls.media"]),
        ({"public_listing": "yes"}, ["public_listing"]),
        ({"title": None}, ["title"]),
        ({"title": "x" * 201}, ["title"]),
    ],
)
def test_a_document_that_breaks_the_schema_is_400_and_changes_nothing(
    change: Any, fields: list[str], as_role: AsRole, site_a: Site
) -> None:
    before, events = Site.objects.filter(pk=site_a.pk).values().get(), EventRow.objects.count()
    answer = as_role("site_admin").put(PATH, WHOLE | change)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert sorted(fault["field"] for fault in answer.json()["errors"]) == fields
    assert Site.objects.filter(pk=site_a.pk).values().get() == before
    assert (EventRow.objects.count(), Domain.objects.count()) == (events, 0)


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_a_body_that_is_no_object_is_400(body: Any, as_role: AsRole) -> None:
    assert as_role("site_admin").put(PATH, body).status_code == 400


def test_a_domain_that_another_site_has_proven_is_409_whoever_has_it(as_role: AsRole, site_b: Site) -> None:
    other = as_role("site_admin", tenant="beta")
    assert other.put("/sites/beta-site/settings", {"domains": ["shared.example"]}).status_code == 200
    Domain.objects.update(verified_at=timezone.now())
    client = as_role("site_admin")
    answer = client.put(PATH, {"title": "Lost", "domains": ["own.example", "shared.example"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "sites.domain.taken")
    assert answer.json()["detail"]["domain"] == "shared.example"
    assert client.get(PATH).json() == DEFAULTS
    assert list(Domain.objects.values_list("domain", "site_id")) == [("shared.example", site_b.pk)]


def test_two_sites_may_claim_a_domain_that_none_has_proven(as_role: AsRole) -> None:
    for site, tenant in (("beta-site", "beta"), ("alpha-site", "alpha")):
        client = as_role("site_admin", tenant=tenant)
        assert client.put(f"/sites/{site}/settings", {"domains": ["shared.example"]}).status_code == 200
    assert Domain.objects.filter(domain="shared.example", verified_at=None).count() == 2


def test_settings_read_before_another_change_cannot_be_written(as_role: AsRole) -> None:
    client = as_role("site_admin")
    tag = client.get(PATH)["ETag"]
    assert client.get(PATH, headers={"If-None-Match": tag}).status_code == 304
    assert client.patch("/sites/alpha-site", {"name": "Changed"}).status_code == 200
    answer = client.put(PATH, WHOLE, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    fresh = client.get(PATH)["ETag"]
    done = client.put(PATH, WHOLE, headers={"If-Match": fresh})
    assert (done.status_code, done["ETag"]) == (200, client.get(PATH)["ETag"])


def test_the_document_describes_settings_by_the_schema_that_checks_them() -> None:
    answer = operations()["sites_settings_get"][2]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/SiteSettingsDocument"}
    assert document()["components"]["schemas"]["SiteSettingsDocument"] == settings.SCHEMA
    assert set(settings.SCHEMA["properties"]) == set(WHOLE)
