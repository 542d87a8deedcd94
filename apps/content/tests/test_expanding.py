"""`expand=`: what elements refer to, beside their raw ids."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.tests.factories import a_post, a_type, an_element
from apps.media.tests import factories as files

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def friends(as_role, site_a, users):
    """Three elements in a row; the last one has a post and a picture."""
    admin = as_role("site_admin")
    kind = a_type(admin)
    cover = files.make(site_a, author=users["alpha"]["editor"]).pk
    connection.set_schema_to_public()
    posts = [a_post(admin, title=title)["id"] for title in ("One", "Two")]
    last = an_element(admin, kind, {"name": "last", "story": posts[0], "cover": cover, "more": posts})
    middle = an_element(admin, kind, {"name": "middle", "friend": last["id"], "story": posts[1]})
    first = an_element(admin, kind, {"name": "first", "friend": middle["id"]})
    return admin, first["id"], middle["id"], last["id"], posts, cover


def test_references_are_shown_beside_their_raw_ids_as_their_own_addresses_give_them(friends):
    admin, _, _, last, posts, cover = friends
    plain = admin.get(f"/alpha-site/elements/{last}").json()
    shown = admin.get(f"/alpha-site/elements/{last}?expand=story,cover,more,friend").json()
    assert "expanded" not in plain
    assert {name: value for name, value in shown.items() if name != "expanded"} == plain
    one, two = (admin.get(f"/alpha-site/posts/{post}").json() for post in posts)
    picture = admin.get(f"/alpha-site/media/{cover}").json()
    assert shown["expanded"] == {"story": one, "cover": picture, "more.0": one, "more.1": two}


def test_a_path_goes_on_in_what_was_found_up_to_three_deep(friends):
    admin, first, middle, last, posts, _ = friends
    path = f"/alpha-site/elements/{first}"
    shown = admin.get(f"{path}?expand=friend.friend.cover,friend.story").json()["expanded"]["friend"]
    assert (shown["id"], shown["expanded"]["story"]["id"]) == (middle, posts[1])
    inner = shown["expanded"]["friend"]
    assert (inner["id"], list(inner["expanded"]), inner["expanded"]["cover"]["media_type"]) == (
        last, ["cover"], "image/png"
    )  # fmt: skip
    assert admin.get(f"{path}?expand=friend.friend.friend").status_code == 200
    answer = admin.get(f"{path}?expand=friend.friend.friend.friend")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown")


def test_what_is_gone_is_null_and_so_are_files_that_the_caller_may_not_read(friends, as_role):
    admin, _, middle, last, posts, _ = friends
    assert admin.delete(f"/alpha-site/posts/{posts[0]}?force=true").status_code == 204
    shown = admin.get(f"/alpha-site/elements/{last}?expand=story,more,cover").json()["expanded"]
    assert (shown["story"], shown["more.0"], shown["more.1"]["id"]) == (None, None, posts[1])
    assert admin.delete(f"/alpha-site/elements/{last}?force=true").status_code == 204
    assert admin.get(f"/alpha-site/elements/{middle}?expand=friend.cover").json()["expanded"] == {"friend": None}


def test_the_validator_of_an_expanded_answer_follows_what_is_shown(friends):
    admin, _, _, last, posts, _ = friends
    path = f"/alpha-site/elements/{last}?expand=story"
    tag = admin.get(path).headers["ETag"]
    assert admin.get(path, headers={"If-None-Match": tag}).status_code == 304
    admin.patch(f"/alpha-site/posts/{posts[0]}", {"title": "Changed"})
    answer = admin.get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["expanded"]["story"]["title"]) == (200, "Changed")


def test_a_list_is_expanded_in_as_many_statements_as_one_element(friends):
    admin, _, _, last, posts, cover = friends

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = admin.get("/alpha-site/elements?expand=story,cover,more,friend.story&size=500")
        assert answer.status_code == 200
        return len(caught)

    before = statements()
    kind = {"id": admin.get("/alpha-site/contenttypes").json()[0]["id"]}
    for _ in range(5):
        an_element(admin, kind, {"name": "x", "story": posts[0], "cover": cover, "more": posts, "friend": last})
    assert statements() == before


def test_a_thousand_documents_are_shown_and_not_one_more(friends):
    admin, *_, posts, _ = friends
    kind = {"id": admin.get("/alpha-site/contenttypes").json()[0]["id"]}
    many = an_element(admin, kind, {"name": "many", "more": [posts[0]] * 1000})
    answer = admin.get(f"/alpha-site/elements/{many['id']}?expand=more")
    assert (answer.status_code, len(answer.json()["expanded"])) == (200, 1000)
    more = an_element(admin, kind, {"name": "more", "more": [posts[0]] * 1001})
    answer = admin.get(f"/alpha-site/elements/{more['id']}?expand=more")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "expand")
