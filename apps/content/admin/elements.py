"""Elements in the admin."""

from typing import Any

from django.contrib.admin import SimpleListFilter, register
from django.http import HttpRequest
from unfold.decorators import display

from apps.content import services
from apps.content.admin.documents import DocumentAdmin, StatusFilter
from apps.content.admin.forms import ElementForm
from apps.content.models import ContentType, Element
from apps.content.serializers import ElementIn, ElementPatch
from apps.core.backoffice import actor_of, json_block, quoted, site, valid
from apps.sites.admin import SiteFilter


class TypeFilter(SimpleListFilter):
    title, parameter_name = "type", "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        rows = site._registry[ContentType].get_queryset(request).order_by("name", "pk")
        return list(rows.values_list("pk", "name")[:200])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = str(self.value() or "")
        return queryset.filter(type_id=int(value)) if value.isdigit() and len(value) < 19 else queryset


@register(Element, site=site)
class ElementAdmin(DocumentAdmin):
    subject = "element"
    form = ElementForm
    list_display = ("label", "type", "site", "shown_status", "shown_tags", "author", "updated_at")
    list_filter = (TypeFilter, StatusFilter, SiteFilter)
    search_fields = ("source",)
    search_help_text = "Any text in the data"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("type", "site", "author").defer("query")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": (("site", "type"), "data", "tags", ("locale", "published"))}),)
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": (("site", "type"), "shown_status", "shown_data", "tags", "locale")}),)
        rows = (
            ("site", "type"),
            ("shown_status", "version", "updated_at"),
            "shown_translations",
            "data",
            "tags",
            ("locale", "published"),
            "publish_at",
            "unpublish_at",
        )
        return ((None, {"fields": (*rows, "etag")}),)

    @display(description="tags")
    def shown_tags(self, obj: Element) -> str:
        return ", ".join(obj.tags) or "–"

    @display(description="data")
    def shown_data(self, obj: Element) -> str:
        return json_block(obj.data)

    def write(self, request: HttpRequest, obj: Element, form: Any, change: bool) -> Element:
        actor, data = actor_of(request), form.cleaned_data
        if not change:
            asked = {name: data[name] for name in ("data", "tags", "locale", "published")}
            taken = valid(ElementIn, asked | {"type_id": data["type"].pk})
            return services.elements.create(actor=actor, site=data["site"], **taken)
        return services.elements.update(
            actor=actor,
            site=obj.site,
            element_id=obj.pk,
            published=self.wanted(request, form),
            draft=self.drafting(request),
            if_match=quoted(data["etag"]),
            **valid(ElementPatch, form.changes("data", "tags", "locale", "publish_at", "unpublish_at")),
        )
