"""What happens to a request whose database connection is ended under it. Needs real connections."""

import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from apps.content import selectors
from tests import databases


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


def test_connections_that_ended_in_the_pool_are_not_given_out_and_those_that_are_well_are_not_asked(
    committed, monkeypatch
):
    """A round trip before each request would be a fifth of the shortest."""
    asked, ask = [], ConnectionPool.check_connection

    def asking(given):
        asked.append(given)
        ask(given)

    monkeypatch.setattr(ConnectionPool, "check_connection", asking)

    def pid():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    connection.close()
    before = {pid()}
    connection.close()  # into the pool
    assert asked == []
    with databases._server() as server:
        for row in server.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", [connection.settings_dict["NAME"]]
        ).fetchall():
            server.execute("SELECT pg_terminate_backend(%s, 5000)", row)
            before.add(row[0])
    assert pid() not in before
    assert asked
    assert all(one.closed for one in asked)
    assert connection.connection.info.transaction_status.name == "IDLE"
