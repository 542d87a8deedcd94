"""Celery tasks that know their tenant.

A `TenantTask` carries its tenant's id in a header and runs in that tenant's schema; without one it refuses to
run. The id comes from, in this order: the `tenant_id` option of `apply_async`, the connection's current tenant,
the task that is running (so that chains, chords and retries keep it).
"""

from typing import Any

import structlog
from celery import Task, current_task, shared_task
from django.db import close_old_connections, connection
from django_tenants.utils import get_public_schema_name, get_tenant_model

from apps.core import context

log = structlog.get_logger(__name__)


class NoTenant(Exception):
    """A task of a tenant was started without one."""


class SystemTask(Task):
    """A task of the installation; starts and ends on the shared schema."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        context.begin(request_id=str(self.request.id or ""), operation=self.name)
        connection.set_schema_to_public()
        try:
            return self.run(*args, **kwargs)
        finally:
            _leave()


class TenantTask(Task):
    """A task of one tenant; see the module."""

    def apply_async(self, args: Any = None, kwargs: Any = None, *, tenant_id: int | None = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        headers["tenant_id"] = tenant_id or headers.get("tenant_id") or _present_tenant()
        if headers["tenant_id"] is None:
            raise NoTenant(self.name)
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tenant_id = _header(self.request)
        if tenant_id is None:
            raise NoTenant(self.name)
        context.begin(request_id=str(self.request.id or ""), operation=self.name)
        connection.set_schema_to_public()
        try:
            connection.set_tenant(get_tenant_model().objects.get(pk=tenant_id))
            return self.run(*args, **kwargs)
        finally:
            _leave()


def _header(request: Any) -> int | None:
    # A worker lifts headers to attributes of the request; an eager call keeps them in `headers`.
    found = getattr(request, "tenant_id", None) or (getattr(request, "headers", None) or {}).get("tenant_id")
    return int(found) if found else None


def _present_tenant() -> int | None:
    if connection.schema_name != get_public_schema_name():
        return getattr(connection.tenant, "pk", None)
    return _header(current_task.request) if current_task else None


def _leave() -> None:
    connection.set_schema_to_public()
    if not connection.in_atomic_block:
        close_old_connections()


@shared_task(base=SystemTask, name="core.dispatch_events")
def dispatch_events() -> int:
    """Hands waiting events to their reactions; sent after commits and, as the sweep, every few seconds."""
    from apps.core.services import events

    return events.dispatch(linger=events.LINGER)


@shared_task(base=SystemTask, name="core.run_due")
def run_due() -> int:
    """Does what has become due and puts lost jobs back into the queue."""
    from apps.core.services import due, jobs

    due.begin()
    return due.run() + jobs.requeue_lost()


@shared_task(base=SystemTask, name="core.run_job")
def run_job(job_id: str) -> None:
    """Runs one job; a second message for the same job does nothing."""
    from apps.core.services import jobs

    jobs.run(job_id)
