"""A process that does one thing and is killed where it is told to be: `python -m tests.dying`, a task as JSON on stdin.

    {"deed": "request" | "dispatch" | "due" | "job" | "jobs" | "copy", "kill": POINT or "", "files": FOLDER,
     "method", "path", "token", "key", "body", "upload", "job", "jobs"}

`jobs` are run one after the other; those that have been run already are not. `body` is JSON, or with `upload` a form
with a file of that name. It prints the answer, when it lives to see one, as `{"status", "replayed", "body"}`. Its
database is the one that TEST_DATABASE_URL names.
"""

import functools
import json
import os
import signal
import sys
from importlib import import_module
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "cognitor.settings.test"

POINTS = {
    # name: what is called there, and whether it is still done
    "claimed": ("apps.core.idempotency", "_claim", True),
    "effect": ("apps.core.operation", "_perform", True),
    "answer stored": ("apps.core.idempotency", "_store", True),
    "committed": ("apps.core.services.events", "nudge", False),
    "told": ("apps.core.idempotency", "once", True),
    "planned": ("apps.media.services.files", "store", False),
    "file stored": ("apps.media.services.files", "store", True),
    "deed done": ("cognitor.reactions", "DUE", True),
    "job done": ("cognitor.reactions", "JOBS", True),
    "batch done": ("apps.sites.services.expiry", "_batch", True),
    "rows copied": ("apps.analytics.services.copying", "store", True),
    "copy committed": ("apps.analytics.services.queue", "done", False),
    "settled": ("apps.media.services.files", "settle", True),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(point: str) -> None:
    module, name, done = POINTS[point]
    home = import_module(module)
    original = getattr(home, name)
    if isinstance(original, dict):
        original.update({kind: dying(deed, done) for kind, deed in original.items()})
    else:
        setattr(home, name, dying(original, done))


def dying(original: Any, done: bool) -> Any:
    @functools.wraps(original)
    def last(*args: Any, **kwargs: Any) -> None:
        if done:
            original(*args, **kwargs)
        die()

    return last


def react_and_die() -> None:
    """The reactions are done, in their savepoint, and the process ends before that they are done is written."""
    from django.db.models import QuerySet

    from apps.core.models import EventRow

    update = QuerySet.update

    def last(rows: QuerySet[Any], **values: Any) -> int:
        if rows.model is EventRow and "dispatched_at" in values:
            die()
        return update(rows, **values)

    QuerySet.update = last  # type: ignore[method-assign, assignment]


def request(task: dict[str, Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from apps.media.tests.factories import picture

    headers = {"Authorization": task["token"]} | ({"Idempotency-Key": task["key"]} if task["key"] else {})
    if task.get("upload"):
        form = {**task["body"], "file": SimpleUploadedFile(task["upload"], picture())}
        response = Client(headers=headers).post(task["path"], form)
    else:
        send = getattr(Client(headers=headers), task["method"])
        response = send(task["path"], json.dumps(task["body"]), content_type="application/json")
    replayed = response.headers.get("Idempotency-Replayed") == "true"
    print(json.dumps({"status": response.status_code, "replayed": replayed, "body": response.content.decode()}))


def main() -> None:
    task = json.load(sys.stdin)

    import django
    from django.conf import settings

    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": task["files"], "base_url": "http://testserver/files/"},
        }
    }
    django.setup()
    if task["kill"] == "reacted":
        react_and_die()
    elif task["kill"]:
        kill_at(task["kill"])
    if task["deed"] == "job":
        from apps.core.services import jobs

        jobs.run(task["job"])
    elif task["deed"] == "jobs":
        from apps.core.services import jobs

        for job in task["jobs"]:
            jobs.run(job)
    elif task["deed"] != "request":
        from apps.analytics.services import copying
        from apps.core.services import due, events

        count = {"dispatch": events.dispatch, "due": due.run, "copy": copying.copy}[task["deed"]]()
        print(json.dumps({"status": count, "replayed": False, "body": ""}))
    else:
        request(task)


if __name__ == "__main__":
    main()
