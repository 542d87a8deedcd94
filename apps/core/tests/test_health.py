"""Health and jobs, as supervisors and clients ask for them; and the commands around the cache and the metrics."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from apps.core import redis
from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.services import health, jobs
from cognitor.settings.environment import ROOT
from tests.client import ApiClient

PARTS = ("database", "broker", "storage", "cache")
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.mark.django_db
def test_being_alive_touches_nothing(api: ApiClient, django_assert_num_queries: Any, settings: Any) -> None:
    settings.REDIS_URL = settings.CACHE_URL = NOWHERE
    with django_assert_num_queries(0):
        response = api.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert api.get("/health/").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readiness_names_each_part_with_its_time(api: ApiClient) -> None:
    found = api.get("/health/ready").json()
    assert found["status"] == "ok"
    assert set(found) == {"status", *PARTS}
    for part in PARTS:
        assert found[part]["status"] == "ok"
        assert 0 <= found[part]["ms"] < 3000


@pytest.mark.django_db
def test_without_the_cache_it_is_degraded_but_serves(api: ApiClient, settings: Any) -> None:
    settings.CACHE_URL = NOWHERE
    response = api.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["cache"]["status"] == "down"


@pytest.mark.django_db
def test_without_the_broker_it_is_not_ready(api: ApiClient, settings: Any) -> None:
    settings.REDIS_URL = NOWHERE
    response = api.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["code"] == "ops.not_ready"
    assert response.json()["detail"]["broker"]["status"] == "down"
    assert response.json()["detail"]["database"]["status"] == "ok"


@pytest.mark.django_db
def test_without_the_storage_it_is_not_ready(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> bool:
        raise OSError("bucket away")

    monkeypatch.setattr(default_storage, "exists", away)
    response = api.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["detail"]["storage"]["status"] == "down"
    assert "bucket" not in response.content.decode()


@pytest.mark.django_db
def test_a_storage_that_hangs_is_down_in_bounded_time(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STORAGE_SECONDS", 0.1)
    monkeypatch.setattr(default_storage, "exists", lambda *_: time.sleep(0.5))
    started = time.monotonic()
    assert api.get("/health/ready").status_code == 503
    assert time.monotonic() - started < 2
    time.sleep(0.5)


@pytest.mark.django_db
def test_without_the_database_it_is_not_ready(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr(connection, "cursor", away)
    response = api.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["detail"]["database"]["status"] == "down"


# Jobs


def job_of(user: Any, **about: Any) -> Job:
    actor = Actor(kind="user", id=user.pk, label=user.email, tenant_id=user.home_tenant_id)
    job = jobs.start(actor=actor, kind="demo")
    Job.objects.filter(pk=job.pk).update(**about)
    return job


def test_a_job_tells_how_far_it_is(as_role: Any, users: Any) -> None:
    job = job_of(users["alpha"]["author"], done=1, total=4, state="running")
    found = as_role("author").get(f"/jobs/{job.pk}").json()
    assert (found["state"], found["progress"], found["done"], found["total"]) == ("running", 0.25, 1, 4)
    assert (found["id"], found["result"], found["error"], found["finished_at"]) == (str(job.pk), None, None, None)


def test_progress_is_unknown_without_a_total_and_whole_at_the_end(as_role: Any, users: Any) -> None:
    client = as_role("author")
    assert client.get(f"/jobs/{job_of(users['alpha']['author'], done=3).pk}").json()["progress"] is None
    done = job_of(users["alpha"]["author"], state="succeeded", result={"made": 3})
    assert client.get(f"/jobs/{done.pk}").json()["progress"] == 1.0
    assert client.get(f"/jobs/{done.pk}").json()["result"] == {"made": 3}


def test_the_stream_of_a_job_tells_its_progress_and_its_end(
    as_role: Any, users: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(users["alpha"]["author"], done=1, total=4, state="running")
    ends = {"state": "succeeded", "result": {"made": 4}}
    monkeypatch.setattr("time.sleep", lambda seconds: Job.objects.filter(pk=job.pk).update(**ends))
    response = as_role("author").get(f"/jobs/{job.pk}/events")
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    retry, progress, end, rest = b"".join(response.streaming_content).decode().split("\n\n")
    assert (retry, rest) == ("retry: 1000", "")
    name, data = progress.split("\n")
    assert (name, json.loads(data.removeprefix("data: "))["progress"]) == ("event: progress", 0.25)
    name, data = end.split("\n")
    assert (name, json.loads(data.removeprefix("data: "))["result"]) == ("event: end", {"made": 4})
    assert as_role("editor").get(f"/jobs/{job.pk}/events").status_code == 404


def test_a_job_is_its_starters_and_its_tenants_administrators(as_role: Any, users: Any) -> None:
    job = job_of(users["alpha"]["author"])
    assert as_role("tenant_admin").get(f"/jobs/{job.pk}").status_code == 200
    assert as_role("editor").get(f"/jobs/{job.pk}").status_code == 404
    assert as_role("tenant_admin", tenant="beta").get(f"/jobs/{job.pk}").status_code == 404
    assert as_role("author").get(f"/jobs/{uuid.uuid4()}").status_code == 404
    assert as_role("author").get("/jobs/1").status_code == 404


def test_a_waiting_job_ends_at_once_a_running_one_at_its_next_step(as_role: Any, users: Any) -> None:
    client, waiting = as_role("author"), job_of(users["alpha"]["author"])
    assert client.post(f"/jobs/{waiting.pk}/cancel").json()["state"] == "cancelled"
    running = job_of(users["alpha"]["author"], state="running")
    assert client.post(f"/jobs/{running.pk}/cancel").json()["state"] == "running"
    running.refresh_from_db()
    with pytest.raises(jobs.Cancelled):
        jobs.step(running)
    other = job_of(users["alpha"]["editor"])
    assert client.post(f"/jobs/{other.pk}/cancel").status_code == 404
    other.refresh_from_db()
    assert other.state == "queued"


def test_nobody_sees_a_job_without_a_token(api: ApiClient, users: Any) -> None:
    assert api.get(f"/jobs/{job_of(users['alpha']['author']).pk}").status_code == 401


# Commands


def told(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_clearing_the_cache_deletes_its_keys_and_no_others() -> None:
    redis.cache().call(lambda server: server.mset({"a": 1, "b": 2}))
    redis.broker().call(lambda server: server.set("kept", 1))
    assert told("cache", "clear") == "Deleted 2 keys.\n"
    assert redis.cache().call(lambda server: server.dbsize()) == 0
    assert redis.broker().call(lambda server: server.get("kept")) == b"1"


def test_the_cache_is_not_cleared_when_it_is_the_broker(settings: Any) -> None:
    settings.CACHE_URL = settings.REDIS_URL
    redis.broker().call(lambda server: server.set("kept", 1))
    with pytest.raises(CommandError, match="one database"):
        told("cache", "clear")
    assert redis.broker().call(lambda server: server.get("kept")) == b"1"


def test_the_caches_state_is_told() -> None:
    redis.cache().call(lambda server: (server.set("a", 1), server.get("a"), server.get("none")))
    lines = dict(line.split(None, 1) for line in told("cache", "stats").replace("hit rate", "rate").splitlines())
    assert lines["keys"] == "1"
    assert int(lines["hits"]) >= 1
    assert int(lines["misses"]) >= 1


def test_a_cache_that_is_away_is_said_so(settings: Any) -> None:
    settings.CACHE_URL = NOWHERE
    with pytest.raises(CommandError, match="does not answer"):
        told("cache", "stats")


def test_metrics_need_the_folder_of_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    with pytest.raises(CommandError, match="PROMETHEUS_MULTIPROC_DIR"):
        told("serve_metrics", "--port", "0")


def test_metrics_are_served_until_a_signal(tmp_path: Path) -> None:
    from cognitor.installation import free_port

    port = free_port()
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "REDIS_URL": settings.REDIS_URL}
    command = [sys.executable, str(ROOT / "manage.py"), "serve_metrics", "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
                    assert answer.status == 200
                    break
            except OSError:
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                time.sleep(0.1)
        else:
            pytest.fail("the metrics were not served")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
