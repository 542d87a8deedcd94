"""Several at once: no site more than the limit, no version of a prompt lost or doubled."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from apps.sites.models import Prompt, Site
from conftest import Committed
from tests.client import ApiClient


def at_once(own: Committed, call: Callable[[ApiClient, int], Any], count: int = 6) -> list[int]:
    """Statuses of so many calls that begin together, in order of size."""
    clients, barrier, statuses = [own.client for _ in range(count)], threading.Barrier(count), list[int]()

    def one(index: int) -> None:
        try:
            barrier.wait()
            statuses.append(call(clients[index], index).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def test_of_many_sites_at_once_no_more_than_the_limit_are_made(committed: Committed) -> None:
    committed.tenant.limits = {"sites": 3}
    committed.tenant.save()
    name = committed.site.identifier
    statuses = at_once(committed, lambda c, i: c.post("/sites", {"identifier": f"{name}-{'abcdef'[i]}", "name": "x"}))
    assert statuses == [201, 201, 409, 409, 409, 409]
    assert Site.objects.filter(tenant=committed.tenant).count() == 3


def test_of_many_who_change_the_same_settings_one_wins(committed: Committed) -> None:
    path = f"/sites/{committed.site.identifier}/settings"
    tag = committed.client.get(path)["ETag"]
    statuses = at_once(committed, lambda c, i: c.put(path, {"title": f"T{i}"}, headers={"If-Match": tag}))
    assert statuses == [200, 412, 412, 412, 412, 412]
    assert Site.objects.get(pk=committed.site.pk).version == 2


def test_of_many_who_change_the_same_prompt_one_wins(committed: Committed) -> None:
    tag = committed.client.get("/prompts/system")["ETag"]
    statuses = at_once(committed, lambda c, i: c.put("/prompts/system", {"text": f"T{i}"}, headers={"If-Match": tag}))
    assert statuses == [200, 412, 412, 412, 412, 412]
    assert list(Prompt.objects.filter(tenant=committed.tenant).values_list("number", flat=True)) == [1]
