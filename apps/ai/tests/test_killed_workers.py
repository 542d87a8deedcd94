"""Workers that are killed (kill -9) over a queue of generations: each is delivered and charged once, or released."""

import io
import json
import os
import subprocess
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.ai.models import Generation
from apps.ai.services import texts
from apps.billing import selectors as billing
from apps.billing.models import Hold
from apps.billing.tests.factories import credits
from apps.core.actor import Actor
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from cognitor.installation import ROOT
from conftest import Committed
from tests.test_killed import own_url

COUNT = 200


def worker(ids: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.dying"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | {"TEST_DATABASE_URL": own_url()},
    )
    assert child.stdin is not None
    with child.stdin as told:
        told.write(json.dumps({"deed": "jobs", "kill": "", "files": str(folder), "jobs": ids}).encode())
    return child


def ended(ids: list[str]) -> int:
    return Job.objects.filter(pk__in=ids, state__in=Job.FINAL).count()


def kill_over(child: "subprocess.Popen[bytes]", ids: list[str], count: int) -> None:
    """Lets it work until that many have ended, and kills it over the next."""
    until = time.monotonic() + 30
    while ended(ids) < count and child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    child.kill()
    child.wait()
    assert child.returncode == -9


@pytest.mark.slow
def test_workers_killed_over_two_hundred_generations_leave_each_paid_once_or_not_at_all(
    rich: Committed, tmp_path: Path
) -> None:
    credits(rich.tenant, 200)
    actor = Actor(kind="user", id=rich.admin.pk, label="admin", tenant_id=rich.tenant.pk)
    with inside(rich.tenant):
        begun = [texts.start(actor=actor, site=rich.site, prompt=f"Number {n}", max_tokens=9) for n in range(COUNT)]
    ids = [str(row.job_id) for row in begun]
    for job_id in ids[-10:-5]:
        jobs.cancel(actor=actor, job_id=uuid.UUID(job_id))
    for count in (60, 120):
        kill_over(worker(ids, tmp_path), ids, count)
        died = Job.objects.filter(pk__in=ids, state="running")
        died.update(lease_until=timezone.now() - timedelta(seconds=1))
        jobs.requeue_lost()
    # One that three workers have died over already is not tried a fourth time.
    Job.objects.filter(pk=ids[-1]).update(
        state="running", attempts=jobs.MAX_ATTEMPTS, lease_until=timezone.now() - timedelta(seconds=1)
    )
    jobs.requeue_lost()
    assert worker(ids, tmp_path).wait(60) == 0

    states = dict(Job.objects.filter(pk__in=ids).values_list("pk", "state"))
    assert Counter(states.values()) == {"succeeded": COUNT - 6, "cancelled": 5, "failed": 1}
    for row in Generation.objects.filter(job_id__in=ids):
        hold = Hold.objects.get(pk=row.hold_id)
        delivered = states[row.job_id] == "succeeded"
        assert (hold.state, hold.charged, row.charged, bool(row.result)) == (
            ("settled", 1, 1, True) if delivered else ("released", 0, None, False)
        )
    assert billing.available(rich.tenant.pk) == 300 - (COUNT - 6)
    told = EventRow.objects.filter(tenant_id=rich.tenant.pk, name="ai.generation_delivered")
    assert Counter(told.values_list("subject_id", flat=True)).most_common(1)[0][1] == 1
    assert told.count() == COUNT - 6
    call_command("check_ledger", stdout=io.StringIO())
