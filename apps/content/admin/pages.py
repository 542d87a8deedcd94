"""Pages in the admin."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import register
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from unfold.decorators import action, display

from apps.content import selectors, services
from apps.content.admin.documents import DocumentAdmin
from apps.content.admin.forms import PageForm
from apps.content.models import Page
from apps.content.serializers import PageIn, PagePatch
from apps.core.backoffice import actor_of, quoted, site, valid
from apps.core.refusal import Refusal

_TEXT = ("title", "slug", "description", ("parent_id", "template"), "in_navigation", "seo", "elements")


@register(Page, site=site)
class PageAdmin(DocumentAdmin):
    """Listed as a tree: each page below its parent, indented, siblings in their order."""

    subject = "page"
    form = PageForm
    list_display = ("indented", "slug", "site", "shown_status", "in_navigation", "author", "updated_at")
    search_fields = ("title", "slug")
    ordering: Any = ()  # `get_ordering` says it
    actions: Any = (*DocumentAdmin.actions, "move_up", "move_down")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("site", "author")
        return selectors.with_depth(rows)

    def get_ordering(self, request: HttpRequest) -> Any:
        return ("site_id", selectors.STANDING)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("site", *_TEXT, ("locale", "published"))}),)
        told = (("shown_status", "version", "updated_at"), "shown_path", "shown_warnings", "shown_translations")
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("site", *told, "title", "slug", "description", "template", "locale")}),)
        planned = (("locale", "published"), "publish_at", "unpublish_at")
        return ((None, {"fields": ("site", *told, *_TEXT, *planned, "etag")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "shown_path", "shown_warnings") if obj else ()

    @display(description="title", ordering="title")
    def indented(self, obj: Any) -> str:
        return format_html('<span class="tree-row" style="--depth: {}">{}</span>', obj.depth, obj.title)

    @display(description="path")
    def shown_path(self, obj: Page) -> str:
        return selectors.paths([obj.pk], public=False).get(obj.pk, "–")

    @display(description="SEO")
    def shown_warnings(self, obj: Page) -> str:
        selectors.describe([obj])
        return format_html_join("", "<div>{}</div>", ((told["message"],) for told in obj.seo_warnings)) or "–"

    @action(description="Move up among its siblings", permissions=["change"])
    def move_up(self, request: HttpRequest, queryset: Any) -> None:
        self._shift(request, list(queryset), -1)

    @action(description="Move down among its siblings", permissions=["change"])
    def move_down(self, request: HttpRequest, queryset: Any) -> None:
        self._shift(request, list(queryset)[::-1], 1)

    def _shift(self, request: HttpRequest, pages: list[Page], by: int) -> None:
        for page in pages:
            try:
                services.pages.shift(actor=actor_of(request), site=page.site, page_id=page.pk, by=by)
            except Refusal as refusal:
                messages.error(request, f"{page}: {refusal.message}")

    def write(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> Page:
        actor, data = actor_of(request), form.cleaned_data
        names = ("title", "slug", "description", "parent_id", "template", "seo", "in_navigation", "locale")
        if not change:
            asked = {name: data[name] for name in (*names, "published") if data[name] not in ("", None)}
            taken = valid(PageIn, asked | data["elements"])
            return services.pages.create(actor=actor, site=data["site"], **taken)
        asked = form.changes(*names, "publish_at", "unpublish_at")
        changes = valid(PagePatch, asked | (data["elements"] if "elements" in form.changed_data else {}))
        return services.pages.update(
            actor=actor,
            site=obj.site,
            page_id=obj.pk,
            times=changes.pop("times", None),
            changes=changes,
            published=self.wanted(request, form),
            draft=self.drafting(request),
            if_match=quoted(data["etag"]),
        )

    def erase(self, request: HttpRequest, obj: Page) -> None:
        services.pages.delete(actor=actor_of(request), site=obj.site, page_id=obj.pk)
