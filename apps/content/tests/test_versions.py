import pytest

from apps.content.tests.factories import a_post, a_type, an_element, public

pytestmark = pytest.mark.django_db


def history(client, path):
    answer = client.get(f"/alpha-site/{path}/versions")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_history_says_who_saved_what_and_which_version_is_public(as_role, users):
    editor, admin = as_role("editor"), as_role("site_admin")
    made = an_element(editor, a_type(admin), {"name": "A", "more": [], "gone": 1}, published=True)
    path = f"elements/{made['id']}"
    admin.patch(
        f"/alpha-site/{path}?draft=true", {"data": {"name": "B", "more": [], "new": {"x": None}}, "tags": ["t"]}
    )
    found = history(admin, path)
    assert [(v["number"], v["public"], bool(v["published_at"])) for v in found["items"]] == [
        (2, False, False),
        (1, True, True),
    ]
    assert [v["author"] for v in found["items"]] == [
        {"id": users["alpha"][role].pk, "name": f"Twin {role}"} for role in ("site_admin", "editor")
    ]
    assert [v["run"] for v in found["items"]] == ["", ""]
    assert (
        sorted(tuple(change.values()) for change in found["items"][0]["diff"])
        == [
            ("data.gone", "removed", 1, None),
            ("data.name", "changed", "A", "B"),
            ("data.new", "added", None, {"x": None}),
            ("tags.0", "added", None, "t"),
        ]
        or found["items"][0]["diff"]
    )
    assert found["items"][1]["diff"] == []


def test_history_is_paged_and_each_page_compares_with_the_version_before(as_role):
    admin = as_role("site_admin")
    made = a_post(admin, title="1")
    for number in range(2, 6):
        admin.patch(f"/alpha-site/posts/{made['id']}", {"title": str(number)})
    page = admin.get(f"/alpha-site/posts/{made['id']}/versions?size=2&page=2").json()
    assert (page["total"], page["has_next"]) == (5, True)
    assert [(v["number"], v["diff"][0]["before"], v["diff"][0]["after"]) for v in page["items"]] == [
        (3, "2", "3"),
        (2, "1", "2"),
    ]
    assert admin.get(f"/alpha-site/posts/{made['id']}/versions?size=51").status_code == 400
    assert admin.get(f"/alpha-site/posts/{made['id']}/versions?author=1").status_code == 400


def test_a_diff_is_bounded_in_its_members_and_in_their_size(as_role):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin))
    data = {"name": "x" * 5000} | {f"k{n}": n for n in range(80)}
    admin.patch(f"/alpha-site/elements/{made['id']}", {"data": data})
    newest = history(admin, f"elements/{made['id']}")["items"][0]
    assert (len(newest["diff"]), newest["diff_cut"]) == (50, True)
    assert len(newest["diff"][0]["after"]) == 1001


def test_a_version_is_had_whole_and_one_that_never_was_is_404(as_role):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), {"name": "A"}, tags=["x"])
    whole = admin.get(f"/alpha-site/elements/{made['id']}/versions/1").json()
    assert whole["snapshot"] == {"data": {"name": "A"}, "tags": ["x"], "locale": made["locale"]}
    for number in (0, 2, 2**31, "9" * 18, "9" * 30, "-1"):
        assert admin.get(f"/alpha-site/elements/{made['id']}/versions/{number}").status_code == 404


def test_restoring_is_a_new_version_that_the_public_sees_at_once(as_role, api):
    editor = as_role("editor")
    made = an_element(editor, a_type(as_role("site_admin")), {"name": "A"}, published=True)
    path = f"/alpha-site/elements/{made['id']}"
    editor.patch(path, {"data": {"name": "B"}})
    answer = editor.post(f"{path}/versions/1/restore")
    assert (answer.status_code, answer.json()["data"], answer.json()["version"]) == (200, {"name": "A"}, 3)
    assert answer["ETag"] == editor.get(path)["ETag"]
    assert [row["data"] for row in public(api)] == [{"name": "A"}]


def test_restoring_as_a_draft_leaves_the_public_as_it_is(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, title="A", slug="a", published=True)
    editor.patch(f"/alpha-site/posts/{made['id']}", {"title": "B"})
    before = public(api, "posts")
    answer = editor.post(f"/alpha-site/posts/{made['id']}/versions/1/restore?draft=true").json()
    assert (answer["title"], answer["has_draft"]) == ("A", True)
    assert public(api, "posts") == before


def test_a_version_that_fits_the_schema_no_more_is_refused_with_its_faults(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    made = an_element(admin, kind, {"name": "A"})
    path = f"/alpha-site/elements/{made['id']}"
    schema = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": schema})
    now = admin.patch(path, {"data": {"title": "B"}}).json()
    answer = admin.post(f"{path}/versions/1/restore")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "data")
    assert admin.get(path).json() == now


def test_a_version_that_refers_to_what_is_gone_is_refused(as_role):
    admin = as_role("site_admin")
    kind, post = a_type(admin), a_post(admin)
    made = an_element(admin, kind, {"name": "A", "story": post["id"]})
    path = f"/alpha-site/elements/{made['id']}"
    admin.patch(path, {"data": {"name": "B"}})
    admin.delete(f"/alpha-site/posts/{post['id']}")
    answer = admin.post(f"{path}/versions/1/restore")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reference")
    assert admin.get(path).json()["data"] == {"name": "B"}


def test_a_slug_that_is_anothers_by_now_stays_with_it_when_a_version_is_restored(as_role):
    editor = as_role("editor")
    made = a_post(editor, slug="first")
    editor.patch(f"/alpha-site/posts/{made['id']}", {"slug": "second", "title": "New"})
    a_post(editor, slug="first")
    answer = editor.post(f"/alpha-site/posts/{made['id']}/versions/1/restore").json()
    assert (answer["title"], answer["slug"]) == ("A post", "second")
    free = editor.post(f"/alpha-site/posts/{made['id']}/versions/2/restore").json()
    assert (free["title"], free["slug"]) == ("New", "second")


def test_an_author_restores_own_drafts_only_and_with_the_tag_of_what_it_saw(as_role):
    author, editor = as_role("author"), as_role("editor")
    own, others = a_post(author, title="A"), a_post(editor, title="A")
    for made, status in ((own, 200), (others, 403)):
        editor.patch(f"/alpha-site/posts/{made['id']}", {"title": "B"})
        before = editor.get(f"/alpha-site/posts/{made['id']}").json()
        path = f"/alpha-site/posts/{made['id']}/versions/1/restore"
        assert author.post(path, headers={"If-Match": '"post1-9-0"'}).status_code in (412, status)
        assert editor.get(f"/alpha-site/posts/{made['id']}").json() == before
        assert author.post(path).status_code == status
