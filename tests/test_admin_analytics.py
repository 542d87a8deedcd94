"""A site's figures in the admin: for whoever may read them, of its own sites, with hostile words as words."""

import datetime
import json
import re

import pytest
from django.utils import timezone

from apps.accounts.services import users as people
from apps.analytics.services import copying
from apps.analytics.services.copying import Row
from apps.core.actor import Actor
from apps.sites.models import Site
from apps.sites.services import sites
from conftest import Users
from tests.conftest import SignIn

PAGE = "/admin/analytics/"
HOSTILE = "</script><script>alert(1)</script>"
SYSTEM = Actor.system(because="tests")


def seen(site: Site, **members: object) -> None:
    at = timezone.now() - datetime.timedelta(minutes=1)
    about = {"kind": "page_view", "agent": "person", "visitor": 1, "path": "/a"} | members
    copying.store([Row(tenant_id=site.tenant_id, site_id=site.pk, at=at, **about)])  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_editor_sees_numbers_charts_and_lists_of_its_own_site(sign_in: SignIn, site_a: Site, site_b: Site) -> None:
    seen(site_a, path=HOSTILE, referrer=HOSTILE)
    seen(site_a, kind="search", query=HOSTILE, results=0)
    seen(site_b, path="/canary")
    client = sign_in("editor")
    assert PAGE in client.get("/admin/").content.decode()
    for wanted in ("day", "week", "month", "quarter", "year", "nonsense"):
        answer = client.get(PAGE, {"range": wanted, "site": site_b.pk})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert [card["count"] for card in answer.context["cards"]] == [1, 1, 1, 1, 0, 0]
        charts = re.search(r'<script id="analytics-charts" type="application/json">(.*?)</script>', page)
        assert charts
        assert sum(json.loads(charts[1])["people"][1]) == 1
        assert (HOSTILE in page, "&lt;/script&gt;" in page, "canary" in page) == (False, True, False)


@pytest.mark.django_db
def test_without_the_permission_there_is_no_page(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_a_role_on_one_site_shows_that_one(sign_in: SignIn, users: Users, site_a: Site) -> None:
    second = sites.create(actor=SYSTEM, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    viewer = users["alpha"]["viewer"]
    people.grant(actor=SYSTEM, user=viewer, tenant_id=site_a.tenant_id, role="editor", site_id=second.pk)
    page = sign_in("viewer").get(PAGE, {"site": site_a.pk})
    assert (page.context["place"], page.context["places"]) == (second, [second])
