"""Versions, times and the trash in the admin."""

import html
from typing import Any

import pytest

from apps.content.models import Post
from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.models import EventRow
from apps.core.tenancy import inside
from conftest import AsRole
from tests.conftest import SignIn
from tests.test_admin_writing import change

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

PAYLOADS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "'; --", "\u202e\u0000"[:1]]


def row(site: Any, made: dict[str, Any]) -> Post:
    with inside(site.tenant):
        return Post.objects.get(pk=made["id"])


def test_a_version_is_restored_on_the_page_of_versions(sign_in: SignIn, as_role: AsRole, site_a: Any) -> None:
    api = as_role("editor")
    made = a_post(api, title="First", published=True)
    api.patch(f"/alpha-site/posts/{made['id']}", {"title": "Second"})
    client, path = sign_in("editor"), f"/admin/content/post/{made['id']}/versions/"
    page = client.get(path, follow=True).content.decode()
    assert "Version 2 · public" in page
    assert "First</del>" in page
    sent = {"version": "1", "draft": "1", "etag": row(site_a, made).etag}
    assert client.post(path, sent).status_code == 302
    post = row(site_a, made)
    assert (post.title, post.version, post.has_draft) == ("First", 3, True)
    client.post(path, sent)
    assert row(site_a, made).version == 3, "the tag was that of a version before"
    viewer, events = sign_in("viewer"), EventRow.objects.count()
    assert "Restore" not in viewer.get(path, follow=True).content.decode()
    viewer.post(path, sent | {"etag": post.etag})
    assert (row(site_a, made).version, EventRow.objects.count()) == (3, events)


def test_times_are_set_in_the_form_by_those_who_may_publish(sign_in: SignIn, as_role: AsRole, site_a: Any) -> None:
    made = a_post(as_role("author"))
    post = row(site_a, made)
    times = {"publish_at_0": "2035-03-31", "publish_at_1": "12:30:00"}
    change(sign_in("author"), post, **times)
    assert row(site_a, made).publish_at is None
    assert change(sign_in("editor"), row(site_a, made), **times).status_code == 302
    planned = row(site_a, made)
    assert (planned.status, f"{planned.publish_at:%Y-%m-%d %H:%M %Z}") == ("scheduled", "2035-03-31 12:30 UTC")
    emptied = change(sign_in("editor"), planned, publish_at_0="", publish_at_1="")
    assert (emptied.status_code, row(site_a, made).status) == (302, "draft")


def test_the_buttons_publish_and_take_back(sign_in: SignIn, as_role: AsRole, site_a: Any) -> None:
    made, client = a_post(as_role("editor"), title="A"), sign_in("editor")
    assert change(client, row(site_a, made), title="B", content_post_publish_now="1").status_code == 302
    assert (row(site_a, made).published, row(site_a, made).title) == (True, "B")
    assert change(client, row(site_a, made), content_post_take_back="1").status_code == 302
    assert not row(site_a, made).published


def test_the_trash_is_a_filter_from_which_things_come_back_or_leave(
    sign_in: SignIn, as_role: AsRole, site_a: Any
) -> None:
    api = as_role("editor")
    kept, lost = a_post(api, title="Comes back"), a_post(api, title="Leaves")
    for made in (kept, lost):
        api.delete(f"/alpha-site/posts/{made['id']}")
    client, path = sign_in("editor"), "/admin/content/post/?status=trash"
    assert "Comes back" not in client.get("/admin/content/post/").content.decode()
    assert "Comes back" in client.get(path).content.decode()
    sign_in("viewer").post(path, {"action": "purge_selected", "_selected_action": [lost["id"]]})
    assert api.get("/alpha-site/trash").json()["total"] == 2
    client.post(path, {"action": "restore_selected", "_selected_action": [kept["id"]]})
    client.post(path, {"action": "purge_selected", "_selected_action": [lost["id"]]})
    assert api.get(f"/alpha-site/posts/{kept['id']}").json()["status"] == "draft"
    assert api.get("/alpha-site/trash").json()["total"] == 0
    with inside(site_a.tenant):
        assert not Post.objects.filter(pk=lost["id"]).exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_write_is_shown_as_text(payload: str, sign_in: SignIn, as_role: AsRole, site_a: Any) -> None:
    api = as_role("site_admin")
    post = a_post(api, title="x", content="x", keywords=["x"])
    api.patch(f"/alpha-site/posts/{post['id']}", {"title": payload, "content": payload, "keywords": [payload]})
    made = an_element(api, a_type(api), {"name": payload}, tags=[payload])
    api.patch(f"/alpha-site/elements/{made['id']}", {"data": {"name": "x", payload: payload}})
    told = api.get(f"/alpha-site/elements/{made['id']}/versions").json()["items"][0]["diff"]
    assert {change["before"] for change in told} | {change["after"] for change in told} == {payload, "x", None}
    client = sign_in("editor")
    pages = [f"/admin/content/{kind}/{id}/versions/" for kind, id in (("post", post["id"]), ("element", made["id"]))]
    api.delete(f"/alpha-site/posts/{post['id']}")
    for path in (pages[1], "/admin/content/post/?status=trash"):
        page = client.get(path, follow=True).content.decode()
        assert html.escape(payload) in page or html.escape(payload).replace("&#x27;", "&#39;") in page
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
