"""Counts of wrong passwords, per account and per network, whatever is said in the request."""

import pytest

from apps.accounts.services import attempts
from apps.core.errors import RateLimited
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def test_fifty_wrong_passwords_close_a_network_for_every_account_and_no_other_network() -> None:
    for n in range(attempts.PER_NETWORK):
        attempts.counted(f"somebody-{n}@alpha.test", "192.0.2.0")
    with pytest.raises(RateLimited):
        attempts.counted("nobody-yet@alpha.test", "192.0.2.0")
    attempts.counted("nobody-yet@alpha.test", "198.51.100.0")


def test_a_right_password_takes_back_its_own_attempt_and_no_failure_of_another_account() -> None:
    for n in range(attempts.PER_NETWORK - 1):
        attempts.counted(f"somebody-{n}@alpha.test", "192.0.2.0")
    for _ in range(3):
        attempts.counted("ada@alpha.test", "192.0.2.0").right()
    attempts.counted("ada@alpha.test", "192.0.2.0")
    with pytest.raises(RateLimited):
        attempts.counted("ada@alpha.test", "192.0.2.0")


@pytest.mark.parametrize(
    "spelling",
    ["EDITOR@ALPHA.TEST", " editor@alpha.test ", "editor@alpha.test\t", "Editor@Alpha.Test"],
)
def test_no_spelling_of_an_address_is_another_account(users: object, spelling: str) -> None:
    def attempt(address: str, n: int, **headers: str) -> int:
        body = {"username": address, "password": "wrong", "otp": f"{n:06}", "tenant": "", "extra": n}
        return ApiClient(REMOTE_ADDR=f"192.0.2.{n}").post("/auth/login", body, headers=headers).status_code

    email = pair.email("editor", "alpha")
    assert [attempt(email, n) for n in range(attempts.PER_ACCOUNT)] == [401] * attempts.PER_ACCOUNT
    forged = {"X-Forwarded-For": "203.0.113.9", "User-Agent": "another", "Forwarded": "for=203.0.113.9"}
    assert attempt(spelling, 99, **forged) == 429
    assert attempt("editor+tag@alpha.test", 99, **forged) == 401
