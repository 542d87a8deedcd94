import pytest

from apps.content.tests.factories import a_post

pytestmark = pytest.mark.django_db


def rename(client, post, slug, query=""):
    answer = client.patch(f"/alpha-site/posts/{post['id']}{query}", {"slug": slug})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_slug_of_the_past_still_leads_to_its_post(as_role):
    editor = as_role("editor")
    made = a_post(editor, slug="first")
    rename(editor, made, "second")
    rename(editor, made, "third")
    for slug in ("first", "second", "third"):
        found = editor.get(f"/alpha-site/posts/slug/{slug}").json()
        assert (found["id"], found["slug"]) == (made["id"], "third")
    assert editor.get("/alpha-site/posts/slug/fourth").status_code == 404
    editor.delete(f"/alpha-site/posts/{made['id']}")
    assert editor.get("/alpha-site/posts/slug/third").status_code == 404


def test_of_equal_slugs_the_asked_language_comes_first_then_the_sites(as_role):
    editor = as_role("editor")
    german = a_post(editor, slug="same", locale="de")
    own = a_post(editor, slug="same")
    path = "/alpha-site/posts/slug/same"
    assert editor.get(path).json()["id"] == own["id"]
    assert editor.get(f"{path}?locale=de").json()["id"] == german["id"]
    assert editor.get(f"{path}?locale=fr").json()["id"] == own["id"]
    assert editor.get(f"{path}?locale=no_such").status_code == 400


def test_the_public_is_led_from_the_old_address_to_the_new(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, slug="old", published=True)
    rename(editor, made, "new")
    answer = api.get("/public/alpha-site/posts/old/?utm=1&x=%20y")
    assert (answer.status_code, answer["Location"]) == (301, "/public/alpha-site/posts/new?utm=1&x=%20y")
    assert answer["Cache-Control"] == api.get("/public/alpha-site/posts/new")["Cache-Control"]
    rename(editor, made, "newest")
    assert api.get("/public/alpha-site/posts/old")["Location"] == "/public/alpha-site/posts/newest"
    editor.patch(f"/alpha-site/posts/{made['id']}", {"published": False})
    assert api.get("/public/alpha-site/posts/old").status_code == 404


def test_a_slug_in_use_again_leads_to_its_new_owner_only(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, slug="old", published=True)
    rename(editor, made, "new")
    owner = a_post(editor, slug="old")
    assert api.get("/public/alpha-site/posts/old").status_code == 404
    assert editor.get("/alpha-site/posts/slug/old").json()["id"] == owner["id"]
    editor.patch(f"/alpha-site/posts/{owner['id']}", {"published": True})
    assert api.get("/public/alpha-site/posts/old").json()["id"] == owner["id"]


def test_the_slug_of_a_draft_is_not_public_and_the_public_one_stays_taken(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, slug="shown", published=True)
    rename(editor, made, "secret", "?draft=true")
    assert api.get("/public/alpha-site/posts/secret").status_code == 404
    assert api.get("/public/alpha-site/posts/shown").json()["slug"] == "shown"
    answer = editor.post("/alpha-site/posts", {"title": "Other", "slug": "shown", "published": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.slug.taken")
    assert a_post(editor, title="Shown")["slug"] == "shown-2"
    editor.post(f"/alpha-site/posts/{made['id']}/publish")
    assert api.get("/public/alpha-site/posts/shown")["Location"] == "/public/alpha-site/posts/secret"
    assert a_post(editor, title="Shown")["slug"] == "shown"


def test_a_derived_slug_of_full_length_finds_its_number(as_role):
    editor = as_role("editor")
    longest = "a" * 200
    made = a_post(editor, slug=longest)
    editor.delete(f"/alpha-site/posts/{made['id']}")
    a_post(editor, slug=longest)
    answer = editor.post(f"/alpha-site/trash/post/{made['id']}/restore").json()
    assert answer["slug"] == "a" * 192 + "-2"
