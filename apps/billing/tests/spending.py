"""A process that spends until it is done or killed: `python -m apps.billing.tests.spending`, a task as JSON on stdin.

    {"token": "Bearer …", "count": 50}

It serves an operation of its own, which is nowhere else, and calls it like a client, the first time twice with one key.
What it has begun, and what the answers say that was charged, it prints a line each.
"""

import json
import os
import sys
import time
from typing import Any

OPERATION = "tests_paint"
PRICE = 3


def urls() -> tuple[Any, ...]:
    """The URL table with the operation; its declaration is taken back out of the document's register."""
    from django.urls import path
    from rest_framework import serializers
    from rest_framework.request import Request

    from apps.billing import errors
    from apps.billing.services import pricing
    from apps.billing.services.quotes import Asked
    from apps.core.operation import OPERATIONS, operation
    from apps.sites.viewsets import TenantViewSet

    class PaintIn(serializers.Serializer[Any]):
        number = serializers.IntegerField()

    class PaintOut(serializers.Serializer[Any]):
        charged = serializers.IntegerField()

    def begin(request: Request) -> pricing.Work:
        """The hold is committed, then the vendor is called, which takes its time and now and then fails."""
        asked = Asked(operation=OPERATION, quantities={"images": 1})
        work = pricing.begin(actor=request.actor, asked=asked)
        time.sleep(0.002)
        if request.valid["number"] % 10 == 9:
            work.release()
        return work

    class PaintViewSet(TenantViewSet):
        category = "billing"

        @operation(
            OPERATION,
            allow="ai.generate",
            rate="none",
            takes=PaintIn,
            gives=PaintOut,
            effects="outside",
            cost="per image",
            refuses=errors.OF_PRICED,
            prepare=begin,
        )
        def paint(self, request: Request) -> dict[str, int]:
            """Paints nothing, for money."""
            work = request.prepared
            return {"charged": work.settle() if work.open else 0}

    OPERATIONS.pop(OPERATION)
    return (path("tests/paint", PaintViewSet.as_view({"post": "paint"})),)


def main() -> None:
    task = json.load(sys.stdin)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cognitor.settings.test"

    import django

    django.setup()
    from django.test import Client
    from django.urls import clear_url_caches

    from cognitor import urls as table

    table.urlpatterns[:0] = urls()
    clear_url_caches()
    client = Client(headers={"Authorization": task["token"]})
    for number in range(task["count"]):
        headers = {"Idempotency-Key": f"{os.getpid()}-{number}"}
        print("begun", flush=True)
        answer = client.post("/tests/paint", json.dumps({"number": number}), "application/json", headers=headers)
        print(answer.status_code, answer.headers.get("X-Credits-Charged", "-"), flush=True)
        if number == 0:
            again = client.post("/tests/paint", json.dumps({"number": number}), "application/json", headers=headers)
            print("again", again.status_code, again.headers.get("X-Credits-Charged", "-"), flush=True)


if __name__ == "__main__":
    main()
