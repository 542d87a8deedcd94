"""Composition root: the only place that sees every app."""

from cognitor.celery import app as celery_app

__all__ = ["celery_app"]
