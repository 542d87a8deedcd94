"""What several connections do to one another; each test has a tenant of its own whose rows are really committed."""

import threading
from typing import Any

from django.db import connection

from apps.content.tests.factories import a_post, a_translation, a_type, an_element
from apps.core.services import events
from tests.client import ApiClient


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
