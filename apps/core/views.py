import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from rest_framework.request import Request

from apps.core import errors
from apps.core.encoding import dumps
from apps.core.models import Job
from apps.core.operation import PUBLIC, USER, operation
from apps.core.serializers import HealthOut, JobOut, ReadyOut, RootOut
from apps.core.services import health, jobs
from apps.core.viewsets import OperationViewSet


class RootViewSet(OperationViewSet):
    """Where one begins."""

    category = "public"

    @operation("root", allow=PUBLIC, rate="public", gives=RootOut)
    def root(self, request: Request) -> dict[str, Any]:
        """What this is, and where to go on."""
        return {
            "name": settings.SPECTACULAR_SETTINGS["TITLE"],
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "links": {"docs": "/docs", "openapi": "/openapi.json", "admin": "/admin/", "health": "/health/ready"},
        }


class HealthViewSet(OperationViewSet):
    """For load balancers and supervisors."""

    category = "ops"

    @operation("health_live", allow=PUBLIC, rate="none", gives=HealthOut)
    def live(self, request: Request) -> dict[str, str]:
        """Whether the process is up; touches nothing else."""
        return {"status": "ok"}

    @operation("health_ready", allow=PUBLIC, rate="none", gives=ReadyOut, refuses=[errors.NotReady])
    def ready(self, request: Request) -> health.Health:
        """Whether requests can be served: database, broker, storage (503 when one is down) and cache."""
        found = health.Health()
        if found.down:
            parts = {str(name) for name in ReadyOut().fields} - {"status"}
            raise errors.NotReady(**{name: asdict(getattr(found, name)) for name in parts})
        return found


class JobsViewSet(OperationViewSet):
    """Long work: how far it is, and its end."""

    category = "ops"

    @operation("jobs_get", allow=USER, rate="read", gives=JobOut)
    def retrieve(self, request: Request, job_id: uuid.UUID) -> Job:
        """State, progress, result or error of a job that the caller started, or may see as one who reads users."""
        return jobs.job_for(actor=request.actor, job_id=job_id)

    @operation("jobs_events", allow=USER, rate="read", media_types=["text/event-stream"])
    def events(self, request: Request, job_id: uuid.UUID) -> StreamingHttpResponse:
        """Server-sent events: `progress` whenever the job has changed, then `end`, each with the job as its data.

        A stream that ends before the job does is to be asked for again, as `EventSource` does by itself.
        """
        job = jobs.job_for(actor=request.actor, job_id=job_id)
        response = StreamingHttpResponse(_told(job), content_type="text/event-stream; charset=utf-8")
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"  # nginx would keep the events back
        return response

    @operation("jobs_cancel", allow=USER, rate="write", gives=JobOut, effects="rows")
    def cancel(self, request: Request, job_id: uuid.UUID) -> Job:
        """Asks a job to end: at once when it has not begun, otherwise at its next step. An ended job stays as it is."""
        return jobs.cancel(actor=request.actor, job_id=job_id)


def _told(job: Job) -> Iterator[bytes]:
    """In the lines of https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    yield b"retry: 1000\n\n"
    for now in jobs.followed(job):
        if now is None:
            yield b":\n\n"
        else:
            name = b"end" if now.state in Job.FINAL else b"progress"
            yield b"event: %s\ndata: %s\n\n" % (name, dumps(JobOut(now).data))
