from apps.core.models.due import Due
from apps.core.models.event import EventRow
from apps.core.models.idempotency import IdempotencyKey
from apps.core.models.job import Job

__all__ = ["Due", "EventRow", "IdempotencyKey", "Job"]
