"""What happens to a request whose database connection is ended under it. Needs real connections."""

import pytest
from django.db import connection

from apps.content import selectors


@pytest.fixture
def cut_off(monkeypatch):
    """Ends the connection's session at the first call of the given function, as a failover does."""

    def patch(module, name):
        real, calls = getattr(module, name), []

        def cut(*args, **kwargs):
            calls.append(name)
            if len(calls) == 1:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, cut)
        return calls

    return patch


def test_a_read_is_done_once_more_on_a_new_connection_and_in_its_own_tenant(committed, cut_off):
    client = committed.client
    made = client.post(f"/{committed.site.identifier}/posts", {"title": "Kept"}).json()
    calls = cut_off(selectors, "post_for")
    answer = client.get(f"/{committed.site.identifier}/posts/{made['id']}")
    assert (answer.status_code, answer.json()["title"], len(calls)) == (200, "Kept", 2)


def test_a_write_is_not_repeated_and_answered_503(committed, cut_off):
    client = committed.client
    calls = cut_off(selectors, "free_slug")
    answer = client.post(f"/{committed.site.identifier}/posts", {"title": "Lost"})
    assert (answer.status_code, answer.json()["code"], len(calls)) == (503, "unavailable", 1)
    assert client.get(f"/{committed.site.identifier}/posts").json()["total"] == 0
