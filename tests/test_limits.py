"""What a tenant may have: counted where it is used up, refused with the numbers, and shown."""

import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from apps.content.tests.factories import a_type, an_element
from apps.core.delivery import touch
from apps.media.tests.factories import file, picture
from apps.sites.models import Tenant
from conftest import Committed
from tests.client import ApiClient


def limit(tenant: Tenant, **limits: int) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(limits=limits)
    touch(f"tenant:{tenant.pk}")  # as the service does, whose event this goes without


def usage(client: ApiClient) -> dict[str, int]:
    found: dict[str, int] = client.get("/tenants/current").json()["usage"]
    return found


@pytest.mark.django_db
def test_elements_are_counted_while_they_live_and_refused_beyond_the_limit(
    as_role: Callable[..., ApiClient], tenant_a: Tenant
) -> None:
    admin = as_role("site_admin")
    limit(tenant_a, elements=2)
    kind = a_type(admin)
    first, _ = an_element(admin, kind), an_element(admin, kind)
    refused = admin.post("/alpha-site/elements", {"type_id": kind["id"], "data": {"name": "C"}})
    assert (refused.status_code, refused.json()["code"]) == (409, "sites.limit.elements")
    assert {key: refused.json()["detail"][key] for key in ("limit", "count")} == {"limit": 2, "count": 2}
    assert admin.get("/alpha-site/elements").json()["total"] == 2
    admin.delete(f"/alpha-site/elements/{first['id']}")
    assert usage(admin)["elements"] == 1
    an_element(admin, kind)
    assert admin.delete(f"/alpha-site/contenttypes/{kind['id']}?force=true").status_code == 204
    assert usage(admin)["elements"] == 0


@pytest.mark.django_db
def test_stored_bytes_are_counted_and_refused_beyond_the_limit(
    as_role: Callable[..., ApiClient], tenant_a: Tenant, site_a: Any
) -> None:
    editor, content = as_role("editor"), picture()
    made = editor.upload("/alpha-site/media", {"file": file("a.png", content)}).json()
    assert usage(editor)["storage_bytes"] == made["file_size"]
    limit(tenant_a, storage_bytes=made["file_size"] + 1)
    refused = editor.upload("/alpha-site/media", {"file": file("b.png", content)})
    assert (refused.status_code, refused.json()["code"]) == (409, "sites.limit.storage")
    assert editor.get("/alpha-site/media").json()["total"] == 1
    assert editor.delete(f"/alpha-site/media/{made['id']}").status_code == 204
    assert usage(editor)["storage_bytes"] == 0


@pytest.mark.django_db
def test_members_are_counted_and_refused_beyond_the_limit(as_role: Callable[..., ApiClient], tenant_a: Tenant) -> None:
    admin = as_role("tenant_admin")
    limit(tenant_a, users=6)
    assert admin.post("/users", {"email": "six@alpha.test", "role": "viewer"}).status_code == 201
    refused = admin.post("/users", {"email": "seven@alpha.test", "role": "viewer"})
    assert (refused.status_code, refused.json()["code"]) == (409, "sites.limit.users")
    assert (usage(admin)["users"], admin.get("/users").json()["total"]) == (6, 6)


def test_of_parallel_creations_only_as_many_pass_as_there_is_room_for(committed: Committed) -> None:
    kind = a_type(committed.client, site=committed.site.identifier)
    limit(committed.tenant, elements=3)
    start, seen = threading.Barrier(6), []

    def create(client: ApiClient) -> None:
        start.wait()
        body = {"type_id": kind["id"], "data": {"name": "A"}}
        seen.append(client.post(f"/{committed.site.identifier}/elements", body).status_code)
        connection.close()

    threads = [threading.Thread(target=create, args=(committed.client,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [201] * 3 + [409] * 3
    assert usage(committed.client)["elements"] == 3


@pytest.mark.django_db
def test_counters_can_be_counted_anew(as_role: Callable[..., ApiClient], tenant_a: Tenant, site_a: Any) -> None:
    admin = as_role("site_admin")
    an_element(admin, a_type(admin))
    admin.upload("/alpha-site/media", {"file": file("a.png", picture())})
    right = usage(admin)
    Tenant.objects.filter(pk=tenant_a.pk).update(used_elements=77, used_storage_bytes=0)
    said = StringIO()
    call_command("recount_usage", "--tenant", "alpha", stdout=said)
    assert usage(admin) == right
    assert said.getvalue() == f"alpha: 1 elements, {right['storage_bytes']} bytes\n"
