"""What the admin's first page tells."""

import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from apps.core.backoffice import actor_of, events_of, site
from apps.core.models import EventRow, Job

_COUNTED = (
    ("content.post", "Posts", "article"),
    ("content.page", "Pages", "account_tree"),
    ("content.element", "Elements", "widgets"),
    ("media.media", "Media files", "perm_media"),
    ("content.contenttype", "Content types", "schema"),
    ("sites.tenant", "Tenants", "apartment"),
)
# What everybody in a tenant may read of; the rest (sign-ins, roles) is for those who may read users.
_CONTENT = ("post", "page", "element", "type", "media", "site")


def counts(request: Any) -> list[dict[str, Any]]:
    """One card for each kind of thing that the actor may see, one statement each."""
    found = []
    for label, title, icon in _COUNTED:
        admin = _admins().get(label)
        if admin is None or not admin.has_view_permission(request):
            continue
        wanted = {"all": Count("pk")}
        names = {field.name for field in admin.model._meta.fields}
        if "published_version" in names:
            wanted["published"] = Count("pk", filter=Q(published_version__isnull=False))
        found.append(
            {
                "title": title,
                "icon": icon,
                "link": _list(label),
                **admin.get_queryset(request).order_by().aggregate(**wanted),
            }
        )
    return found


def last_events(request: Any, limit: int = 12) -> list[dict[str, Any]]:
    actor = actor_of(request)
    rows = events_of(actor)
    if not actor.may("users.read") and actor.tenant_id is not None:
        rows = rows.filter(subject_type__in=_CONTENT)
    if actor.tenant_id is None and not actor.may("platform.ops"):
        rows = rows.none()
    changes = {admin.subject: label for label, admin in _admins().items() if admin.subject}
    return [
        {
            "what": row.name.partition(".")[2].replace("_", " ").capitalize(),
            "icon": _icon(row.name),
            "label": row.subject_label or f"{row.subject_type} {row.subject_id}",
            "link": _change(changes.get(row.subject_type), row),
            "who": row.actor_label or row.actor_kind,
            "at": row.created_at,
            "ago": _ago(row.created_at),
        }
        for row in rows[:limit]
    ]


def open_jobs(request: Any, limit: int = 6) -> dict[str, Any]:
    """How many jobs wait or run, and those that failed within a week."""
    actor = actor_of(request)
    rows = Job.objects.filter(tenant_id=actor.tenant_id)
    if not actor.may("users.read" if actor.tenant_id else "platform.ops"):
        rows = rows.filter(actor_kind=actor.kind, actor_id=actor.id)
    since = timezone.now() - datetime.timedelta(days=7)
    failed = rows.filter(state=Job.State.FAILED, created_at__gte=since)
    waiting = rows.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    admin = _admins().get("core.job")
    return {
        "waiting": waiting.count(),
        "failed": failed.count(),
        "rows": list((waiting | failed).order_by("-created_at")[:limit]),
        "link": _list("core.job") if admin and admin.has_view_permission(request) else "",
    }


def _admins() -> dict[str, Any]:
    return {model._meta.label_lower: admin for model, admin in site._registry.items()}


def _list(label: str) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def _change(label: str | None, row: EventRow) -> str:
    if label is None or row.name.endswith("_deleted"):
        return ""
    return reverse(f"admin:{label.replace('.', '_')}_change", args=[row.subject_id])


def _ago(moment: datetime.datetime) -> str:
    if timezone.now() - moment < datetime.timedelta(minutes=1):
        return "just now"
    return f"{timesince(moment, depth=1)} ago"


def _icon(name: str) -> str:
    icons = {
        "unpublished": "unpublished",
        "published": "rocket_launch",
        "deleted": "delete",
        "created": "add_circle",
        "signed_in": "login",
        "signed_out": "logout",
        "entered": "shield_person",
        "granted": "badge",
    }
    return next((icon for word, icon in icons.items() if name.endswith(word)), "edit")
