"""Settings of the test run, on the servers that TEST_DATABASE_URL and TEST_REDIS_URL name (`bin/test` sets them).

Which database is used there is the matter of `tests.databases`; of Redis each worker has two numbers of its own.
"""

import os
import re

if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
if "TEST_REDIS_URL" in os.environ:
    _worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    _server = re.sub(r"/\d*$", "", os.environ["TEST_REDIS_URL"])
    os.environ["REDIS_URL"] = f"{_server}/{2 * _worker}"
    os.environ["CACHE_URL"] = f"{_server}/{2 * _worker + 1}"

from cognitor.settings.base import *  # noqa: F403

SECRET_KEY = "only-for-tests-and-long-enough-to-sign-with-" + "0" * 20
SIMPLE_JWT = {**SIMPLE_JWT, "SIGNING_KEY": SECRET_KEY}  # noqa: F405
PUBLIC_BASE_URL = "http://testserver"
SOCIALACCOUNT_PROVIDERS = {}
OAUTH_REDIRECT_URIS = ["http://testserver/auth/oauth/{provider}/callback"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage",
        "OPTIONS": {"base_url": "http://testserver/files/"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = False
LOG_LEVEL = "ERROR"
# A file a worker: their databases have the same ids, and one must not touch what another delivers.
DELIVERY_GENERATIONS = ROOT / ".test-data" / f"delivery-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.generations"  # noqa: F405
DELIVERY_LISTENS = False
ANALYTICS_TELLS = False
AI_MODELS = []
SEARCH_SEMANTIC = False  # the model takes 100 MB of each worker; tests of meanings switch it on
OPENAI_API_KEY = ANTHROPIC_API_KEY = FAL_KEY = ELEVENLABS_API_KEY = ""
