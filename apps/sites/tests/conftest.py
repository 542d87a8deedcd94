"""Tenants and schemas that are really committed, for other processes and sessions to see; and a name server."""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from apps.core.actor import Actor
from apps.sites.models import Tenant
from apps.sites.services import tenants
from apps.sites.tests import nameserver
from apps.sites.tests.nameserver import NameServer
from conftest import drop

MakeTenants = Callable[[int], list[Tenant]]
MakeSchema = Callable[[str], str]


@pytest.fixture
def committing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Database access without a transaction around the test; what the test makes, it removes."""
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def make_tenants(committing: None) -> Iterator[MakeTenants]:
    """`make_tenants(5)`: as many new tenants, in the order of their ids."""
    made: list[Tenant] = []

    def make(count: int) -> list[Tenant]:
        actor = Actor.system(because="tests")
        for _ in range(count):
            name = f"own-{secrets.token_hex(4)}"
            made.append(tenants.create(actor=actor, identifier=name, name=name))
        return made

    yield make
    for tenant in made:
        drop(tenant)


@pytest.fixture
def make_schema(committing: None) -> Iterator[MakeSchema]:
    """`make_schema("word")`: the name of a schema, not yet made, that is dropped afterwards."""
    names: list[str] = []

    def make(word: str) -> str:
        names.append(f"{word}_{secrets.token_hex(4)}")
        return names[-1]

    yield make
    for name in names:
        execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def told(sql: str) -> list[str]:
    """A dump's lines, without the casts that PostgreSQL writes in another way after a dump was loaded, and the names
    that it gives to NOT NULL since 18."""
    sql = re.sub(r" CONSTRAINT \w+ NOT NULL", " NOT NULL", sql)
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", sql).splitlines()


@pytest.fixture(scope="session")
def _name_server() -> Iterator[tuple[NameServer, str]]:
    with nameserver.running() as found:
        yield found


@pytest.fixture
def zone(_name_server: tuple[NameServer, str], settings: Any) -> NameServer:
    """The name server that this installation asks, with an empty zone."""
    server, settings.DNS_SERVERS = _name_server[0], [_name_server[1]]
    server.texts, server.asked, server.broken = {}, [], False
    return server
