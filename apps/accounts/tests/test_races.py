import threading

import pytest
from django.db import connection

from apps.accounts.models import OneTimeToken, SignupAssessment, User
from apps.accounts.services import fraud, one_time
from apps.core.models import EventRow
from apps.sites.models import Tenant
from conftest import drop
from tests import codes, pair
from tests.client import ApiClient

pytestmark = pytest.mark.slow


def test_of_eight_parallel_uses_of_a_refresh_token_exactly_one_wins(committed):
    body = {"username": committed.admin.email, "password": pair.PASSWORD}
    tokens = ApiClient().post("/auth/login", body).json()
    start, won = threading.Barrier(8), []

    def use() -> None:
        start.wait()
        answer = ApiClient().post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
        won.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [200] + [401] * 7


def test_of_parallel_uses_of_a_code_exactly_one_wins(committed):
    recovery = codes.enrol(committed.admin)[0]

    def use(code: str, start: threading.Barrier, answers: list[int]) -> None:
        start.wait()
        body = {"username": committed.admin.email, "password": pair.PASSWORD, "otp": code}
        answers.append(ApiClient().post("/auth/login", body).status_code)
        connection.close()

    for code in (recovery, codes.fresh(committed.admin)):
        start = threading.Barrier(4)
        answers: list[int] = []
        threads = [threading.Thread(target=use, args=[code, start, answers]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 401, 401, 401]


def test_of_parallel_uses_of_a_mailed_token_exactly_one_wins(committed):
    token = one_time.issue(committed.admin, OneTimeToken.Purpose.RESET)
    start, codes = threading.Barrier(4), []

    def use(n: int) -> None:
        start.wait()
        body = {"token": token, "password": f"a-brand-new-battery-staple-{n}"}
        codes.append(ApiClient().post("/auth/reset-password", body).status_code)
        connection.close()

    threads = [threading.Thread(target=use, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [204, 400, 400, 400]


def test_of_twenty_parallel_guesses_ten_are_looked_at(committed):
    start, codes = threading.Barrier(20), []

    def guess(n: int) -> None:
        start.wait()
        body = {"username": committed.admin.email, "password": f"wrong-{n}"}
        codes.append(ApiClient(REMOTE_ADDR=f"192.0.2.{n}").post("/auth/login", body).status_code)
        connection.close()

    threads = [threading.Thread(target=guess, args=[n]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [401] * 10 + [429] * 10


def test_of_parallel_sign_ups_with_one_address_one_makes_the_account(committed):
    email = f"ada@{committed.site.identifier}.test"
    start, codes = threading.Barrier(4), []

    def sign_up(n: int) -> None:
        start.wait()
        body = {"email": email, "password": f"analytical-engine-no-{n}", "name": "Ada", "tenant": f"engines-{n}"}
        codes.append(ApiClient().post("/auth/signup", body).status_code)
        connection.close()

    threads = [threading.Thread(target=sign_up, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = Tenant.objects.filter(identifier__startswith="engines-")
    try:
        assert codes == [202] * 4
        user = User.objects.get(email=email)
        assert (user.pending, made.count(), made.filter(pk=user.home_tenant_id).count()) == (True, 4, 1)
        outcomes = SignupAssessment.objects.filter(email_hash=fraud.digest(email)).values_list("outcome", flat=True)
        assert sorted(outcomes) == ["created", "known", "known", "known"]
    finally:
        EventRow.objects.filter(subject_id__in=User.objects.filter(home_tenant__in=made).values("pk")).delete()
        SignupAssessment.objects.all().delete()
        for tenant in list(made):
            drop(tenant)
