"""What a run found, as a table of ratios and as the page in docs/."""

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measured:
    """`results`: answered requests per second of each load, one figure a round."""

    at: str
    machine: str
    workers: int
    single_bytes: int
    list_bytes: int
    results: dict[str, list[float]]
    tenants_ms: list[float]
    memory_mb: float
    cold_start_s: float
    create_cpu_ms: dict[str, float] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def median(self, name: str) -> float:
        return statistics.median(self.results[name]) if name in self.results else 0.0


def spread(values: list[float]) -> float:
    """Half the distance between the outermost, in percent of the median."""
    return (max(values) - min(values)) / 2 / statistics.median(values) * 100


# What is measured, against what, and at least which ratio is aimed at.
AIMS = (
    ("single: hit", "single: nginx, a file", 0.6),
    ("single: hit", "single: bare Django view", 4.0),
    ("single: miss", "single: bare Django view", 0.25),
    ("list: hit", "list: nginx, a file", 0.6),
    ("list: hit", "list: bare Django view", 4.0),
    ("list: miss", "list: bare Django view", 0.15),
)
CREATES, MEGABYTES = 350, 250
# What is above every hit: the web server itself.
LIMITS = (("single: hit", "single: bare function"), ("list: hit", "list: bare function"))


def table(measured: Measured) -> str:
    lines = ["| load | requests/s (median) | ± % |", "|---|---|---|"]
    for name, values in measured.results.items():
        lines.append(f"| {name} | {statistics.median(values):,.0f} | {spread(values):.0f} |")
    lines += ["", "| ratio | here | aim |  |", "|---|---|---|---|"]
    for name, other, aim in AIMS:
        if base := measured.median(other):
            ratio = measured.median(name) / base
            lines.append(f"| {name} / {other} | {ratio:.2f} | ≥ {aim} | {_held(ratio >= aim)} |")
    for name, other in LIMITS:
        if base := measured.median(other):
            lines.append(f"| {name} / {other} | {measured.median(name) / base:.2f} | | |")
    creates = measured.median("create and publish")
    tenants = statistics.median(measured.tenants_ms)
    lines.append(f"| creates a second | {creates:,.0f} | ≥ {CREATES} | {_held(creates >= CREATES)} |")
    if base := measured.median("single: bare Django view"):
        lines.append(f"| create and publish / single: bare Django view | {creates / base:.3f} | | |")
    memory = measured.memory_mb
    lines.append(f"| web processes, MB in all | {memory:.0f} | ≤ {MEGABYTES} | {_held(memory <= MEGABYTES)} |")
    lines.append(f"| sign-up with a new tenant, ms | {tenants:.0f} | | |")
    lines.append(f"| start to first answer, s | {measured.cold_start_s:.1f} | | |")
    if spent := measured.create_cpu_ms:
        parts = ", ".join(f"{name} {took:.1f} ms" for name, took in spent.items())
        lines += ["", f"What one create computes, in all processes: {parts}."]
    return "\n".join(lines)


def _held(holds: bool) -> str:
    return "held" if holds else "**missed**"


def page(measured: Measured, soaks: list[dict[str, Any]]) -> str:
    return (
        "# Performance\n\n"
        "Written by `bin/bench --write`, which measures everything in turn in one run, on a data folder of its own: "
        "machines differ and are noisy, so the ratios count. Earlier runs are lines of `performance.jsonl`.\n\n"
        f"{measured.at}, {measured.machine}; {measured.workers} web processes; a single answer has "
        f"{measured.single_bytes:,} bytes, a list of 20 has {measured.list_bytes:,}. The load generator runs on the "
        "same machine.\n\n"
        f"{table(measured)}\n\n"
        "*hit*: answered by the delivery lane from the memory of the process. *miss*: the same with a lane that keeps "
        "nothing: one SELECT of finished JSON each. *create and publish*: an element with its version, its frozen "
        "public answer and its event in one transaction, over 8 connections. *bare Django view*: Django with three "
        "middlewares and a view that returns the same bytes, on the same web server. *bare function*: a WSGI "
        "callable that does nothing but return them, the most that a lane in Python can come to here. "
        "Where the time goes: [performance-profile.md](performance-profile.md).\n"
    ) + _soaked(soaks)


def _soaked(soaks: list[dict[str, Any]]) -> str:
    if not soaks:
        return ""
    last = soaks[-1]
    return (
        f"\n## Soak\n\n`bin/bench soak`, {last['at']}: {last['minutes']:g} minutes of reads on 16 connections while "
        f"one client publishes without pause and reads what it wrote. {last['reads']:,} reads, {last['writes']:,} "
        f"writes, {last['old']} old answers. Memory of the web processes after the first fifth and at the end: "
        f"{last['web_mb'][0]:.0f} → {last['web_mb'][1]:.0f} MB; of the worker: {last['worker_mb'][0]:.0f} → "
        f"{last['worker_mb'][1]:.0f} MB.\n"
    )
