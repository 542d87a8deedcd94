"""Parallel callbacks, on connections of their own."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from apps.accounts.models import OAuthState, Session
from apps.accounts.tests.oauth import begin, finish
from conftest import Committed
from tests import codes, openid
from tests.client import ApiClient
from tests.openid import Provider

pytestmark = pytest.mark.slow

NONCE = "n" * 32


@pytest.fixture
def provider(committed: Committed, settings: Any) -> Iterator[Provider]:
    """One at which the tenant's administrator may sign in."""
    with openid.running() as found:
        app = {"client_id": "cognitor", "secret": "shared-secret", "provider_id": "acme", "name": "Acme"}
        app["settings"] = {"server_url": found.origin}  # type: ignore[assignment]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        committed.admin.email_verified_at = timezone.now()
        committed.admin.save(update_fields=["email_verified_at"])
        found.person("1", email=committed.admin.email, email_verified=True)
        yield found
        OAuthState.objects.all().delete()


def at_once(send: Callable[[int], Any], times: int) -> list[int]:
    start, answers = threading.Barrier(times), []

    def run(n: int) -> None:
        start.wait()
        answers.append(send(n).status_code)
        connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_of_parallel_callbacks_with_one_state_exactly_one_wins(committed: Committed, provider: Provider) -> None:
    begun = begin(ApiClient(), client_nonce=NONCE)
    back = provider.authorize(begun["authorization_url"], "1")
    assert at_once(lambda n: finish(ApiClient(), back, client_nonce=NONCE), 6) == [200] + [400] * 5
    assert Session.objects.filter(user=committed.admin).count() == 1
    linked = apps.get_model("socialaccount.SocialAccount")._default_manager.filter(user=committed.admin)
    assert linked.count() == 1


def test_of_parallel_sign_ins_of_a_new_identity_both_win_and_it_is_linked_once(
    committed: Committed, provider: Provider
) -> None:
    backs = []
    for _ in range(2):
        begun = begin(ApiClient(), client_nonce=NONCE)
        backs.append(provider.authorize(begun["authorization_url"], "1"))
    assert at_once(lambda n: finish(ApiClient(), backs[n], client_nonce=NONCE), 2) == [200, 200]
    linked = apps.get_model("socialaccount.SocialAccount")._default_manager.filter(user=committed.admin)
    assert linked.count() == 1


def test_of_parallel_codes_for_one_waiting_identity_exactly_one_wins(committed: Committed, provider: Provider) -> None:
    recovery = codes.enrol(committed.admin)
    begun = begin(ApiClient(), client_nonce=NONCE)
    back = provider.authorize(begun["authorization_url"], "1")
    assert finish(ApiClient(), back, client_nonce=NONCE).status_code == 401
    alone = {"state": back["state"], "client_nonce": NONCE}
    assert at_once(lambda n: finish(ApiClient(), alone, otp=recovery[n]), 4) == [200] + [400] * 3
    assert Session.objects.filter(user=committed.admin).count() == 1
    assert codes.left(committed.admin) == 9
