"""Two tenants on two connections: whatever is thrown or killed, nobody is answered with another's rows."""

import itertools
import json
import random
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from apps.content.models import Element, Post
from apps.content.services import elements
from apps.core.actor import Actor
from apps.core.tenancy import inside
from conftest import drop
from tests import databases
from tests.twins import Side, Sides, a_side
from tests.web import Web

WEB = "-c statement_timeout=2000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000"


@pytest.fixture
def sides(django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sides]:
    """Both tenants, behind a pool of two connections with the timeouts of a web process."""
    with django_db_blocker.unblock():
        made: list[Side] = []
        try:
            made += [a_side("ONE"), a_side("TWO")]
            with monkeypatch.context() as patched:
                two_connections(patched)
                yield made[0], made[1]
                connection.close()
                connection.close_pool()
        finally:
            connection.close()
            connection.close_pool()
            connection.set_schema_to_public()
            for side in made:
                drop(side.own.tenant)
            connection.close()


def two_connections(patched: pytest.MonkeyPatch) -> None:
    connection.close()
    connection.close_pool()
    options = connection.settings_dict["OPTIONS"]
    patched.setitem(options, "pool", options["pool"] | {"max_size": 2})
    patched.setitem(options, "options", WEB)


class Thrown(Exception):
    """A bug in the middle of a request."""


class Unruly:
    """A service that does its work, enters the other tenant, and throws, as the request's data asks."""

    def __init__(self, sides: Sides, create: Any) -> None:
        self.sides, self.create = sides, create

    def __call__(self, *, actor: Actor, site: Any, data: dict[str, Any], **more: Any) -> Any:
        how = data.get("name", "")
        other = next(side for side in self.sides if side.own.site.pk != site.pk).own.tenant
        if how.startswith("savepoint"):
            with transaction.atomic():
                self.create(actor=actor, site=site, data=data, **more)
                raise Thrown
        if how.startswith("strays"):  # in the transaction of the idempotency key
            self.create(actor=actor, site=site, data=data, **more)
            connection.set_tenant(other)
            Element.objects.count()
            raise Thrown
        if how.startswith("within"):
            with transaction.atomic():
                self.create(actor=actor, site=site, data=data, **more)
                connection.set_tenant(other)
                list(Post.objects.all())
                raise Thrown
        if how.startswith("refused"):
            # The savepoint is rolled back by one who then goes on, in the schema that he finds himself in.
            try:
                with transaction.atomic(), inside(other):
                    Element.objects.count()
                    raise Thrown
            except Thrown:
                return self.create(actor=actor, site=site, data=data, **more)
        return self.create(actor=actor, site=site, data=data, **more)


def traffic(web: Web, side: Side, rounds: int, seed: int, stop: threading.Event) -> None:
    """Mixed reads and writes; every fifth request fails in the middle."""
    chance, site, token = random.Random(seed), side.site, side.token
    reads = [
        f"/{site}/elements?size=100", f"/{site}/posts", f"/{site}/media", f"/{site}/contenttypes",
        f"/{site}/posts/{side.post}", f"/{site}/media/{side.media}", f"/{site}/elements/{side.element}",
        f"/public/{site}/elements", f"/public/{site}/posts/same", f"/public/{site}/media/{side.media}", "/sites",
    ]  # fmt: skip
    for count in itertools.count(1):
        if stop.is_set() if rounds == 0 else count > rounds:
            return
        name = f"{side.canary} {seed}-{count}"
        if count % 5 == 0:
            how = ("savepoint", "strays", "within", "refused")[count // 5 % 4]
            body = {"type_id": side.type_id, "data": {"name": f"{how} {name}"}, "published": True}
            key = f"{seed}-{count}" if how == "strays" else ""
            web.ask("POST", f"/{site}/elements", token, body, key=key, what=f"{side.canary} {how}")
            continue
        match chance.randrange(6):
            case 0:
                body = {"type_id": side.type_id, "data": {"name": name}, "published": True}
                web.ask("POST", f"/{site}/elements", token, body, what=f"{side.canary} write {name}")
            case 1:
                web.ask("PATCH", f"/{site}/posts/{side.post}", token, {"content": name}, what=f"{side.canary} write")
            case 2:
                web.ask("PATCH", f"/{site}/media/{side.media}", token, {"name": name}, what=f"{side.canary} write")
            case _:
                path = chance.choice(reads)
                web.ask("GET", path, "" if path.startswith("/public") else token, what=f"{side.canary} read {path}")


def no_mixture(web: Web, sides: Sides) -> None:
    """Nobody saw a foreign row, every answer that should hold an own row does, and no request ended elsewhere."""
    assert web.strayed == []
    for own, other in (sides, sides[::-1]):
        answers = [answer for answer in web.answers if answer.what.startswith(own.canary)]
        assert answers
        for answer in answers:
            assert other.canary not in answer.body, answer
            assert other.site not in answer.body, answer
            if answer.status in (200, 201) and "contenttypes" not in answer.what and "/sites" not in answer.what:
                assert own.canary in answer.body, answer


def rows_are_whole(web: Web, sides: Sides) -> None:
    """Each schema holds its own rows only: all that were acknowledged, and none of a request that failed."""
    for own, other in (sides, sides[::-1]):
        said = [answer.what.partition(" write ")[2] for answer in web.answers if answer.status == 201]
        acknowledged = {name for name in said if name.startswith(own.canary)}
        with inside(own.own.tenant):
            names = [element.data["name"] for element in Element.objects.all()]
            contents = list(Post.objects.values_list("content", flat=True))
        assert acknowledged <= set(names)
        assert len(names) == len(set(names))
        assert not any(other.canary in text for text in names + contents)
        assert not any(name.startswith(("savepoint", "strays", "within")) for name in names)


def pool_is_clean() -> None:
    """Both connections are back, with the search path unused and the timeout of a fresh one."""
    connection.close()
    assert connection.pool is not None
    stats = connection.pool.get_stats()
    assert (stats["pool_max"], stats["requests_waiting"]) == (2, 0)
    with connection.pool.connection() as one, connection.pool.connection() as two:
        for raw in (one, two):
            assert raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
            assert raw.execute("SHOW statement_timeout").fetchone() == ("2s",)


def hammer(web: Web, sides: Sides, rounds: int = 0, meanwhile: Any = lambda: None) -> None:
    stop = threading.Event()

    def end() -> None:
        try:
            meanwhile()
        finally:
            stop.set()

    works = [partial(traffic, web, sides[n % 2], rounds, n, stop) for n in range(8)]
    web.threads(works, meanwhile=end)


@pytest.fixture
def web(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setattr(elements, "create", Unruly(sides, elements.create))
    return Web()


@pytest.mark.slow
def test_two_tenants_on_two_connections_never_see_each_other_whatever_is_thrown(web: Web, sides: Sides) -> None:
    hammer(web, sides, rounds=50)
    assert len(web.answers) == 8 * 50
    no_mixture(web, sides)
    rows_are_whole(web, sides)
    thrown = ("savepoint", "strays", "within")
    failing = {answer.status for answer in web.answers if answer.what.endswith(thrown)}
    assert failing == {500}
    assert {answer.status for answer in web.answers if not answer.what.endswith(thrown)} == {
        200, 201
    }  # fmt: skip
    pool_is_clean()


def terminate(pause: float) -> int:
    """Ends every session of the database, in the midst of what it does."""
    time.sleep(pause)
    with databases._server() as server:
        rows = server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [connection.settings_dict["NAME"]],
        ).fetchall()
    return len(rows)


@pytest.mark.slow
def test_after_every_session_was_ended_there_are_503s_at_most_and_then_all_is_well(web: Web, sides: Sides) -> None:
    killed: list[float] = []

    def kill() -> None:
        for _ in range(4):
            assert terminate(1.0) <= 2
            killed.append(time.monotonic())
        time.sleep(5)

    hammer(web, sides, meanwhile=kill)
    no_mixture(web, sides)
    rows_are_whole(web, sides)
    usual = [a for a in web.answers if not a.what.endswith(("savepoint", "strays", "within"))]
    odd = [(round(a.at - killed[0], 2), a) for a in usual if a.status not in (200, 201, 503)]
    assert odd == []
    late = [a for a in usual if a.at > killed[-1] + 4]
    assert late
    assert {a.status for a in late} <= {200, 201}
    pool_is_clean()


@pytest.mark.parametrize("limited", [False, True])
def test_after_a_savepoint_is_rolled_back_rows_come_from_the_schema_that_is_said(
    limited: bool, sides: Sides, settings: Any
) -> None:
    settings.TENANT_LIMIT_SET_CALLS = limited
    one, two = sides
    for way in ("inside", "set_tenant"):
        with inside(one.own.tenant), transaction.atomic():
            assert Post.objects.get().title == one.canary
            with pytest.raises(Thrown), transaction.atomic():
                if way == "inside":
                    with inside(two.own.tenant):
                        assert Post.objects.get().title == two.canary
                        raise Thrown
                connection.set_tenant(two.own.tenant)
                assert Post.objects.get().title == two.canary
                raise Thrown
            side = one if connection.schema_name == one.own.tenant.schema_name else two
            assert Post.objects.get().title == side.canary
            assert side is one or way == "set_tenant"


def test_a_thrown_request_in_the_other_tenant_leaves_the_next_one_its_own(web: Web, sides: Sides) -> None:
    """One thread, one connection, one after the other: what was thrown in one request is nothing to the next."""
    one, two = sides
    for how, own in itertools.product(("savepoint", "strays", "within", "refused"), sides):
        body = {"type_id": own.type_id, "data": {"name": f"{how} {own.canary}"}}
        key = "once" if how == "strays" else ""
        answer = web.ask("POST", f"/{own.site}/elements", own.token, body, key=key, what=f"{own.canary} {how}")
        assert answer.status == (201 if how == "refused" else 500)
        for side in (one, two):
            listed = json.loads(web.ask("GET", f"/{side.site}/posts", side.token, what=f"{side.canary} read").body)
            assert [post["title"] for post in listed["items"]] == [side.canary]
    no_mixture(web, sides)
    rows_are_whole(web, sides)


def test_an_id_of_the_other_tenant_with_its_own_token_is_404_there(web: Web, sides: Sides) -> None:
    for own, other in (sides, sides[::-1]):
        for path in (f"{other.site}/posts", f"{own.site}/elements/{other.element}", f"{other.site}/media/{own.media}"):
            assert web.ask("GET", f"/{path}", own.token, what=f"{own.canary} probe").status == 404
    assert not any(side.canary in answer.body for answer in web.answers for side in sides)
