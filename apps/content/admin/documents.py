"""What elements, posts and pages share in the admin; every write is the service that the API calls."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import F
from django.http import HttpRequest
from unfold.decorators import action, display

from apps.content.admin.translation_links import translation_links
from apps.content.models import Document
from apps.content.services import publishing
from apps.core import errors
from apps.core.backoffice import actor_of
from apps.core.refusal import Refusal
from apps.sites.admin import SiteFilter, SiteSideAdmin


class StatusFilter(SimpleListFilter):
    title, parameter_name = "status", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("published", "published"), ("changed", "published, with a draft"), ("draft", "not published")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "published":
                return queryset.exclude(published_version=None)
            case "changed":
                return queryset.exclude(published_version=None).exclude(published_version=F("version"))
            case "draft":
                return queryset.filter(published_version=None)
            case _:
                return queryset


class DocumentAdmin(SiteSideAdmin):
    """What elements and posts share: a draft beside the published version, and nothing removed for good."""

    code_view = "content.read"
    code_add = code_change = "content.write"
    code_delete = "content.delete"
    list_filter: Any = (StatusFilter, SiteFilter)
    ordering = ("-updated_at", "-id")
    actions = ("publish_selected", "unpublish_selected")
    actions_submit_line = ("save_draft",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(deleted_at=None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj) or obj is None:
            return super().has_change_permission(request, obj)
        try:
            publishing.require_may_change(actor_of(request), obj)
        except errors.Forbidden:
            return False
        return True

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, "content.publish", obj)

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Any:
        obj = self.get_object(request, str(object_id))
        shown = obj is not None and obj.published and self.has_publish_permission(request, obj)
        shown = shown and self.has_change_permission(request, obj)
        return super().get_actions_submit_line(request, object_id) if shown else []

    @action(description="Save draft")
    def save_draft(self, request: HttpRequest, obj: Any) -> None:
        """A button only: `write` sees that it was pressed."""

    def drafting(self, request: HttpRequest) -> bool:
        return f"{self.opts.app_label}_{self.opts.model_name}_save_draft" in request.POST

    def wanted(self, request: HttpRequest, form: Any) -> bool | None:
        """The published flag if it was changed; a draft never touches it."""
        changed = "published" in form.changed_data and not self.drafting(request)
        return form.cleaned_data["published"] if changed else None

    @display(
        description="status",
        label={"published": "success", "changed": "warning", "scheduled": "info", "draft": "default"},
    )
    def shown_status(self, obj: Document) -> str:
        return "changed" if obj.has_draft else obj.status

    @display(description="translations")
    def shown_translations(self, obj: Document) -> str:
        return translation_links(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("shown_status", "shown_data", "shown_translations", "version", "updated_at", "published_at")
        return ("site", "type", *shown) if obj else ()

    def set_published(self, request: HttpRequest, obj: Any, published: bool) -> None:
        raise NotImplementedError

    @action(description="Publish", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, published=True)

    @action(description="Take back from the public", permissions=["publish"])
    def unpublish_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, published=False)

    def _each(self, request: HttpRequest, queryset: Any, *, published: bool) -> None:
        done = 0
        for obj in queryset:
            try:
                self.set_published(request, obj, published)
                done += 1
            except Refusal as refusal:
                messages.error(request, f"{obj}: {refusal.message}")
        if done:
            messages.success(request, f"{'Published' if published else 'Taken back'}: {done}")
