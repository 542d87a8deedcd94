import datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from apps.content.tests.factories import a_post, a_type, an_element, at, public
from apps.core.encoding import stamp
from apps.core.models import Due, EventRow

pytestmark = pytest.mark.django_db


def ahead(**span):
    return stamp(timezone.now() + datetime.timedelta(**span))


def publish(client, post, body=None, **options):
    return client.post(f"/alpha-site/posts/{post['id']}/publish", body or {}, **options)


def unpublish(client, post, body=None, **options):
    return client.post(f"/alpha-site/posts/{post['id']}/unpublish", body or {}, **options)


def later(run_due, **span):
    with at(timezone.now() + datetime.timedelta(**span)):
        return run_due()


def told(post):
    rows = EventRow.objects.filter(subject_type="post", subject_id=post["id"]).order_by("pk")
    return [row.name.removeprefix("content.post_") for row in rows]


def test_publishing_promotes_the_draft_and_then_has_nothing_to_do(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, title="A", published=True)
    editor.patch(f"/alpha-site/posts/{made['id']}?draft=true", {"title": "B"})
    answer = publish(editor, made)
    assert (answer.status_code, answer.json()["has_draft"], answer.json()["version"]) == (200, False, 2)
    assert [row["title"] for row in public(api, "posts")] == ["B"]
    events = told(made)
    again = publish(editor, made)
    assert (again.status_code, again.json(), told(made)) == (200, answer.json(), events)
    assert again["ETag"] == answer["ETag"] == editor.get(f"/alpha-site/posts/{made['id']}")["ETag"]


def test_unpublishing_twice_tells_it_once(as_role, api):
    editor = as_role("editor")
    made = a_post(editor, published=True)
    answer = unpublish(editor, made).json()
    assert (answer["published"], answer["status"], answer["published_at"]) == (False, "draft", None)
    assert unpublish(editor, made).status_code == 200
    assert told(made) == ["published", "unpublished"]
    assert public(api, "posts") == []


def test_an_element_is_published_and_taken_back_at_its_times(as_role, api, run_due):
    editor = as_role("editor")
    made = an_element(editor, a_type(as_role("site_admin")))
    path, start, end = f"/alpha-site/elements/{made['id']}", ahead(hours=1), ahead(hours=2)
    answer = editor.post(f"{path}/publish", {"publish_at": start, "unpublish_at": end}).json()
    assert [answer[name] for name in ("status", "publish_at", "unpublish_at")] == ["scheduled", start, end]
    assert (later(run_due, minutes=59), public(api)) == (0, [])
    assert later(run_due, minutes=61) == 1
    assert [row["id"] for row in public(api)] == [made["id"]]
    answer = editor.get(path).json()
    assert (answer["status"], answer["publish_at"], answer["unpublish_at"]) == ("published", None, end)
    assert later(run_due, minutes=121) == 1
    assert (public(api), editor.get(path).json()["unpublish_at"]) == ([], None)


def test_times_that_both_are_late_end_as_they_would_have_in_time(as_role, api, run_due):
    editor = as_role("editor")
    made = a_post(editor)
    publish(editor, made, {"publish_at": ahead(hours=1), "unpublish_at": ahead(hours=2)})
    assert later(run_due, days=3) == 2
    assert told(made) == ["saved", "scheduled", "published", "unpublished"]
    assert public(api, "posts") == []


def test_the_schedulers_round_is_short_enough_for_half_a_minute():
    round_: Any = settings.CELERY_BEAT_SCHEDULE["due"]
    assert round_["schedule"] + round_["options"]["expires"] <= 30


def test_a_new_time_replaces_the_one_before_and_null_cancels_it(as_role, api, run_due):
    editor = as_role("editor")
    made = a_post(editor)
    publish(editor, made, {"publish_at": ahead(hours=1)})
    publish(editor, made, {"publish_at": ahead(hours=5)})
    assert later(run_due, hours=2) == 0
    assert publish(editor, made, {"publish_at": None}).json()["status"] == "draft"
    assert later(run_due, hours=6) == 0
    assert (public(api, "posts"), told(made)) == ([], ["saved", "scheduled", "scheduled", "scheduled"])


@pytest.mark.parametrize("way", ["trash", "unpublish", "patch"])
def test_deleting_and_taking_back_cancel_what_is_planned(way, as_role, api, run_due):
    editor = as_role("editor")
    made = a_post(editor)
    publish(editor, made, {"publish_at": ahead(hours=1), "unpublish_at": ahead(hours=2)})
    if way == "trash":
        editor.delete(f"/alpha-site/posts/{made['id']}")
    elif way == "unpublish":
        assert unpublish(editor, made).json()["unpublish_at"] is None
    else:
        assert editor.patch(f"/alpha-site/posts/{made['id']}", {"published": False}).json()["status"] == "draft"
    assert not Due.objects.filter(kind__in=("content.publish", "content.unpublish")).exists()
    assert (later(run_due, hours=3), public(api, "posts")) == (0, [])


def test_a_time_that_has_come_means_now(as_role, api):
    editor = as_role("editor")
    made = a_post(editor)
    assert publish(editor, made, {"publish_at": "2001-01-01T00:00:00Z"}).json()["status"] == "published"
    assert len(public(api, "posts")) == 1
    assert unpublish(editor, made, {"unpublish_at": ahead(seconds=-1)}).json()["status"] == "draft"
    assert public(api, "posts") == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2032-03-28T02:30:00+01:00", "2032-03-28T01:30:00.000000Z"),  # an hour that Berlin's clocks leave out
        ("2032-10-31T02:30:00+02:00", "2032-10-31T00:30:00.000000Z"),  # and one that they show twice
        ("2032-10-31T02:30:00+01:00", "2032-10-31T01:30:00.000000Z"),
        ("2028-02-29T23:59:59-05:00", "2028-03-01T04:59:59.000000Z"),
        ("2027-12-31T23:59:59.999999+00:00", "2027-12-31T23:59:59.999999Z"),
    ],
)
def test_a_time_is_the_moment_that_its_offset_says(written, meant, as_role, run_due):
    editor = as_role("editor")
    made = a_post(editor)
    assert publish(editor, made, {"publish_at": written}).json()["publish_at"] == meant
    moment = datetime.datetime.fromisoformat(meant)
    with at(moment - datetime.timedelta(seconds=1)):
        assert run_due() == 0
    with at(moment):
        assert run_due() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"publish_at": "2032-01-01T00:00:00"},
        {"publish_at": "2032-13-01T00:00:00Z"},
        {"publish_at": "0001-01-01T00:00:00+14:00"},
        {"publish_at": "9999-12-31T23:59:59Z"},
        {"publish_at": 1893456000},
        {"publish_at": "soon"},
        {"publish_at": "2030-01-02T00:00:00Z", "unpublish_at": "2030-01-01T00:00:00Z"},
        {"unpublish_at": "2001-01-01T00:00:00Z"},
    ],
)
def test_a_time_without_offset_or_sense_is_refused_and_plans_nothing(body, as_role, api):
    editor = as_role("editor")
    made = a_post(editor)
    answer = publish(editor, made, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert editor.get(f"/alpha-site/posts/{made['id']}").json() == made
    assert (public(api, "posts"), Due.objects.filter(kind="content.publish").count()) == ([], 0)


def test_a_change_that_shall_be_public_later_stands_beside_the_public_version(as_role, api, run_due):
    editor = as_role("editor")
    made = a_post(editor, title="A", published=True)
    answer = editor.patch(f"/alpha-site/posts/{made['id']}", {"title": "B", "publish_at": ahead(hours=1)}).json()
    assert (answer["status"], answer["has_draft"]) == ("published", True)
    assert [row["title"] for row in public(api, "posts")] == ["A"]
    assert later(run_due, hours=2) == 1
    assert [row["title"] for row in public(api, "posts")] == ["B"]


def test_an_element_may_be_made_for_later(as_role, api, run_due):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), publish_at=ahead(days=30))
    assert (made["status"], public(api)) == ("scheduled", [])
    assert later(run_due, days=31) == 1
    assert len(public(api)) == 1


def test_who_may_not_publish_neither_plans_nor_changes_what_is_planned(as_role):
    author, editor = as_role("author"), as_role("editor")
    made = a_post(author)
    path, body = f"/alpha-site/posts/{made['id']}", {"publish_at": ahead(hours=1)}
    assert [author.post(f"{path}/publish", body).status_code, author.patch(path, body).status_code] == [403, 403]
    assert author.post("/alpha-site/posts", {"title": "Mine", **body}).status_code == 403
    assert editor.get(path).json() == made
    planned = publish(editor, made, body).json()
    assert author.patch(path, {"title": "Slipped in"}).status_code == 403
    assert author.post(f"{path}/versions/1/restore").status_code == 403
    assert editor.get(path).json() == planned


def test_the_tag_changes_with_the_plan_and_guards_it(as_role):
    editor = as_role("editor")
    made = a_post(editor)
    first = editor.get(f"/alpha-site/posts/{made['id']}")["ETag"]
    second = publish(editor, made, {"publish_at": ahead(hours=1)}, headers={"If-Match": first})
    assert second.status_code == 200
    assert second["ETag"] != first
    for door in (publish, unpublish):
        answer = door(editor, made, headers={"If-Match": first})
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert editor.get(f"/alpha-site/posts/{made['id']}").json() == second.json()
