"""Two writers of one tree at once; the tenant is the test's own and its rows are really committed."""

import threading

from django.db import connection

from apps.content.models import Page
from apps.content.tests.factories import a_page
from apps.core.tenancy import inside
from tests.client import ApiClient


def test_two_moves_at_once_never_make_a_cycle(committed):
    client, site = committed.client, committed.site.identifier
    for round_ in range(5):
        one, two = (a_page(client, site, title=f"{name} {round_}", published=True) for name in ("one", "two"))
        answers: list[int] = []
        start = threading.Barrier(2)

        def move(
            page: int, parent: int, client: ApiClient, answers: list[int] = answers, start: threading.Barrier = start
        ) -> None:
            start.wait()
            answers.append(client.post(f"/{site}/pages/{page}/move", {"parent_id": parent}).status_code)
            connection.close()

        work = [(one["id"], two["id"]), (two["id"], one["id"])]
        threads = [threading.Thread(target=move, args=(*pair, committed.client)) for pair in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 409]
        with inside(committed.tenant):
            parents = dict(Page.objects.filter(pk__in=[one["id"], two["id"]]).values_list("pk", "parent_id"))
        assert sorted(parents.values(), key=str) in ([one["id"], None], [two["id"], None])
        connection.set_schema_to_public()
