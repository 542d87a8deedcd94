"""The Celery application; `celery -A cognitor` finds it here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
os.environ.setdefault("COGNITOR_PROCESS", "worker")

app = Celery("cognitor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
