"""What people find in the sites that they may read: drafts too, and no word of any other site."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.accounts.services import users as people
from apps.content.tests.factories import a_post, a_translation, a_type, an_element
from apps.core import context
from apps.core.actor import Actor
from apps.media.tests import factories as files
from apps.search.services import searching
from apps.sites.services import sites
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system(because="tests")
Deliver = Callable[[], int]


def find(client: ApiClient, q: str, **query: Any) -> Any:
    answer = client.get("/search/", {"q": q, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(client: ApiClient, q: str, **query: Any) -> set[str]:
    return {hit["title"] for hit in find(client, q, **query)["items"]}


def values(found: Any, facet: str) -> dict[str, int]:
    return {one["value"]: one["count"] for one in found["facets"][facet]}


@pytest.fixture
def two_sites(as_role: AsRole, site_a: Any, users: Any, deliver_events: Deliver) -> None:
    sites.create(actor=SYSTEM, tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    admin = as_role("tenant_admin")
    card = a_type(admin)
    for number in range(3):
        an_element(admin, card, {"name": f"Otter {number}"}, tags=["river", f"n{number}"], published=number > 0)
    post = a_post(admin, title="Otter post", published=True, locale="en", keywords=["river"])
    a_translation(admin, "post", post["id"], "de", title="Otter Beitrag")
    admin.patch(f"/alpha-site/posts/{post['id']}?draft=true", {"content": "A draft about dams."})
    a_post(admin, "alpha-two", title="Otter in two", content="The secondword")
    a_post(as_role("tenant_admin", tenant="beta"), "beta-site", title="Otter of beta", published=True)
    connection.set_schema_to_public()
    files.make(site_a, author=users["alpha"]["editor"], name="otter.png", description="An otter")
    connection.set_schema_to_public()
    deliver_events()


@pytest.mark.usefixtures("two_sites")
def test_drafts_are_found_with_exact_counts_by_what_they_are(as_role: AsRole) -> None:
    editor = as_role("editor")
    found = find(editor, "otters")
    assert list(found) == ["items", "total", "page", "size", "has_next", "mode", "notice", "facets", "took"]
    assert (found["total"], len(found["items"]), found["has_next"], found["mode"]) == (7, 7, False, "keyword")
    assert values(found, "doc_type") == {"content_element": 3, "post": 3, "media": 1}
    assert values(found, "content_type") == {"card": 3}
    assert values(found, "tag") == {"river": 5, "n0": 1, "n1": 1, "n2": 1}
    assert values(found, "locale") == {"en": 6, "de": 1}
    assert values(found, "site") == {"alpha-site": 6, "alpha-two": 1}
    assert values(found, "status") == {"published": 3, "draft": 2, "changed": 2}
    (month,) = values(found, "month").items()
    assert month == (found["items"][0]["updated_at"][:7], 7)
    german, post = sorted(find(editor, "dams")["items"], key=lambda hit: hit["locale"])
    assert [german["title"], post["title"]] == ["Otter Beitrag", "Otter post"]
    assert (post["status"], post["site"], post["locale"]) == ("changed", "alpha-site", "en")
    assert post["highlight"] == {"content": ["A draft about <mark>dams</mark>."]}
    assert titles(editor, "otter", locales="de") == {"Otter Beitrag"}
    assert titles(editor, "otter", sites="alpha-two") == {"Otter in two"}
    assert titles(editor, "otter", sites="beta-site") == set()
    assert titles(editor, "otter", tags="river,n1") == {"Otter 1"}
    page = find(editor, "otter", size=4, page=2)
    assert (len(page["items"]), page["total"], page["facets"]) == (3, 7, found["facets"])
    assert editor.get("/search/?q=otter&colour=brown").status_code == 400


@pytest.mark.usefixtures("two_sites")
def test_a_role_on_one_site_finds_nothing_of_the_other_whatever_it_asks(site_a: Any, api: ApiClient) -> None:
    user = people.create(actor=SYSTEM, email="one@alpha.test", password=None, tenant=site_a.tenant)
    people.grant(actor=SYSTEM, user=user, tenant_id=site_a.tenant_id, role="viewer", site_id=site_a.pk)
    one = ApiClient().login(user)
    found = find(one, "otter")
    assert (found["total"], values(found, "site")) == (6, {"alpha-site": 6})
    nothing = find(one, "qwertzuiop")
    for hidden in (find(one, "secondword"), find(one, "otter", sites="alpha-two"), find(one, "beta")):
        assert hidden | {"took": 0} == nothing | {"took": 0}
    assert api.get("/search/?q=otter").status_code == 401


@pytest.mark.usefixtures("two_sites")
def test_without_the_right_to_read_media_none_is_found_or_counted(
    monkeypatch: pytest.MonkeyPatch, as_role: AsRole
) -> None:
    from apps.accounts.roles import ROLES

    monkeypatch.setitem(ROLES, "viewer", ROLES["viewer"] - {"media.read"})
    found = find(as_role("viewer"), "otter")
    assert values(found, "doc_type") == {"content_element": 3, "post": 3}
    assert found["total"] == 6


def test_a_public_search_leaves_a_note_for_whoever_counts(
    as_role: AsRole, deliver_events: Deliver, site_a: Any
) -> None:
    a_post(as_role("editor"), title="Marten", published=True)
    deliver_events()
    connection.set_tenant(site_a.tenant)
    now = context.begin("r")
    query = {"mode": "keyword", "q": "marten", "locale": "", "page": 1, "size": 5, "highlight": False}
    searching.public(site_a, query | {"doc_type": "", "content_type": "", "category": ""})
    assert now.notes == {"search": {"site_id": site_a.pk, "query": "marten", "total": 1}}
    assert context.begin("r").notes == {}
