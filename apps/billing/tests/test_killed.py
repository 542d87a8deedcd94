"""Processes that spend and are killed in the midst: nothing is lost, doubled, or held for ever."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.billing.models import Balance, CostSetting, Hold
from apps.billing.services import checking, housekeeping
from apps.billing.tests.factories import credits, price
from apps.billing.tests.spending import OPERATION, PRICE
from cognitor.settings.environment import ROOT
from conftest import Committed

pytestmark = pytest.mark.slow

EACH = 50


def spender(token: str) -> subprocess.Popen[str]:
    name = connection.settings_dict
    url = f"postgres://{name['USER']}:{name['PASSWORD']}@{name['HOST']}:{name['PORT']}/{name['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "apps.billing.tests.spending"],
        env=os.environ | {"TEST_DATABASE_URL": url},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    json.dump({"token": token, "count": EACH}, process.stdin)
    process.stdin.close()
    return process


@pytest.fixture
def priced_operation(committed: Committed) -> Any:
    yield price(OPERATION, str(PRICE), "image")
    connection.set_schema_to_public()
    CostSetting.objects.filter(operation=OPERATION).delete()


def test_of_two_hundred_priced_operations_killed_in_the_midst_each_is_settled_or_given_back(
    committed: Committed, priced_operation: Any
) -> None:
    granted = 1_000
    credits(committed.tenant, granted)
    token, dice = committed.client.defaults["HTTP_AUTHORIZATION"], random.Random(7)
    processes = [spender(token) for _ in range(4)]
    lines: list[str] = []
    for number, process in enumerate(processes):
        assert process.stdout is not None
        for _ in range(20 + dice.randrange(20)):
            lines.append(process.stdout.readline().strip())
        if number < 3:
            time.sleep(dice.random() / 50)
            os.kill(process.pid, signal.SIGKILL)
        lines += [line.strip() for line in process.stdout]
        process.wait()
    told = [int(line.split()[1]) for line in lines if line.startswith("200") and line.split()[1] != "-"]
    assert {line.split()[0] for line in lines if line} == {"begun", "again", "200"}
    assert set(told) == {PRICE}
    call_command("check_ledger", tenant=committed.tenant.identifier)

    holds = Hold.objects.filter(tenant_id=committed.tenant.pk)
    assert holds.filter(state="open").count() <= 3
    holds.filter(state="open").update(expires_at=timezone.now())
    housekeeping.expire_holds(timezone.now())
    assert set(holds.values_list("state", flat=True)) <= {"settled", "released", "expired"}
    charged = holds.aggregate(sum=Sum("charged"))["sum"]
    balance = Balance.objects.get(pk=committed.tenant.pk)
    assert (balance.available, balance.held) == (granted - charged, 0)
    # Each that was told of is charged; of a killed process at most the one that it was at may be charged untold.
    assert sum(told) <= charged <= sum(told) + 3 * PRICE
    assert checking.faults(committed.tenant.pk) == []


def test_the_answer_says_what_was_charged_also_when_it_is_repeated_and_without_credits_it_is_402(
    committed: Committed, priced_operation: Any
) -> None:
    credits(committed.tenant, PRICE * 2 + 1)
    process = spender(committed.client.defaults["HTTP_AUTHORIZATION"])
    lines = [line.strip() for line in process.stdout or () if line.strip() != "begun"]
    process.wait()
    assert lines == ["200 3", "again 200 3", "200 3", *["402 -"] * (EACH - 2)]
    assert Balance.objects.get(pk=committed.tenant.pk).available == 1
