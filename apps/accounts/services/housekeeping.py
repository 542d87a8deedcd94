"""What accounts throw away after its time, once an hour and a batch at a time, found by indexes on its age."""

import datetime

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.models import OneTimeToken, RefreshToken, Session, SignupAssessment
from apps.accounts.services import oauth, signup
from apps.core.models import Due
from apps.core.services import due

KIND = "accounts.housekeeping"
ABANDONED = "accounts.purge_abandoned"
BATCH = 1_000
SIGN_UPS = 100
ASSESSMENTS_KEPT = datetime.timedelta(days=90)
SESSIONS_KEPT = datetime.timedelta(days=90)
LINKS_KEPT = datetime.timedelta(days=1)


def run(row: Due) -> None:
    """Due: one round. The next comes in an hour, or in a minute while there is more than a batch of anything."""
    now = timezone.now()
    full = [
        _delete(SignupAssessment.objects.filter(created_at__lt=now - ASSESSMENTS_KEPT)),
        _delete(OneTimeToken.objects.filter(expires_at__lt=now - LINKS_KEPT)),
        _delete(oauth.outdated()),
        _delete(_outlived(now)),
        _delete(_dead(now)),
        _plan_abandoned(),
    ]
    due.again(row, after=datetime.timedelta(minutes=1) if any(full) else datetime.timedelta(hours=1))


def _outlived(now: datetime.datetime) -> QuerySet[RefreshToken]:
    """Of sessions that live too: what says itself that it has expired is refused without a row."""
    return RefreshToken.objects.filter(created_at__lt=now - settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"])


def _dead(now: datetime.datetime) -> QuerySet[Session]:
    """An ended one has its end in the future for a while, as any; one that others came from stays as long as they."""
    came_of_it = Session.objects.filter(origin=OuterRef("pk"))
    return Session.objects.filter(~Exists(came_of_it), expires_at__lt=now - SESSIONS_KEPT)


def _delete(rows: QuerySet[Model]) -> bool:
    """Deletes a batch; whether it was a full one."""
    model = rows.model
    keys = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
    model._base_manager.filter(pk__in=keys).delete()
    return len(keys) == BATCH


def _plan_abandoned() -> bool:
    """Plans the end of sign-ups, each for itself: a schema is dropped with it."""
    planned = Due.objects.filter(kind=ABANDONED, tenant_id=OuterRef("home_tenant_id"))
    found = list(signup.abandoned().filter(~Exists(planned)).values_list("home_tenant_id", flat=True)[:SIGN_UPS])
    for tenant_id in found:
        due.plan(tenant_id=tenant_id, kind=ABANDONED, subject=f"tenant:{tenant_id}", at=timezone.now())
    return len(found) == SIGN_UPS
