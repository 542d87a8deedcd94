"""What holds for every call, whoever is asked."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prometheus_client import REGISTRY

from apps.ai import catalogue, errors
from apps.ai.providers.protocols import Embed, Paint, Speak, Translate, Write
from apps.ai.services import calling
from apps.ai.services.offers import OPERATIONS
from apps.ai.tests.contract import soon
from apps.ai.tests.vendors import anthropic
from apps.billing.services.defaults import PRICES
from apps.billing.services.quotes import COUNTED


class Dripping(BaseHTTPRequestHandler):
    """Answers a byte at a time, for ever."""

    def log_message(self, *args):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(200):
                self.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return


@pytest.fixture
def dripping(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.ANTHROPIC_API_KEY = anthropic.KEY
    settings.ANTHROPIC_URL = f"http://127.0.0.1:{server.server_address[1]}"
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("vendors", "dripping")
def test_an_answer_that_drips_in_is_cut_off_at_the_deadline():
    started = time.monotonic()
    with pytest.raises(errors.TimedOut):
        calling.call(catalogue.model_for("text", "claude-haiku-4-5"), Write(prompt="Bees"), soon(0.5))
    assert time.monotonic() - started < 2


@pytest.mark.usefixtures("vendors", "dripping")
def test_an_answer_that_nobody_wants_any_more_is_left_in_the_middle():
    until = time.monotonic() + 0.4
    started = time.monotonic()
    with pytest.raises(errors.Abandoned):
        calling.call(
            catalogue.model_for("text", "claude-haiku-4-5"),
            Write(prompt="Bees"),
            soon(wanted=lambda: time.monotonic() < until),
        )
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(("asked_for", "attempts"), [(0.0, 3), (60.0, 1)])
def test_a_pause_longer_than_is_waited_for_is_passed_on(monkeypatch, asked_for, attempts):
    counted = []

    class Busy:
        def write(self, model, asked, call):
            counted.append(model)
            raise errors.ProviderBusy(pause=asked_for)

    monkeypatch.setattr(catalogue, "provider", lambda name: Busy())
    monkeypatch.setattr(calling, "FIRST_PAUSE", 0.001)
    with pytest.raises(errors.ProviderBusy) as refused:
        calling.call(catalogue.model_for("text"), Write(prompt="Bees"), soon())
    assert len(counted) == attempts
    assert refused.value.headers == ({"Retry-After": "60"} if asked_for else {})


def test_no_pause_goes_beyond_the_deadline(monkeypatch):
    class Away:
        def write(self, model, asked, call):
            raise errors.ProviderAway(pause=5)

    monkeypatch.setattr(catalogue, "provider", lambda name: Away())
    started = time.monotonic()
    with pytest.raises(errors.ProviderAway):
        calling.call(catalogue.model_for("text"), Write(prompt="Bees"), soon(2))
    assert time.monotonic() - started < 1


def test_every_call_is_counted_by_provider_task_and_outcome():
    labels = {"provider": "local", "task": "text", "outcome": "answered"}
    before = REGISTRY.get_sample_value("cognitor_model_calls_total", labels) or 0
    calling.call(catalogue.model_for("text"), Write(prompt="Bees"), soon())
    assert REGISTRY.get_sample_value("cognitor_model_calls_total", labels) == before + 1


@pytest.mark.parametrize(
    ("task", "asked", "least"),
    [
        ("text", Write(prompt="Bees", most_tokens=100), {"output_tokens": 100}),
        ("image", Paint(prompt="Bees", count=3, aspect_ratio="1:1"), {"images": 3, "megapixels": 3.1457}),
        ("speech", Speak(text="x" * 40), {"characters": 40}),
        ("translation", Translate(texts=["ab", "c"], target="de"), {"characters": 3}),
        ("embedding", Embed(texts=["x" * 80]), {"tokens": 56}),
    ],
)
def test_an_estimate_names_the_units_of_the_model(task, asked, least):
    model = catalogue.model_for(task)
    estimate = calling.estimate(model, asked)
    assert set(estimate) <= set(model.units)
    assert {name: estimate[name] for name in least} == least


@pytest.mark.parametrize(
    ("task", "asked"),
    [
        ("image", Paint(prompt="Bees", count=9)),
        ("speech", Speak(text="x" * 20_001)),
        ("embedding", Embed(texts=["x"] * 257)),
        ("text", Write(prompt="Bees", most_tokens=8001)),
    ],
)
def test_what_is_beyond_a_limit_of_the_model_is_refused_with_the_limit(task, asked):
    with pytest.raises(errors.AskedTooMuch) as refused:
        calling.call(catalogue.model_for(task), asked, soon())
    assert refused.value.data["most"] == catalogue.model_for(task).limits[refused.value.data["limit"]]


def test_every_model_tells_what_its_operation_is_priced_by(settings):
    settings.OPENAI_API_KEY = settings.ANTHROPIC_API_KEY = settings.FAL_KEY = "any"
    for task, operation in OPERATIONS.items():
        priced = {COUNTED[unit][0] for unit in PRICES[operation]}
        told = {model.id: set(model.units) for model in catalogue.models(task)}
        assert len(told) > 1
        assert {id for id, units in told.items() if not priced <= units} == set(), operation
