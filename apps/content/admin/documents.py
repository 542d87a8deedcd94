"""What elements, posts and pages share in the admin; every write is the service that the API calls."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action, display

from apps.content import selectors, services
from apps.content.admin.translation_links import translation_links
from apps.content.models import Document
from apps.content.services import publishing
from apps.core import errors
from apps.core.backoffice import actor_of, quoted
from apps.core.refusal import Refusal
from apps.sites.admin import SiteFilter, SiteSideAdmin


class StatusFilter(SimpleListFilter):
    title, parameter_name = "status", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("published", "published"),
            ("changed", "published, with a draft"),
            ("draft", "not published"),
            ("trash", "in the trash"),
        ]

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
    actions = ("publish_selected", "unpublish_selected", "restore_selected", "purge_selected")
    actions_detail = ("versions",)
    actions_submit_line = ("save_draft", "publish_now", "take_back")

    def in_trash(self, request: HttpRequest) -> bool:
        return request.GET.get(StatusFilter.parameter_name) == "trash"

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .filter(deleted_at__isnull=not self.in_trash(request))
            .select_related("deleted_by")
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return (shown[0], "site", "deleted_at", "deleted_by") if self.in_trash(request) else shown

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return None if self.in_trash(request) else super().get_list_display_links(request, list_display)

    def get_actions(self, request: HttpRequest) -> Any:
        of_trash = ("restore_selected", "purge_selected")
        found = super().get_actions(request)
        return {name: found[name] for name in found if (name in of_trash) == self.in_trash(request)}

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
        if obj is None or not (self.has_publish_permission(request, obj) and self.has_change_permission(request, obj)):
            return []
        shown = {"save_draft": obj.published, "publish_now": not obj.published, "take_back": obj.published}
        found = super().get_actions_submit_line(request, object_id)
        return [each for each in found if any(show and each.action_name.endswith(name) for name, show in shown.items())]

    @action(description="Save draft")
    def save_draft(self, request: HttpRequest, obj: Any) -> None:
        """A button only, like those below: `write` sees that it was pressed."""

    @action(description="Publish now")
    def publish_now(self, request: HttpRequest, obj: Any) -> None: ...

    @action(description="Take back")
    def take_back(self, request: HttpRequest, obj: Any) -> None: ...

    def pressed(self, request: HttpRequest, button: str) -> bool:
        return f"{self.opts.app_label}_{self.opts.model_name}_{button}" in request.POST

    def drafting(self, request: HttpRequest) -> bool:
        return self.pressed(request, "save_draft")

    def wanted(self, request: HttpRequest, form: Any) -> bool | None:
        """The published flag if it was changed or a button says so; a draft never touches it."""
        if self.pressed(request, "publish_now") or self.pressed(request, "take_back"):
            return self.pressed(request, "publish_now")
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
        told = ("shown_status", "shown_data", "shown_translations", "version", "updated_at", "published_at")
        shown = ("site", "type", *told) if obj else ()
        return shown if self.has_publish_permission(request, obj) else (*shown, "publish_at", "unpublish_at")

    def erase(self, request: HttpRequest, obj: Any) -> None:
        services.trash.delete(**self.named(request, obj))

    @action(description="Versions", url_path="versions")
    def versions(self, request: HttpRequest, object_id: str) -> Any:
        """What was saved when and by whom, with what it changed; a POST restores one."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may = self.has_change_permission(request, obj)
        if not (may or self.has_view_permission(request, obj)):
            raise PermissionDenied
        if request.method == "POST":
            self._restore(request, obj)
            return HttpResponseRedirect(request.path)
        asked = request.GET.get("p", "")
        number = int(asked) if asked.isdecimal() and 0 < len(asked) < 6 else 1
        page = selectors.history_of(obj, {"page": max(number, 1), "size": 20})
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
        context = {**self.admin_site.each_context(request), "title": "Versions", "opts": self.opts, "object": obj}
        context |= {"page": page, "newer": page.page - 1, "older": page.page + 1, "back": back, "may_restore": may}
        return TemplateResponse(request, "admin/document_versions.html", context)

    def _restore(self, request: HttpRequest, obj: Any) -> None:
        number = request.POST.get("version", "")
        try:
            services.versions.restore(
                **self.named(request, obj),
                number=int(number) if number.isdecimal() and len(number) < 10 else 0,
                draft="draft" in request.POST,
                if_match=quoted(request.POST.get("etag", "")),
            )
            messages.success(request, f"Version {number} is restored.")
        except Refusal as refusal:
            faults = [f"{fault['field']}: {fault['message']}" for fault in refusal.data.get("errors", ())]
            messages.error(request, " ".join([refusal.message, *faults]))

    def named(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {"actor": actor_of(request), "site": obj.site, "doc_type": obj.doc_type, "doc_id": obj.pk}

    @action(description="Publish", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, "Published", services.scheduling.publish)

    @action(description="Take back from the public", permissions=["publish"])
    def unpublish_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, "Taken back", services.scheduling.unpublish)

    @action(description="Restore from the trash", permissions=["change"])
    def restore_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, "Restored as drafts", services.trash.restore)

    @action(description="Delete for good", permissions=["delete"])
    def purge_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, "Deleted for good", services.trash.purge)

    def _each(self, request: HttpRequest, queryset: Any, done: str, service: Callable[..., Any]) -> None:
        count = 0
        for obj in queryset:
            try:
                service(**self.named(request, obj))
                count += 1
            except Refusal as refusal:
                messages.error(request, f"{obj}: {refusal.message}")
        if count:
            messages.success(request, f"{done}: {count}")
