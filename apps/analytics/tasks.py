from celery import shared_task

from apps.core import redis
from apps.core.tasks import SystemTask


@shared_task(base=SystemTask, name="analytics.copy_events")
def copy_events() -> int:
    """Copies what waits in the queue; sent after batches and, as the sweep, every few seconds."""
    from apps.analytics.services import copying

    try:
        return copying.copy()
    except redis.Away:  # as it says itself; the sweep comes again
        return 0
