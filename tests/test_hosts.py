"""A site's public paths at the domains that it has proven, and nothing else there."""

from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.actor import Actor
from apps.core.events import emit
from apps.media.tests import factories as files
from apps.sites import selectors
from apps.sites.events import DomainLost, DomainVerified
from apps.sites.models import Domain, SchemaState, Site, Tenant
from conftest import AsRole, Committed
from tests import pair
from tests.client import ApiClient
from tests.conftest import SignIn
from tests.lanes import LaneClient

NAME = "www.alpha.example"


def give(site: Site, name: str = NAME) -> Domain:
    """A domain that the site has proven."""
    row = Domain(domain=name, site=site, tenant_id=site.tenant_id, is_primary=False, verified_at=timezone.now())
    [made] = Domain.objects.bulk_create([row])
    return made


@pytest.fixture
def at(site_a: Site) -> Client:
    """A browser at the domain of alpha's site."""
    give(site_a)
    return Client(headers={"host": NAME})


def test_every_public_path_of_the_site_is_there_as_on_the_installations_own_host(
    at: Client, as_role: AsRole, site_a: Site, users: Any
) -> None:
    client = as_role("site_admin")
    post = a_post(client, published=True)
    element = an_element(client, a_type(client), {"name": "A"}, published=True)
    media = files.make(site_a, author=users["alpha"]["editor"]).pk
    connection.set_schema_to_public()
    own = Client()
    for path in (
        "",
        "/elements",
        "/elements/",
        f"/elements/{element['id']}",
        "/posts?limit=1&category=x",
        f"/posts/{post['slug']}",
        f"/media/{media}",
        f"/media/{media}/view",
        "/posts/no-such-post",
    ):
        there = own.get(f"/public/alpha-site{path}")
        body = b"".join(there)
        for address in (path or "/", f"/public/alpha-site{path}"):
            here = at.get(address)
            assert here.status_code == there.status_code, address
            assert b"".join(here) == body, address
            assert here.get("ETag") == there.get("ETag")
            assert here.get("Access-Control-Allow-Origin") == "*"
    assert at.get("/posts").json()[0]["id"] == post["id"]
    tag = at.get("/posts")["ETag"]
    assert at.get("/posts", headers={"If-None-Match": tag}).status_code == 304
    assert at.head("/posts").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/public/beta-site",
        "/public/beta-site/posts",
        "/public/alpha-site/../beta-site/posts",
        "/public/alpha-sites",
        "/public/sites",
        "/public",
        "/beta-site/posts",
        "/alpha-site/posts",
        "/alpha-site/contenttypes",
        "/sites",
        "/sites/alpha-site/settings",
        "/users",
        "/auth/currentuser",
        "/auth/login",
        "/admin",
        "/admin/",
        "/admin/login/",
        "/docs",
        "/openapi.json",
        "/static/cognitor/admin.css",
        "/files/uploads/site_1/a.png",
        "/account/reset-password",
        "/_allauth/browser/v1/config",
        "/jobs/00000000-0000-4000-8000-000000000001",
        "/%2e%2e/beta-site",
    ],
)
def test_anything_else_is_not_there(path: str, at: Client, as_role: AsRole) -> None:
    token = as_role("tenant_admin").defaults["HTTP_AUTHORIZATION"]
    for method in ("get", "post", "put", "delete"):
        answer = getattr(at, method)(path, headers={"Authorization": token})
        assert answer.status_code == 404, method
    assert not answer.cookies


def test_a_site_whose_name_is_a_word_of_the_api_leads_nowhere_else(site_a: Site) -> None:
    """`/public/posts/1` could as well be a post of a site called `public`."""
    Site.objects.filter(pk=site_a.pk).update(identifier="posts")
    give(site_a)
    for path in ("/1", "/public/posts/1"):
        assert Client(headers={"host": NAME}).get(path).status_code == 404


def test_tokens_and_cookies_are_not_looked_at(at: Client, as_role: AsRole, sign_in: SignIn) -> None:
    draft = a_post(as_role("editor"), title="CANARY-DRAFT")
    connection.set_schema_to_public()
    token = as_role("tenant_admin").defaults["HTTP_AUTHORIZATION"]
    assert at.get("/posts", headers={"Authorization": token}).json() == []
    assert at.get(f"/posts/{draft['id']}", headers={"Authorization": token}).status_code == 404
    browser = sign_in("tenant_admin", headers={"host": NAME})
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get("/posts")
    assert (answer.status_code, answer.cookies) == (200, {})
    assert not [q for q in captured if "session" in q["sql"] or "accounts_user" in q["sql"]]
    sent = at.post("/auth/login", {"username": pair.email("tenant_admin", "alpha"), "password": pair.PASSWORD})
    assert (sent.status_code, sent.cookies) == (404, {})


def test_a_link_in_a_mail_cannot_be_led_to_a_domain(at: Client, users: Any, deliver_events: Any) -> None:
    body = {"email": pair.email("editor", "alpha")}
    assert at.post("/auth/forgot-password", body, "application/json").status_code == 404
    forwarded = ApiClient(headers={"X-Forwarded-Host": NAME, "Forwarded": f"host={NAME}"})
    assert forwarded.post("/auth/forgot-password", body).status_code == 202
    deliver_events()
    [message] = mail.outbox
    assert "http://testserver/account/reset-password#token=" in str(message.body)
    assert NAME not in str(message.message())


@pytest.mark.parametrize("host", ["WWW.Alpha.EXAMPLE", f"{NAME}.", f"{NAME}:8443", f"{NAME}.:80"])
def test_case_trailing_dot_and_port_make_no_difference(host: str, at: Client) -> None:
    assert at.get("/", headers={"host": host}).json()["identifier"] == "alpha-site"


def test_an_international_name_is_known_by_its_ascii_form(as_role: AsRole, site_a: Site) -> None:
    name = "bücher.example".encode("idna").decode()
    assert name == "xn--bcher-kva.example"
    sent = as_role("site_admin").put("/sites/alpha-site/settings", {"domains": [name]})
    assert sent.status_code == 200
    Domain.objects.update(verified_at=timezone.now())
    assert Client(headers={"host": "XN--bcher-KVA.example"}).get("/").json()["identifier"] == "alpha-site"
    assert Client(headers={"host": "bücher.example"}).get("/").status_code == 400


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "alpha.example",
        f"x.{NAME}",
        "10.0.0.1",
        f"{NAME},testserver",
        f"u@{NAME}",
        f"{NAME}/x",
        "a b",
        "",
        ".",
    ],
)
def test_a_host_that_is_nobodys_is_400_everywhere(host: str, at: Client) -> None:
    for path in ("/", "/public/alpha-site", "/public/sites", "/docs", "/auth/login", "/static/cognitor/admin.css"):
        answer = at.get(path, headers={"host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "sites.host.unknown")


def test_a_claim_is_not_served(site_a: Site) -> None:
    row = Domain(domain=NAME, site=site_a, tenant_id=site_a.tenant_id, is_primary=False)
    Domain.objects.bulk_create([row])
    assert Client(headers={"host": NAME}).get("/").status_code == 400


def test_a_proxy_has_to_pass_the_host_on_unless_forwarded_hosts_are_believed(at: Client, settings: Any) -> None:
    behind = Client(headers={"X-Forwarded-Host": NAME})
    assert behind.get("/posts").status_code == 404
    settings.USE_X_FORWARDED_HOST = True
    assert behind.get("/posts").json() == []


def test_who_watches_the_process_may_call_it_by_address(at: Client) -> None:
    for host in ("10.0.0.7:8000", "cognitor", "node-1.cluster.example"):
        assert at.get("/health", headers={"host": host}).status_code == 200
        assert at.get("/", headers={"host": host}).status_code == 400
    assert at.get("/health").status_code == 404


def test_without_the_database_it_is_503_and_the_process_still_lives(
    at: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(host: str, read: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(selectors._HOSTS, "get", away)
    assert at.get("/posts").status_code == 503
    assert at.get("/health").status_code == 200
    assert at.get("/", headers={"host": "10.0.0.7"}).status_code == 400


def test_a_suspended_or_deleted_site_or_tenant_is_404(at: Client, site_a: Site, tenant_a: Tenant) -> None:
    paths = ("/", "/posts", "/public/alpha-site")
    for status in ("suspended", "deleting"):
        for model, pk in ((Site, site_a.pk), (Tenant, tenant_a.pk)):
            rows: Any = model.objects.filter(pk=pk)
            rows.update(status=status)
            assert {at.get(path).status_code for path in paths} == {404}
            rows.update(status="active")
            assert at.get("/posts").status_code == 200
    SchemaState.objects.filter(tenant=tenant_a).update(version="old", applied=[])
    assert {at.get(path).status_code for path in paths} == {503}


def test_the_same_post_at_two_domains_is_that_of_the_site_there(as_role: AsRole, site_a: Site, site_b: Site) -> None:
    for tenant, site, name in (("alpha", site_a, NAME), ("beta", site_b, "beta.example")):
        post = {"title": pair.canary(tenant), "slug": "same", "published": True}
        a_post(as_role("editor", tenant=tenant), site.identifier, **post)
        connection.set_schema_to_public()
        give(site, name)
    for host, tenant in ((NAME, "alpha"), ("beta.example", "beta"), (NAME, "alpha")):
        answer = Client(headers={"host": host}).get("/posts/same")
        assert answer.json()["title"] == pair.canary(tenant)
        assert connection.schema_name == "public"


def test_whose_a_name_is_costs_one_statement_is_remembered_and_forgotten_at_once(committed: Committed) -> None:
    def about_domains(host: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            answer = Client(headers={"host": host}).get("/posts")
        return answer.status_code, len([q for q in captured if "sites_domain" in q["sql"]])

    name = f"www.{committed.tenant.identifier}.example"
    assert [about_domains(name) for _ in range(2)] == [(400, 1), (400, 0)]
    row = give(committed.site, name)
    with transaction.atomic():
        emit(DomainVerified(subject_id=row.pk, label=name, site_id=committed.site.pk), actor=_system(committed))
    assert [about_domains(name) for _ in range(2)] == [(200, 1), (200, 0)]
    with transaction.atomic():
        Domain.objects.filter(pk=row.pk).delete()
        emit(DomainLost(subject_id=row.pk, label=name, site_id=committed.site.pk), actor=_system(committed))
    assert about_domains(name) == (400, 1)


def test_the_lane_serves_a_sites_own_domain_with_the_answers_that_it_has(committed: Committed) -> None:
    client, site = committed.client, committed.site.identifier
    a_post(client, site=site, title="here", published=True)
    name, lane = f"www.{committed.tenant.identifier}.example", LaneClient()
    give(committed.site, name)
    own = lane.get(f"/public/{site}/posts")
    for path in ("/posts", "/posts/", f"/public/{site}/posts"):
        there = lane.get(path, host=name)
        assert (there.by_django, there.body, there.headers["ETag"]) == (False, own.body, own.headers["ETag"])
    assert len(lane.lane.shelf.entries) == 1
    for path in ("/public/another-site/posts", f"/{site}/posts", "/admin/", "/search/sites/x"):
        assert (lane.get(path, host=name).by_django, lane.get(path, host=name).status) == (True, 404), path
    assert lane.get("/posts", host="nobody.example").status == 400


def test_at_a_sites_own_domain_the_lane_promises_tls_for_that_name_only(committed: Committed, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 60, True
    name, lane = f"www.{committed.tenant.identifier}.example", LaneClient()
    give(committed.site, name)
    promised = [
        lane.get(path, **host).headers["Strict-Transport-Security"]
        for path, host in ((f"/public/{committed.site.identifier}/posts", {}), ("/posts", {"host": name}))
    ]
    assert promised == ["max-age=60; includeSubDomains", "max-age=60"]


def _system(committed: Committed) -> Actor:
    return Actor.system(because="tests", tenant_id=committed.tenant.pk)


def test_a_name_is_found_by_its_index(at: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT site_id FROM sites_domain WHERE domain = 'a' AND verified_at IS NOT NULL")
        assert "domain_of_one_site" in "".join(row[0] for row in cursor.fetchall())


def test_a_domain_promises_nothing_for_the_names_below_it(at: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    plain = Client(headers={"host": NAME})
    moved = plain.get("/posts?limit=1")
    assert (moved.status_code, moved["Location"]) == (301, f"https://{NAME}/posts?limit=1")
    assert plain.get("/posts", secure=True)["Strict-Transport-Security"] == "max-age=600"
    assert Client().get("/public/sites", secure=True)["Strict-Transport-Security"].endswith("; preload")
