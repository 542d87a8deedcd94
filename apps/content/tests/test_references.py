import pytest

from apps.content.tests.factories import a_post, a_type, an_element
from apps.media.tests import factories as files

pytestmark = pytest.mark.django_db


def links(client, path, query=""):
    answer = client.get(f"/alpha-site/{path}/references{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_references_are_told_from_both_ends_with_where_they_stand(as_role, site_a):
    admin = as_role("site_admin")
    kind, post = a_type(admin), a_post(admin, title="Story", published=True)
    picture = files.make(site_a, name="pic.png")
    data = {"name": "A", "story": post["id"], "more": [post["id"]], "cover": picture.pk}
    made = an_element(admin, kind, data, published=True)
    admin.patch(f"/alpha-site/elements/{made['id']}?draft=true", {"data": data | {"more": []}})
    found = links(admin, f"elements/{made['id']}")
    told = ("direction", "doc_type", "id", "field", "working", "live")
    assert [tuple(link[name] for name in told) for link in found["items"]] == [
        ("outgoing", "media", picture.pk, "cover", True, True),
        ("outgoing", "post", post["id"], "more.0", False, True),
        ("outgoing", "post", post["id"], "story", True, True),
    ]
    ends = [(link["label"], link["published"], link["missing"]) for link in found["items"]]
    assert ends == [("pic.png", True, False), ("Story", True, False), ("Story", True, False)]
    back = links(admin, f"posts/{post['id']}")
    assert [(link["direction"], link["id"], link["label"], link["field"]) for link in back["items"]] == [
        ("incoming", made["id"], "A", "more.0"),
        ("incoming", made["id"], "A", "story"),
    ]


def test_references_are_paged_filtered_and_say_what_is_gone(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    target = an_element(admin, kind, {"name": "T"})
    made = an_element(admin, kind, {"name": "A", "friend": target["id"]})
    for name in "BC":
        an_element(admin, kind, {"name": name, "friend": made["id"]})
    path = f"elements/{made['id']}"
    page = links(admin, path, "?size=2&page=2")
    assert (page["total"], [link["direction"] for link in page["items"]], page["has_next"]) == (3, ["outgoing"], False)
    only = links(admin, path, "?direction=incoming")
    assert ([link["label"] for link in only["items"]], only["total"]) == (["B", "C"], 2)
    admin.delete(f"/alpha-site/elements/{target['id']}?force=true")
    assert links(admin, path, "?direction=outgoing")["items"][0]["missing"] is True
    admin.delete(f"/alpha-site/elements/{target['id']}?purge=true")
    gone = links(admin, path, "?direction=outgoing")["items"][0]
    assert (gone["missing"], gone["label"], gone["published"]) == (True, "", False)
    assert admin.get(f"/alpha-site/{path}/references?direction=up").status_code == 400
