"""What keeps an unsafe installation from starting."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import override_settings
from django.urls import path
from rest_framework.authentication import BasicAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.viewsets import OperationViewSet
from cognitor.embedded import process
from cognitor.installation import ROOT
from cognitor.startup import refuse_what_is_unsafe
from tests.databases import own_url

pytestmark = pytest.mark.slow

SOUND = {
    "DJANGO_SETTINGS_MODULE": "cognitor.settings.production",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "cms.example.com",
    "PUBLIC_BASE_URL": "https://cms.example.com",
    "DATABASE_URL": "postgres://u:p@127.0.0.1:1/c",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "CACHE_URL": "redis://127.0.0.1:1/1",
}


class Undeclared(APIView):
    def get(self, request):
        return Response({})


urlpatterns = [path("undeclared", Undeclared.as_view())]


def read_settings(**changes: str) -> subprocess.CompletedProcess[str]:
    """Reads the production settings in a process of its own."""
    env = {key: value for key, value in (os.environ | SOUND | changes).items() if value}
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.DEBUG)"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_sound_production_settings_are_taken():
    assert read_settings().stdout.strip() == "False"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "fewer than 50 characters"),
        ({"SECRET_KEY": "a" * 60}, "repeats"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"STRIPE_SANDBOX_URL": "http://:secret@127.0.0.1:1"}, "the payment sandbox would give credits for nothing"),
        ({"ALLOWED_HOSTS": "*"}, "wildcard"),
        ({"ALLOWED_HOSTS": ".example.com"}, "wildcard"),
        ({"PUBLIC_BASE_URL": "http://cms.example.com"}, "https://"),
    ],
)
def test_unsafe_production_settings_are_refused_by_name(changes, said):
    done = read_settings(**changes)
    assert done.returncode != 0
    assert said in done.stderr


def test_a_broker_that_evicts_is_refused(settings):
    import redis

    server = redis.Redis.from_url(settings.REDIS_URL)
    before = str(server.config_get("maxmemory-policy")["maxmemory-policy"])
    server.config_set("maxmemory-policy", "allkeys-lru")
    try:
        done = read_settings(REDIS_URL=settings.REDIS_URL)
    finally:
        server.config_set("maxmemory-policy", before)
        server.close()
    assert done.returncode != 0
    assert "evicts" in done.stderr


@pytest.mark.django_db
def test_the_installation_as_it_is_may_start():
    refuse_what_is_unsafe()


@pytest.mark.django_db
def test_a_rest_view_without_an_operation_ends_the_start():
    with override_settings(ROOT_URLCONF="tests.test_startup"), pytest.raises(ImproperlyConfigured, match="undeclared"):
        refuse_what_is_unsafe()


@pytest.mark.django_db
def test_another_authentication_ends_the_start(monkeypatch):
    monkeypatch.setattr(OperationViewSet, "authentication_classes", [BasicAuthentication])
    with pytest.raises(ImproperlyConfigured, match="BearerAuthentication"):
        refuse_what_is_unsafe()


@pytest.mark.django_db
def test_a_missing_table_of_sessions_ends_the_start():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE public.accounts_session RENAME TO elsewhere")
    with pytest.raises(ImproperlyConfigured, match="accounts_session"):
        refuse_what_is_unsafe()


HELD = """
import os, threading
from cognitor import web
web.preload()
files = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
sockets = [file for file in files if os.path.lexists(file) and os.readlink(file).startswith("socket:")]
print(len(threading.enumerate()), len(sockets))
"""


@pytest.mark.skipif(not process.LINUX, reason="looks into /proc")
def test_the_web_server_forks_with_one_thread_and_no_connection(db):
    """A pool's threads do not live on in a child, and a connection would be two processes'."""
    env = os.environ | {"TEST_DATABASE_URL": own_url(), "COGNITOR_PROCESS": "web"}
    done = subprocess.run([sys.executable, "-c", HELD], env=env, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.split()[-2:] == ["1", "0"], done.stderr
