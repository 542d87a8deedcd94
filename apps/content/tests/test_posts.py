import datetime

import pytest
from django.utils import timezone

from apps.content.services import posts
from apps.content.tests.factories import a_post, at, public
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.tenancy import inside

pytestmark = pytest.mark.django_db


def test_both_ways_of_saying_published_are_understood(as_role):
    editor = as_role("editor")
    one = a_post(editor, title="One", published=True, keywords=["Meta", "models"], short_description="", locale="de")
    two = a_post(editor, title="Two", slug="two", status="published", unknown="tolerated")
    assert (one["published"], one["status"], one["keywords"], one["short_description"]) == (
        True,
        "published",
        ["Meta", "models"],
        "",
    )
    assert (two["published"], two["slug"], two["keywords"], two["short_description"]) == (True, "two", None, None)


def test_a_derived_slug_takes_the_next_number_and_a_given_one_that_is_taken_is_409(as_role):
    editor = as_role("editor")
    assert [a_post(editor, title="Ebb & Flüt")["slug"] for _ in range(3)] == ["ebb-flut", "ebb-flut-2", "ebb-flut-3"]
    answer = editor.post("/alpha-site/posts", {"title": "X", "slug": "ebb-flut"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.slug.taken")
    assert a_post(editor, title="X", slug="ebb-flut", locale="de")["slug"] == "ebb-flut"
    assert editor.get("/alpha-site/posts").json()["total"] == 4


def test_a_patch_is_partial_and_any_locale_is_kept(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, content="# Head", published=True)
    answer = editor.patch(f"/alpha-site/posts/{made['id']}", {"content": "New", "locale": "pt-BR"}).json()
    assert (answer["title"], answer["content"], answer["locale"]) == ("A post", "New", "pt-BR")
    assert [(p["content"], p["locale"]) for p in public(api, "posts")] == [("New", "pt-BR")]


def test_the_public_sees_published_posts_newest_first_by_id_or_slug(as_role, api):
    editor = as_role("editor")
    one = a_post(editor, title="One", published=True)
    a_post(editor, title="Hidden")
    two = a_post(editor, title="Two", published=True)
    assert [p["id"] for p in public(api, "posts")] == [two["id"], one["id"]]
    assert public(api, "posts/one")["id"] == public(api, f"posts/{one['id']}")["id"] == one["id"]
    assert api.get("/public/alpha-site/posts/hidden").status_code == 404
    assert api.get("/public/beta-site/posts/one").status_code == 404


def test_a_deleted_post_is_gone_everywhere_and_its_slug_is_free(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, title="One", published=True)
    assert editor.delete(f"/alpha-site/posts/{made['id']}").status_code == 204
    assert editor.get(f"/alpha-site/posts/{made['id']}").status_code == 404
    assert public(api, "posts") == []
    assert a_post(editor, title="One")["slug"] == "one"


def test_a_scheduled_post_is_published_once_when_its_time_has_come(as_role, api, site_a, run_due):
    actor = Actor.system(because="tests", tenant_id=site_a.tenant_id)
    with inside(site_a.tenant):
        moment = timezone.now() + datetime.timedelta(hours=1)
        made = posts.create(actor=actor, site=site_a, title="Later", times={"publish_at": moment})
    assert (made.status, made.published) == ("scheduled", False)
    assert run_due() == 0
    assert public(api, "posts") == []
    with at(moment):
        assert (run_due(), run_due()) == (1, 0)
    assert [p["title"] for p in public(api, "posts")] == ["Later"]
    assert as_role("viewer").get(f"/alpha-site/posts/{made.pk}").json()["status"] == "published"


def test_publishing_by_hand_takes_the_plan_back(as_role, site_a):
    actor = Actor.system(because="tests", tenant_id=site_a.tenant_id)
    with inside(site_a.tenant):
        made = posts.create(
            actor=actor, site=site_a, title="Later", times={"publish_at": timezone.now() + datetime.timedelta(hours=1)}
        )
    as_role("editor").patch(f"/alpha-site/posts/{made.pk}", {"published": True})
    assert not Due.objects.filter(kind="content.publish").exists()


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "\u202e", "{{7*7}}", "'; --"]
)
def test_text_is_stored_and_given_back_verbatim(as_role, payload):
    editor = as_role("editor")
    made = a_post(editor, title=payload, content=payload)
    assert (made["title"], made["content"]) == (payload, payload)
