"""Prometheus metrics. Summed over processes when `PROMETHEUS_MULTIPROC_DIR` names a folder (`serve` does)."""

from prometheus_client import CollectorRegistry, Counter, Histogram, multiprocess, start_http_server

REQUESTS = Counter("cognitor_requests_total", "Requests answered.", ["operation", "status"])
SECONDS = Histogram(
    "cognitor_request_seconds",
    "Time to answer.",
    ["operation"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
LIMITED = Counter("cognitor_rate_limited_total", "Requests refused by a rate limit.", ["rate"])
UNLIMITED = Counter("cognitor_rate_limit_unchecked_total", "Requests let through while Redis was away.", ["rate"])
EVENTS = Counter("cognitor_events_dispatched_total", "Events handed to their reactions.", ["name", "outcome"])
DELIVERED = Counter("cognitor_delivered_total", "Anonymous reads answered from finished bytes.", ["from"])
JOBS = Counter("cognitor_jobs_total", "Jobs ended.", ["kind", "state"])
MODEL_CALLS = Counter("cognitor_model_calls_total", "Models asked.", ["provider", "task", "outcome"])
MODEL_SECONDS = Histogram(
    "cognitor_model_seconds",
    "Time until a model had answered, attempts and pauses included.",
    ["provider", "task"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900),
)


def serve(port: int) -> None:
    """Serves the sum over all processes at `http://127.0.0.1:{port}/metrics`, in a daemon thread."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
