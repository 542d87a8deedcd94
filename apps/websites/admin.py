"""Generated websites to look at: how far each is, what was made of it, and its preview."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from unfold.decorators import display

from apps.core.backoffice import ReadOnlyAdmin, json_block, site
from apps.sites.admin import SiteFilter, SiteSideAdmin
from apps.websites import previews
from apps.websites.models import Website

_COLOURS = {
    Website.State.BUILDING: "info", Website.State.DRAFT: "warning", Website.State.PUBLISHED: "success",
    Website.State.FAILED: "danger",
}  # fmt: skip


@register(Website, site=site)
class WebsiteAdmin(SiteSideAdmin, ReadOnlyAdmin):
    code_view = "content.read"
    subject = "website"
    list_display = ("name", "site", "design", "state_shown", "progress", "preview", "created_at")
    list_filter = (SiteFilter, "state", "design")
    search_fields = ("name",)
    ordering = ("-id",)
    fields = (
        ("name", "site"),
        ("design", "state_shown"),
        "preview",
        "steps_shown",
        "brief_shown",
        "documents_shown",
        ("job_id", "page_id"),
        ("created_by", "created_at", "updated_at"),
    )
    readonly_fields = ("state_shown", "preview", "steps_shown", "brief_shown", "documents_shown")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("site", "created_by")

    @display(description="state", label=_COLOURS)
    def state_shown(self, row: Website) -> str:
        return row.state

    @display(description="steps")
    def progress(self, row: Website) -> str:
        working = next((step["name"] for step in row.steps if step["state"] in ("working", "failed")), "")
        return f"{sum(step['state'] == 'done' for step in row.steps)} of {len(row.steps)} {working}"

    @display(description="preview")
    def preview(self, row: Website) -> str:
        if row.state not in (Website.State.DRAFT, Website.State.PUBLISHED):
            return "–"
        url = previews.preview_of(row, row.site.tenant_id).url
        return format_html('<a href="{}" target="_blank" rel="noopener noreferrer">Open</a>', url)

    @display(description="steps")
    def steps_shown(self, row: Website) -> str:
        lines = ((step["name"].replace("_", " "), step["state"], step["done"], step["total"]) for step in row.steps)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {} ({} of {})</li>", lines))

    @display(description="brief")
    def brief_shown(self, row: Website) -> str:
        return json_block(row.brief)

    @display(description="documents")
    def documents_shown(self, row: Website) -> str:
        return ", ".join(f"{kind} {id}" for kind, id in row.documents) or "–"
