"""Rate limits: exact at the edge, and what happens when Redis is away or does not answer."""

import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from apps.core import errors, metrics, ratelimit
from apps.core import redis as kernel_redis
from apps.core.ratelimit import Rate
from cognitor.installation import free_port
from conftest import AsRole
from tests.client import ApiClient

SLOW = Rate("test", quota=20, window=3600)


def take(rate: Rate, subject: str = "somebody") -> str:
    try:
        ratelimit.check(rate, subject)
    except errors.RateLimited:
        return "refused"
    return "allowed"


def test_exactly_the_quota_passes_however_many_ask_at_once() -> None:
    ready = threading.Barrier(8)

    def ask() -> Counter[str]:
        ready.wait()
        return Counter(take(SLOW) for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        counts = sum((asked.result() for asked in [pool.submit(ask) for _ in range(8)]), Counter[str]())
    assert counts == {"allowed": 20, "refused": 20}
    assert take(SLOW, "somebody else") == "allowed"


def test_a_bucket_fills_up_again_at_its_rate_and_no_further() -> None:
    fast = Rate("fast", quota=2, window=1)
    assert [take(fast) for _ in range(3)] == ["allowed", "allowed", "refused"]
    time.sleep(0.55)
    assert [take(fast) for _ in range(2)] == ["allowed", "refused"]
    time.sleep(1.2)
    assert [take(fast) for _ in range(3)] == ["allowed", "allowed", "refused"]


def test_headers_say_what_is_left_and_when_to_come_back(as_role: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ratelimit.RATES, "read", Rate("read", quota=2, window=60))
    client = as_role("viewer")
    first, second, third = (client.get("/sites") for _ in range(3))
    assert [response.status_code for response in (first, second, third)] == [200, 200, 429]
    assert first["RateLimit-Policy"] == third["RateLimit-Policy"] == '"read";q=2;w=60'
    assert first["RateLimit"] == '"read";r=1;t=0'
    left, _, wait = second["RateLimit"].rpartition("=")
    assert left == '"read";r=0;t'
    # A token comes each 30 seconds, and a few of them may have gone by.
    assert 25 <= int(third["Retry-After"]) <= int(wait) <= 30
    assert "Retry-After" not in first
    assert third.json()["code"] == "rate_limited"
    assert as_role("editor").get("/sites").status_code == 200


def test_a_stranger_is_counted_by_address(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ratelimit.RATES, "login", Rate("login", quota=1, window=60, fail_closed=True))
    body = {"username": "nobody@alpha.test", "password": "wrong"}
    statuses = [
        api.post("/auth/login", body, REMOTE_ADDR=peer).status_code for peer in ("192.0.2.1",) * 2 + ("192.0.2.2",)
    ]
    assert statuses == [401, 429, 401]


def away(settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"


def unlimited(rate: str) -> float:
    return float(metrics.UNLIMITED.labels(rate)._value.get())


def test_without_redis_reading_goes_on_uncounted_and_is_measured(as_role: AsRole, settings: Any) -> None:
    away(settings)
    before = unlimited("read")
    response = as_role("viewer").get("/sites")
    assert response.status_code == 200
    assert "RateLimit" not in response
    assert unlimited("read") == before + 1


def test_without_redis_signing_in_is_refused(api: ApiClient, settings: Any) -> None:
    away(settings)
    response = api.post("/auth/login", {"username": "viewer@alpha.test", "password": "wrong"})
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "5"


def test_a_server_that_does_not_answer_costs_one_request_half_a_second_and_the_others_nothing(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        began = time.monotonic()
        assert ratelimit.check(SLOW, "somebody") == {}
        assert time.monotonic() - began < 1
        began = time.monotonic()
        assert [ratelimit.check(SLOW, "somebody") for _ in range(100)] == [{}] * 100
        assert time.monotonic() - began < 0.1


def test_a_server_that_is_back_is_asked_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    there = settings.REDIS_URL
    monkeypatch.setattr(kernel_redis, "AWAY_SECONDS", 0.1)
    away(settings)
    client = kernel_redis.broker()
    with pytest.raises(kernel_redis.Away):
        client.call(lambda server: server.ping())
    client.raw = kernel_redis.Client(there).raw
    with pytest.raises(kernel_redis.Away):
        client.call(lambda server: server.ping())
    time.sleep(0.15)
    assert client.call(lambda server: server.ping()) is True
