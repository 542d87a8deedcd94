"""Pages in the admin: a tree to look at, written by the services that the API calls."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from apps.content.models import Page
from apps.content.tests.factories import a_page, a_type, an_element
from apps.core.tenancy import inside
from conftest import AsRole
from tests.conftest import SignIn
from tests.test_admin_writing import change

pytestmark = pytest.mark.django_db

LIST = "/admin/content/page/"


def rows(client: Client) -> list[tuple[int, str]]:
    """Depth and title of each row of the list."""
    found = re.findall(r'style="--depth: (\d+)">([^<]*)<', client.get(LIST).content.decode())
    return [(int(depth), title) for depth, title in found]


def stored(site: Any, pk: int) -> Page:
    with inside(site.tenant):
        return Page.objects.select_related("site").get(pk=pk)


def test_pages_are_listed_as_a_tree_and_moved_among_their_siblings(as_role: AsRole, sign_in: SignIn) -> None:
    editor = as_role("editor")
    one = a_page(editor, title="One")
    two = a_page(editor, title="Two <b>")
    a_page(editor, title="Below", parent_id=one["id"])
    client = sign_in("editor")
    assert rows(client) == [(0, "One"), (1, "Below"), (0, "Two &lt;b&gt;")]
    assert client.post(LIST, {"action": "move_up", "_selected_action": [two["id"]]}).status_code == 302
    assert rows(client) == [(0, "Two &lt;b&gt;"), (0, "One"), (1, "Below")]
    client.post(LIST, {"action": "move_down", "_selected_action": [two["id"]]})
    client.post(LIST, {"action": "move_down", "_selected_action": [two["id"]]})
    assert rows(client) == [(0, "One"), (1, "Below"), (0, "Two &lt;b&gt;")]
    sign_in("viewer").post(LIST, {"action": "move_up", "_selected_action": [two["id"]]})
    assert rows(client)[0] == (0, "One")


def test_a_page_is_made_and_changed_with_its_elements(as_role: AsRole, sign_in: SignIn, site_a: Any) -> None:
    admin = as_role("site_admin")
    element = an_element(admin, a_type(admin), published=True)
    parent = a_page(admin, title="Parent")
    client = sign_in("site_admin")
    places = {"page_elements": [{"section": "main", "position": 0, "content_element_id": element["id"]}]}
    sent = {
        "site": site_a.pk,
        "title": "Made",
        "parent_id": parent["id"],
        "seo": '{"robots": "noindex"}',
        "elements": json.dumps(places),
        "in_navigation": "on",
        "published": "on",
    }
    response = client.post(f"{LIST}add/", sent)
    assert response.status_code == 302, response.context["errors"]
    with inside(site_a.tenant):
        page = Page.objects.select_related("site").get(title="Made")
    assert (page.slug, page.parent_id, page.published, page.seo) == ("made", parent["id"], True, {"robots": "noindex"})
    assert page.page_elements[0]["element_id"] == element["id"]
    shown = client.get(f"{LIST}{page.pk}/change/").content.decode()
    assert "/parent/made" in shown
    assert "There is no SEO title" in shown
    assert change(client, page, title="Changed").status_code == 302
    page = stored(site_a, page.pk)
    assert (page.title, page.version, len(page.page_elements)) == ("Changed", 2, 1)
    assert change(client, page, title="Draft", content_page_save_draft="1").status_code == 302
    assert admin.get(f"/alpha-site/pages/{page.pk}").json()["has_draft"] is True
    page = stored(site_a, page.pk)
    refused = change(client, page, parent_id=str(page.pk))
    assert refused.status_code == 200
    assert "A page cannot be below itself." in refused.content.decode()
    assert stored(site_a, page.pk).parent_id == parent["id"]
