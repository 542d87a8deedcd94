"""`bin/bench analytics`: batches of events over HTTP, how fast they reach the tables, what counting a read costs."""

import datetime
import json
import os
import shutil
import tempfile
import threading
import time
import timeit
from contextlib import suppress
from pathlib import Path
from typing import Any

from cognitor.bench.load import Load
from cognitor.bench.programs import Facts, Programs, cpu

EVENTS, SECONDS, CONNECTIONS = 20, 10.0, 4
WAITING = 200_000


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cognitor-bench-"))
    programs = Programs(folder)
    try:
        facts, _ = programs.ours(2)
        print("| what | here |\n|---|---|")
        for name, found in measure(facts, folder).items():
            print(f"| {name} | {found} |")
    finally:
        programs.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(facts: Facts, folder: Path) -> dict[str, str]:
    lines = (line.partition("=") for line in (Path(facts["data"]) / "env").read_text().splitlines())
    os.environ |= {name: value for name, _, value in lines if name and not name.startswith("#")}
    os.environ |= {name: facts[name.lower()] for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL")}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "cognitor.settings.local", "COGNITOR_DATA": facts["data"]}
    import django

    django.setup()
    from apps.analytics.services import copying, queue
    from apps.core.redis import Away

    body = json.dumps({"events": [one(number) for number in range(EVENTS)]})
    load = Load(
        facts["base_url"], "/public/tidewater/events", method="POST", body=body, connections=CONNECTIONS,
        user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0",
    )  # fmt: skip
    load.run(1, folder)
    lags: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            with suppress(Away):
                lags.append(queue.state()["lag_ms"])

    watching = threading.Thread(target=watch)
    watching.start()
    before = {name: cpu(facts["pids"][name]) for name in ("web", "worker", "postgres")}
    try:
        batches = load.run(SECONDS, folder)
        ended = time.monotonic()
        while queue.state()["entries"]:
            time.sleep(0.05)
        drained = time.monotonic() - ended
    finally:
        over.set()
        watching.join()
    spent = {name: (cpu(facts["pids"][name]) - was) / (batches * SECONDS * EVENTS) for name, was in before.items()}
    found = {
        f"events a second over HTTP, {EVENTS} in a batch": f"{batches * EVENTS:,.0f}",
        "lag of the oldest while they come, median and most": f"{_median(lags):,.0f} ms, {max(lags):,.0f} ms",
        "until the last is in the tables": f"{drained:.1f} s",
        "computed for an event": ", ".join(f"{name} {took * 1e6:.0f} µs" for name, took in spent.items()),
    }
    return found | _copied(copying) | _counted()


def _copied(copying: Any) -> dict[str, str]:
    """How fast rows get into the tables with their sums, of three thousand visitors."""
    from django.db import transaction

    from apps.sites.models import Site

    site = Site.objects.get(identifier="tidewater")
    began, rows = time.perf_counter(), 0
    while rows < WAITING:
        now = datetime.datetime.now(datetime.UTC)
        some = [_row(copying, site, rows + number, now) for number in range(5_000)]
        with transaction.atomic():
            copying.store(some)
        rows += len(some)
    took = time.perf_counter() - began
    return {"events copied a second, with their sums, in batches of 5,000": f"{rows / took:,.0f}"}


def _row(copying: Any, site: Any, number: int, now: Any) -> Any:
    return copying.Row(
        tenant_id=site.tenant_id, site_id=site.pk, at=now, kind="page_view", agent="person",
        visitor=number % 3_000, path=f"/posts/{number % 200}", country="DE", locale="en",
    )  # fmt: skip


def _counted() -> dict[str, str]:
    """What the lane pays for a read that it counts."""
    from apps.analytics.services import counting

    path, agent = "/public/tidewater/elements/123", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"
    counting.read(path, agent)
    each = min(timeit.repeat(lambda: counting.read(path, agent), number=100_000, repeat=5)) / 100_000
    return {"counting an anonymous read": f"{each * 1e9:.0f} ns"}


def one(number: int) -> dict[str, Any]:
    return {"type": "page_view", "path": f"/posts/{number}", "doc_type": "post", "doc_id": number + 1, "locale": "en"}


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
