"""What several connections do to one another; each test has a tenant of its own whose rows are really committed."""

import datetime
import threading
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.tests.factories import a_post, a_translation, a_type, an_element
from apps.core.actor import Actor
from apps.core.encoding import stamp
from apps.core.models import Due, EventRow
from apps.core.services import due, events
from apps.core.tenancy import inside
from tests.client import ApiClient

pytestmark = pytest.mark.slow


def test_a_post_published_while_its_referrer_is_being_frozen_shows_in_it(committed):
    """Neither order of the two commits leaves an old text behind."""
    admin = committed.client
    site = committed.site.identifier
    kind = a_type(admin, site=site)
    for round_ in range(5):
        post = a_post(admin, site=site, title=f"old {round_}", published=True)
        element = an_element(admin, kind, {"name": "A"}, site=site, published=True)
        start = threading.Barrier(2)

        def change(path: str, body: Any, client: ApiClient, start: threading.Barrier = start) -> None:
            start.wait()
            client.patch(path, body)
            connection.close()

        work = [
            (f"/{site}/posts/{post['id']}", {"title": "new"}),
            (f"/{site}/elements/{element['id']}", {"data": {"name": "A", "story": post["id"]}}),
        ]
        threads = [threading.Thread(target=change, args=(*w, committed.client)) for w in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        while events.dispatch():
            pass
        row = admin.get(f"/public/{site}/elements/{element['id']}").json()
        assert row["data"]["story"]["title"] == "new"


def at_once(*deeds):
    """Starts all at the same moment, each with a connection of its own, and waits for their ends."""
    start = threading.Barrier(len(deeds))

    def run(deed):
        start.wait()
        try:
            deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def planned(admin, site, count, **span):
    """Posts that are due; each was planned for a moment that has come meanwhile."""
    made = [a_post(admin, site=site, title=f"{number}") for number in range(count)]
    soon = timezone.now() + datetime.timedelta(**span)
    for post in made:
        answer = admin.post(f"/{site}/posts/{post['id']}/publish", {"publish_at": stamp(soon)})
        assert answer.status_code == 200, answer.content
    while timezone.now() < soon:
        pass
    return made


def test_two_schedulers_publish_each_document_once(committed):
    admin, site = committed.client, committed.site.identifier
    made = planned(admin, site, 8, seconds=2)
    at_once(due.run, due.run)
    told = EventRow.objects.filter(tenant_id=committed.tenant.pk, name="content.post_published")
    assert sorted(told.values_list("subject_id", flat=True)) == sorted(post["id"] for post in made)
    assert not Due.objects.filter(tenant_id=committed.tenant.pk, kind="content.publish").exists()
    assert len(admin.get(f"/public/{site}/posts").json()) == 8


def test_taking_a_post_back_at_its_very_moment_waits_for_nobody_and_ends_as_one_of_both_orders(committed):
    admin, site = committed.client, committed.site.identifier
    made = planned(admin, site, 6, seconds=2)
    clients, answers = [committed.client for _ in made], []

    def take_back():
        for client, post in zip(clients, made, strict=True):
            answers.append(client.post(f"/{site}/posts/{post['id']}/unpublish").status_code)

    at_once(due.run, take_back)
    assert answers == [200] * 6
    later = timezone.now() + datetime.timedelta(seconds=2)
    while timezone.now() < later:
        due.run()
    assert admin.get(f"/public/{site}/posts").json() == []
    assert not Due.objects.filter(tenant_id=committed.tenant.pk, kind="content.publish").exists()


def test_two_batches_over_the_same_elements_do_not_wait_for_each_other_for_ever(committed):
    admin, site = committed.client, committed.site.identifier
    kind = a_type(admin, site=site)
    ids = [an_element(admin, kind, site=site)["id"] for _ in range(6)]
    answers = []

    def change(client, order):
        items = [{"action": "update", "id": id, "data": {"name": "B"}} for id in order]
        answers.append(client.post(f"/{site}/elements/bulk", {"atomic": True, "items": items}).status_code)

    one, two = committed.client, committed.client
    for _ in range(3):
        at_once(lambda: change(one, ids), lambda: change(two, ids[::-1]))
    assert answers == [200] * 6
    assert {row["version"] for row in admin.get(f"/{site}/elements").json()["items"]} == {7}


def test_of_two_who_translate_at_once_one_makes_and_the_other_replaces(committed):
    """And of two who have read the same text, one is told that it has changed."""
    admin, site = committed.client, committed.site.identifier
    post = a_post(admin, site=site, title="One", published=True)
    path = f"/{site}/translations/post/{post['id']}/de"

    def both(headers: dict[str, str]) -> list[int]:
        found: list[int] = []
        start = threading.Barrier(2)

        def put(title: str, client: ApiClient) -> None:
            start.wait()
            found.append(client.put(path, {"title": title, "published": True}, headers=headers).status_code)
            connection.close()

        threads = [threading.Thread(target=put, args=(title, committed.client)) for title in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    assert both({}) == [200, 201]
    answer = admin.get(path)
    assert answer.json()["version"] == 2
    assert both({"If-Match": answer.headers["ETag"]}) == [200, 412]
    now = admin.get(path).json()
    assert now["version"] == 3
    assert admin.get(f"/public/{site}/posts/{post['id']}?locale=de").json()["title"] == now["members"]["title"]


def test_a_translation_published_while_its_document_is_shows_the_new_text_of_both(committed):
    admin, site = committed.client, committed.site.identifier
    post = a_post(admin, site=site, title="One", content="old", published=True)
    a_translation(admin, "post", post["id"], "de", site=site, title="alt", published=True)
    work = [
        (f"/{site}/posts/{post['id']}", "patch", {"content": "new"}),
        (f"/{site}/translations/post/{post['id']}/de", "put", {"title": "neu"}),
    ]
    start = threading.Barrier(2)

    def send(path: str, method: str, body: Any, client: ApiClient) -> None:
        start.wait()
        getattr(client, method)(path, body)
        connection.close()

    threads = [threading.Thread(target=send, args=(*w, committed.client)) for w in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shown = admin.get(f"/public/{site}/posts/{post['id']}?locale=de").json()
    assert (shown["title"], shown["content"]) == ("neu", "new")


def test_elements_of_one_type_are_created_at_the_same_time_and_its_change_waits_for_them(committed):
    kind = a_type(committed.client, site=committed.site.identifier)["id"]
    actor, found = Actor.system(because="tests"), []

    def other():
        try:
            with inside(committed.tenant), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                found.append(str(selectors.type_kept(committed.site, kind)))
                selectors.type_for(actor=actor, site=committed.site, type_id=kind, lock=True)
        except OperationalError as error:
            found.append(type(error.__cause__).__name__)

    with inside(committed.tenant), transaction.atomic():
        kept = str(selectors.type_kept(committed.site, kind))
        at_once(other)
    assert found == [kept, "LockNotAvailable"]
