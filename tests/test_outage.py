"""The database is killed (kill -9) under writes and started again: nothing acknowledged is lost, nobody restarts us."""

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.content.models import Element
from apps.content.tests.factories import a_type
from apps.core.models import EventRow, IdempotencyKey
from apps.core.tenancy import inside
from apps.sites.models import Tenant
from cognitor.embedded.postgres import EmbeddedPostgres
from cognitor.installation import free_port
from tests import pair
from tests.client import ApiClient
from tests.web import Web

pytestmark = pytest.mark.slow
ROLES = ("tenant_admin", "site_admin", "editor")
RECONNECT = 10.0
"""Seconds within which everything is served again after the database is back."""
WEB = "-c statement_timeout=2000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000"


@pytest.fixture
def database(
    django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, as durable as that of an installation, with the tenant pair in it."""
    folder = Path(tempfile.mkdtemp(prefix="outage-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres", free_port(), secrets.token_urlsafe(12))
    with django_db_blocker.unblock():
        try:
            forget()
            server.start()
            with monkeypatch.context() as patched:
                point_to(server, patched)
                call_command("prepare_database", verbosity=0)
                pair.make()
                yield server
                forget()
        finally:
            forget()
            server.remove()
            shutil.rmtree(folder)


def forget() -> None:
    connection.close()
    connection.close_pool()


def point_to(server: EmbeddedPostgres, patched: pytest.MonkeyPatch) -> None:
    given = connection.settings_dict
    place = {"HOST": "127.0.0.1", "PORT": server.port, "USER": "cognitor", "PASSWORD": server.password}
    for name, value in (place | {"NAME": "cognitor"}).items():
        patched.setitem(given, name, value)
    patched.setitem(given["OPTIONS"], "pool", given["OPTIONS"]["pool"] | {"max_size": 4})
    patched.setitem(given["OPTIONS"], "options", WEB)


class Writer:
    """Writes elements, each with a key of its own, and now and then reads in public."""

    def __init__(self, web: Web, tenant: str, role: str, type_id: int) -> None:
        self.web, self.tenant, self.name, self.type_id = web, tenant, f"{tenant}-{role}", type_id
        client = ApiClient().login(User.objects.get(email=pair.email(role, tenant)))
        self.token = client.defaults["HTTP_AUTHORIZATION"]
        self.sent: list[str] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(0.05):
            self.sent.append(f"{self.name}-{len(self.sent)}")
            self.write(self.sent[-1])
            if len(self.sent) % 3 == 0:
                self.web.ask("GET", f"/public/{self.tenant}-site/elements")

    def write(self, name: str) -> int:
        body = {"type_id": self.type_id, "data": {"name": name}, "published": True}
        return self.web.ask("POST", f"/{self.tenant}-site/elements", self.token, body, key=name, what=name).status


@pytest.mark.parametrize("pause", [0, 34], ids=["at once", "after half a minute"])
def test_acknowledged_writes_outlive_a_killed_database_and_the_same_process_serves_again(
    pause: int, database: EmbeddedPostgres
) -> None:
    web, stop = Web(), threading.Event()
    writers = []
    for tenant in pair.TENANTS:
        admin = ApiClient().login(User.objects.get(email=pair.email("tenant_admin", tenant)))
        kind = a_type(admin, f"{tenant}-site")
        writers += [Writer(web, tenant, role, kind["id"]) for role in ROLES]
    connection.close()
    back = 0.0

    def kill_and_start() -> None:
        nonlocal back
        try:
            time.sleep(2)
            assert database.process is not None
            database.process.kill()
            database.process.wait()
            time.sleep(pause)
            database.start()
            back = time.monotonic()
            time.sleep(RECONNECT + 4)
        finally:
            stop.set()

    web.threads([partial(writer.run, stop) for writer in writers], meanwhile=kill_and_start)

    assert web.statuses() <= {200, 201, 503}
    assert web.statuses(since=back + RECONNECT) <= {200, 201}, "not served again in time after the database was back"
    assert web.strayed == []
    for writer in writers:
        assert any(a.status == 201 and a.what.startswith(writer.name) and a.at > back for a in web.answers)
    health = web.ask("GET", "/health/ready")
    assert health.status == 200, health.body

    acknowledged = {answer.what for answer in web.answers if answer.status == 201}
    for tenant in pair.TENANTS:
        assert {name for name in acknowledged if name.startswith(tenant)} <= set(names(tenant))

    # What was not acknowledged is sent again with its key, when the claims of the killed have run out.
    IdempotencyKey.objects.filter(status=None).update(lease_until=timezone.now() - timedelta(seconds=1))
    for writer in writers:
        assert {writer.write(name) for name in writer.sent if name not in acknowledged} <= {201}
    for tenant in pair.TENANTS:
        sent = sorted(name for writer in writers if writer.tenant == tenant for name in writer.sent)
        assert sorted(names(tenant)) == sent
        events = EventRow.objects.filter(
            name="content.element_published", tenant_id=Tenant.objects.get(identifier=tenant).pk
        )
        assert events.count() == len(sent)


def names(tenant: str) -> list[str]:
    with inside(Tenant.objects.get(identifier=tenant)):
        return [element.data["name"] for element in Element.objects.all()]
