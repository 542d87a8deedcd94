"""Counting, the queue, copying, months."""

from apps.analytics.services import (
    copying,
    counting,
    queue,
    receiving,
)

__all__ = ["copying", "counting", "queue", "receiving"]
