"""How many statements the hot doors take; a number that grows with the data would show here."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.tests.factories import a_post, a_type, an_element

pytestmark = pytest.mark.django_db


def statements(deed):
    with CaptureQueriesContext(connection) as seen:
        deed()
    return len([query for query in seen.captured_queries if "search_path" not in query["sql"]])


def test_creating_changing_and_publishing_take_a_fixed_number_of_statements(as_role):
    editor = as_role("editor")
    kind, post = a_type(as_role("site_admin")), a_post(editor, published=True)
    data = {"name": "A", "story": post["id"], "more": [post["id"]] * 20}
    made = an_element(editor, kind, data)
    path = f"/alpha-site/elements/{made['id']}"
    taken = {
        "create": statements(lambda: an_element(editor, kind, data)),
        "patch": statements(lambda: editor.patch(path, {"data": data})),
        "publish": statements(lambda: editor.post(f"{path}/publish")),
        "patch in public": statements(lambda: editor.patch(path, {"data": data})),
        "publish again": statements(lambda: editor.post(f"{path}/publish")),
    }
    assert taken == {"create": 11, "patch": 16, "publish": 16, "patch in public": 24, "publish again": 6}


def test_lists_of_the_past_take_a_fixed_number_of_statements(as_role):
    editor = as_role("editor")
    posts = [a_post(editor) for _ in range(6)]
    for number in range(5):
        editor.patch(f"/alpha-site/posts/{posts[0]['id']}", {"title": f"{number}"})
    for post in posts[1:]:
        editor.delete(f"/alpha-site/posts/{post['id']}")
    path = f"/alpha-site/posts/{posts[0]['id']}/versions"
    assert statements(lambda: editor.get(f"{path}?size=1")) == statements(lambda: editor.get(path))
    assert statements(lambda: editor.get("/alpha-site/trash?size=1")) == statements(
        lambda: editor.get("/alpha-site/trash")
    )
