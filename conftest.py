"""Fixtures for all tests: the tenant pair, clients, and tenants that see real commits."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from apps.core import redis
from apps.core.tenancy import inside
from tests import databases, pair
from tests.client import ApiClient

__all__ = ["inside"]

Users = dict[str, dict[str, Any]]
AsRole = Callable[..., ApiClient]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a copy of the template that `tests.databases` made."""
    with django_db_blocker.unblock(), databases.own():
        yield


@pytest.fixture(scope="session")
def redis_servers() -> Iterator[list[Redis]]:
    """Broker and cache of this worker; connected once, so that no test's patches stand between."""
    with Redis.from_url(settings.REDIS_URL) as broker, Redis.from_url(settings.CACHE_URL) as cache:
        yield [broker, cache]


@pytest.fixture(autouse=True)
def clean(redis_servers: list[Redis]) -> Iterator[None]:
    """Nothing outlives a test: not the chosen schema, not a limit, a lock, a queue or a cached answer in Redis."""
    yield
    connection.set_schema_to_public()
    for server in redis_servers:
        server.flushdb()
    redis._clients.clear()


@pytest.fixture
def users(db: None) -> Users:
    """`users["alpha"]["editor"]`: a member of each role in both tenants; all have `tests.pair.PASSWORD`."""
    from apps.accounts.models import User

    found = {user.email: user for user in User.objects.select_related("home_tenant")}
    return {tenant: {role: found[pair.email(role, tenant)] for role in pair.ROLES} for tenant in pair.TENANTS}


@pytest.fixture
def tenant_a(db: None) -> Any:
    return _one("sites.Tenant", "alpha")


@pytest.fixture
def tenant_b(db: None) -> Any:
    return _one("sites.Tenant", "beta")


@pytest.fixture
def site_a(db: None) -> Any:
    return _one("sites.Site", "alpha-site")


@pytest.fixture
def site_b(db: None) -> Any:
    return _one("sites.Site", "beta-site")


def _one(model: str, identifier: str) -> Any:
    return apps.get_model(model)._default_manager.get(identifier=identifier)


@pytest.fixture
def api(request: pytest.FixtureRequest) -> ApiClient:
    """A client without a token."""
    if "committed" not in request.fixturenames:
        request.getfixturevalue("db")
    return ApiClient()


@pytest.fixture
def as_role(users: Users) -> AsRole:
    """`as_role("editor", tenant="beta")`: a client with the token of that member, by default of tenant alpha."""
    return lambda role, tenant="alpha": ApiClient().login(users[tenant][role])


@pytest.fixture
def platform(db: None) -> ApiClient:
    """A client with the token of a platform administrator, who is a member of no tenant."""
    from apps.accounts.models import User

    return ApiClient().login(User.objects.get(email=pair.PLATFORM))


@pytest.fixture
def deliver_events() -> Callable[[], int]:
    """Hands what waits in the outbox to its reactions, until nothing is due any more; returns how many events."""
    from apps.core.services import events

    def deliver() -> int:
        count = 0
        while done := events.dispatch():
            count += done
        return count

    return deliver


@pytest.fixture
def run_due() -> Callable[[], int]:
    """Does what has become due; returns how many deeds."""
    from apps.core.services import due

    return due.run


@dataclass(frozen=True)
class Committed:
    """A tenant of the test's own whose rows are really committed."""

    tenant: Any
    site: Any
    admin: Any

    @property
    def client(self) -> ApiClient:
        """A new client with a token of the tenant's administrator; each thread needs its own."""
        return ApiClient().login(self.admin)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Committed]:
    """For tests with several connections, or of what happens at a commit. All of it is deleted afterwards."""
    with made_and_dropped(django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def committed_for_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[Committed]:
    """The same for all tests of a module, which have to leave it as it was."""
    with made_and_dropped(django_db_blocker) as made:
        yield made


@contextmanager
def made_and_dropped(blocker: Any) -> Iterator[Committed]:
    from apps.accounts.services import users
    from apps.core.actor import Actor
    from apps.sites.services import sites, tenants

    actor, name = Actor.system(because="tests"), f"own-{secrets.token_hex(4)}"
    with blocker.unblock():
        connection.set_schema_to_public()
        tenant = tenants.create(actor=actor, identifier=name, name=name)
        try:
            site = sites.create(actor=actor, tenant_id=tenant.pk, identifier=f"{name}-site", name="Own site")
            admin = users.create(actor=actor, email=f"admin@{name}.test", password=pair.PASSWORD, tenant=tenant)
            users.grant(actor=actor, user=admin, tenant_id=tenant.pk, role="tenant_admin")
            apps.get_model("core.EventRow")._default_manager.filter(tenant_id=tenant.pk).delete()
            yield Committed(tenant, site, admin)
        finally:
            connection.set_schema_to_public()
            drop(tenant)
            connection.close()


def drop(tenant: Any) -> None:
    """Deletes a tenant with its schema and every row of the shared tables that names it."""
    from apps.billing.services import purging

    with transaction.atomic():
        purging.forget(tenant.pk)
        apps.get_model("accounts.User")._default_manager.filter(home_tenant=tenant).delete()
        tenant.sites.all().delete()
        for model in apps.get_models():
            field = next((f for f in model._meta.concrete_fields if f.attname == "tenant_id"), None)
            if field is not None and not field.is_relation:
                model._base_manager.filter(tenant_id=tenant.pk).delete()
        tenant.delete(force_drop=True)
