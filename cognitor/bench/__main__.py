"""One run: everything measured in turns, so that a noisy machine is noisy to all; a table, a line of JSON, the page."""

import argparse
import datetime
import json
import os
import platform
import shutil
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from cognitor.bench import analytics, pictures, search
from cognitor.bench.content import Api, Filled, fill, settled, text
from cognitor.bench.load import Load
from cognitor.bench.programs import Facts, Programs, cpu, memory
from cognitor.bench.report import Measured, page, table
from cognitor.bench.soak import soak
from cognitor.installation import ROOT

PAGE, RUNS = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.jsonl"
HOT = 500
LIST = 20
WRITERS = 8
TENANTS = 2  # more from one network look like fraud, and are refused


def main() -> None:
    for name, alone in (("media", pictures), ("analytics", analytics)):
        if sys.argv[1:] == [name]:
            return alone.main()
    if sys.argv[1:2] == ["search"]:
        return search.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["http", "soak"], default="http", help="requests a second (http)")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement (5)")
    parser.add_argument("--rounds", type=int, default=5, help="in which all are measured in turn (5)")
    parser.add_argument("--minutes", type=float, default=10, help="of a soak (10)")
    parser.add_argument("--elements", type=int, default=10_000, help="published ones to measure on (10000)")
    parser.add_argument("--workers", type=int, default=2, help="processes of each web server (2)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} and append to {RUNS.name} in docs/")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cognitor-bench-"))
    programs = Programs(folder)
    try:
        if options.what == "soak":
            found = soak(programs, options.minutes, options.workers, options.elements)
            print(found.table())
            if options.write:
                _write({"soak": found.facts()})
            sys.exit(not found.held)
        measured = measure(programs, options)
    finally:
        programs.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(table(measured))
    if options.write:
        _write(measured.facts())


def _write(facts: dict[str, Any]) -> None:
    """Appends the run, and writes the page of the last one of each kind."""
    with RUNS.open("a") as file:
        file.write(json.dumps(facts) + "\n")
    runs = [json.loads(line) for line in RUNS.read_text().splitlines()]
    if measured := [run for run in runs if "soak" not in run]:
        PAGE.write_text(page(Measured(**measured[-1]), [run["soak"] for run in runs if "soak" in run]))
        print(f"wrote {PAGE} and {RUNS}")


def measure(programs: Programs, options: argparse.Namespace) -> Measured:
    facts, cold = programs.ours(options.workers)
    ours = facts["base_url"]
    filled = fill(facts, options.elements)
    files = programs.folder / "files"
    files.mkdir()
    single, many = _bytes(ours, filled)
    (files / "single").write_bytes(single)
    (files / "list").write_bytes(many)
    bare = programs.bare(files / "single", files / "list", options.workers)
    plain = programs.bare(files / "single", files / "list", options.workers, plain=True)
    missing = programs.keeping_nothing(facts, options.workers)
    nginx = programs.nginx(options.workers)
    loads = _loads(filled, ours, missing, bare, plain, nginx)
    results: dict[str, list[float]] = {name: [] for name in loads}
    for load in loads.values():
        load.run(1, programs.folder)
    for round_ in range(options.rounds):
        for name, load in loads.items():
            if name.endswith("hit"):  # the writes of the round before have made the lists old
                settled(facts)
                load.run(options.seconds, programs.folder)
            results[name].append(load.run(options.seconds, programs.folder))
            print(f"round {round_ + 1}: {name:28} {results[name][-1]:10,.0f}/s", flush=True)
    return Measured(
        at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        workers=options.workers,
        single_bytes=len(single),
        list_bytes=len(many),
        results=results,
        tenants_ms=_tenants(ours, facts),
        memory_mb=memory(facts["pids"]["web"]),
        cold_start_s=cold,
        create_cpu_ms=_computed(loads["create and publish"], facts, options.seconds, programs.folder),
    )


def _computed(load: Load, facts: Facts, seconds: float, folder: Path) -> dict[str, float]:
    """Milliseconds that each program computes for one request of the load."""
    names = ("web", "worker", "postgres")
    before = {name: cpu(facts["pids"][name]) for name in names}
    made = load.run(seconds, folder) * seconds
    settled(facts)
    return {name: (cpu(facts["pids"][name]) - before[name]) * 1000 / made for name in names}


def _bytes(base_url: str, filled: Filled) -> tuple[bytes, bytes]:
    public = f"{base_url}/public/{filled.site}/elements"
    found = []
    for url in (f"{public}/{filled.first}", f"{public}?limit={LIST}"):
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310
            found.append(answer.read())
    return found[0], found[1]


def _loads(filled: Filled, ours: str, missing: str, bare: str, plain: str, nginx: str) -> dict[str, Load]:
    every, hot = (filled.first, filled.last), (max(filled.first, filled.last - HOT), filled.last)
    single, many = f"/public/{filled.site}/elements/{{n}}", f"/public/{filled.site}/elements?limit={LIST}&skip={{n}}"
    data = {"title": "New", "body": text()}
    body = json.dumps({"type_id": filled.type_id, "data": data, "published": True})
    loads = {
        "single: hit": Load(ours, single, hot),
        "single: miss": Load(missing, single, every),
        "single: bare Django view": Load(bare, "/single"),
        "list: hit": Load(ours, many, (0, 50)),
        "list: miss": Load(missing, many, (0, 50)),
        "list: bare Django view": Load(bare, "/list"),
        "single: bare function": Load(plain, "/single"),
        "list: bare function": Load(plain, "/list"),
    }
    if nginx:
        loads |= {"single: nginx, a file": Load(nginx, "/single"), "list: nginx, a file": Load(nginx, "/list")}
    create = Load(ours, f"/{filled.site}/elements", method="POST", body=body, token=filled.token, connections=WRITERS)
    return loads | {"create and publish": create}


def _tenants(base_url: str, facts: Facts) -> list[float]:
    """Milliseconds of a sign-up each, which makes a tenant with its schema and a first site."""
    api, took = Api(base_url), []
    for number in range(TENANTS):
        body = {
            "email": f"owner{number}@bench-{time.time_ns()}.example",
            "password": "a long enough passphrase",
            "name": "Bench",
            "tenant_name": f"Bench {number}",
        }
        began = time.perf_counter()
        api.send("POST", "/auth/signup", body)
        took.append((time.perf_counter() - began) * 1000)
    return took


if __name__ == "__main__":
    main()
