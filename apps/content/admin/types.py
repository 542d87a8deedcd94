"""Content types in the admin."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display

from apps.content import services
from apps.content.admin.forms import TypeForm
from apps.content.models import ContentType
from apps.content.serializers import TypeIn, TypePatch
from apps.core.backoffice import actor_of, json_block, quoted, site, valid
from apps.sites.admin import SiteFilter, SiteSideAdmin


@register(ContentType, site=site)
class ContentTypeAdmin(SiteSideAdmin):
    code_view = "schema.read"
    code_add = code_change = code_delete = "schema.write"
    subject = "type"
    form = TypeForm
    list_display = ("name", "key", "site", "version", "updated_at")
    list_select_related = ("site",)
    list_filter = (SiteFilter,)
    search_fields = ("name", "key")
    ordering = ("name", "id")
    add_fieldsets = ((None, {"fields": (("site", "key"), "name", "description", "schema")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        schema = ("schema", "etag") if self.has_change_permission(request, obj) else ("shown_schema",)
        return ((None, {"fields": (("site", "key"), "name", "description", *schema)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("site", "key", "shown_schema") if obj else ()

    @display(description="schema")
    def shown_schema(self, obj: ContentType) -> str:
        return json_block(obj.schema)

    def write(self, request: HttpRequest, obj: ContentType, form: Any, change: bool) -> ContentType:
        actor, data = actor_of(request), form.cleaned_data
        if not change:
            asked = {"name": data["name"], "identifier": data["key"], "description": data["description"]}
            taken = valid(TypeIn, asked | {"schema": data["schema"]})
            return services.types.create(actor=actor, site=data["site"], **taken)
        taken = valid(TypePatch, form.changes("name", "description", "schema"))
        return services.types.update(actor=actor, site=obj.site, type_id=obj.pk, if_match=quoted(data["etag"]), **taken)

    def erase(self, request: HttpRequest, obj: ContentType) -> None:
        services.types.delete(actor=actor_of(request), site=obj.site, type_id=obj.pk)
