import threading

from django.db import connection

from tests import pair
from tests.client import ApiClient


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
