"""What our figures are held against: Django as small as it gets, one view that returns the same bytes; and what the
web server gives at most, a function that does nothing but return them."""

import os
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

_SINGLE = Path(os.environ["BENCH_SINGLE"]).read_bytes()
_LIST = Path(os.environ["BENCH_LIST"]).read_bytes()


def single(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_SINGLE, content_type="application/json")


def many(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_LIST, content_type="application/json")


urlpatterns: list[Any] = [path("single", single), path("list", many)]
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bench",  # noqa: S106
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()
application = get_wsgi_application()


def plain(environ: dict[str, Any], start: Any) -> tuple[bytes]:
    body = _SINGLE if environ["PATH_INFO"] == "/single" else _LIST
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return (body,)
