"""What several connections do to one another; each test has a tenant of its own whose rows are really committed."""

import threading
from typing import Any

from django.db import connection

from apps.content.tests.factories import a_post, a_type, an_element
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
