"""Content types in the admin."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.decorators import display

from apps.content import selectors, services
from apps.content.admin.forms import TypeForm
from apps.content.models import ContentType, TypeVersion
from apps.content.selectors import Impact
from apps.content.serializers import TypeIn, TypePatch
from apps.core import errors
from apps.core.actor import Actor
from apps.core.backoffice import actor_of, json_block, quoted, site, valid
from apps.core.encoding import dumps
from apps.sites.admin import SiteFilter, SiteSideAdmin

SHOWN = 10


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
        may = self.has_change_permission(request, obj)
        schema = ("schema", "renames", "confirmed", "etag") if may else ("shown_schema",)
        return (
            (None, {"fields": (("site", "key"), "name", "description", *schema)}),
            ("What it hangs together with", {"fields": ("shown_references", "shown_referrers")}),
            ("Versions", {"fields": ("shown_versions",)}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("shown_schema", "shown_references", "shown_referrers", "shown_versions")
        return ("site", "key", *shown) if obj else ()

    @display(description="schema")
    def shown_schema(self, obj: ContentType) -> str:
        return json_block(obj.schema)

    @display(description="refers to")
    def shown_references(self, obj: ContentType) -> str:
        return _lines((edge.field, f"{edge.target} ({edge.references})") for edge in _hanging(obj)["refers_to"])

    @display(description="referred to by")
    def shown_referrers(self, obj: ContentType) -> str:
        edges = _hanging(obj)["referred_by"]
        return _lines((f"{edge.source} {edge.field}", f"({edge.references})") for edge in edges)

    @display(description="newest first")
    def shown_versions(self, obj: ContentType) -> str:
        versions = selectors.version_page(obj, {"page": 1, "size": 20}).items
        return _lines((str(one.number), _said(one)) for one in versions)

    def write(self, request: HttpRequest, obj: ContentType, form: Any, change: bool) -> ContentType:
        actor, data = actor_of(request), form.cleaned_data
        if not change:
            asked = {"name": data["name"], "identifier": data["key"], "description": data["description"]}
            taken = valid(TypeIn, asked | {"schema": data["schema"]})
            return services.types.create(actor=actor, site=data["site"], **taken)
        taken = valid(TypePatch, form.changes("name", "description", "schema", "renames"))
        if "schema" in taken and dumps(taken["schema"]).decode() != obj.source and not data["confirmed"]:
            self.preview(request, obj, taken)
        return services.types.update(actor=actor, site=obj.site, type_id=obj.pk, if_match=quoted(data["etag"]), **taken)

    def preview(self, request: HttpRequest, obj: ContentType, taken: dict[str, Any]) -> None:
        """Refuses to save, with what the change would do."""
        asked = {"schema": taken["schema"], "renames": taken.get("renames")}
        impact = services.types.impact(
            actor=actor_of(request), site=obj.site, type_id=obj.pk, page=1, size=SHOWN, **asked
        )
        raise errors.Invalid(
            errors=[{"field": "confirmed", "message": line, "code": "impact"} for line in told_of(impact)]
        )

    def erase(self, request: HttpRequest, obj: ContentType) -> None:
        services.types.delete(actor=actor_of(request), site=obj.site, type_id=obj.pk)


def told_of(impact: Impact) -> Iterator[str]:
    """What a change of the schema would do, a sentence a line."""
    yield f"Not saved yet. Elements of this type: {impact.elements}; that would not fit: {impact.failing.total}."
    for item in impact.failing.items:
        yield f"Element {item['id']}: {item['errors'][0]['field']}: {item['errors'][0]['message']}"
    for word in ("added", "removed"):
        if impact.fields[word]:
            yield f"Fields {word}: {', '.join(impact.fields[word])}."
    for old, new in impact.fields["renamed"].items():
        yield f"{old} becomes {new}."
    for path, count in impact.values_lost.items():
        if count:
            yield f"Elements with a value in {path}, which nothing would show any more: {count}."
    for name, count in impact.names_taken.items():
        yield f"Elements with a value under {name} already, for which the change would be refused: {count}."
    if impact.doubles:
        yield f"Values that are not unique, for which the change would be refused: {impact.doubles}."
    if any(impact.references.values()):
        yield f"References: {impact.references['added']} more, {impact.references['removed']} fewer."


def _hanging(obj: ContentType) -> dict[str, Any]:
    actor = Actor.system(because="a type's page in the admin", tenant_id=obj.site.tenant_id)
    return selectors.dependencies_of(actor=actor, site=obj.site, kind=obj)


def _said(version: TypeVersion) -> str:
    changes = version.changes or {}
    changed = [one["field"] for one in changes.get("changed", [])]
    words = {**{word: changes.get(word) for word in ("added", "removed", "renamed")}, "changed": changed}
    said = [f"{word}: {', '.join(names)}" for word, names in words.items() if names]
    return " · ".join([f"{version.created_at:%Y-%m-%d %H:%M}", version.author_name or "–", *said])


def _lines(rows: Iterable[tuple[str, str]]) -> str:
    return format_html_join("", "<div><strong>{}</strong> {}</div>", rows) or "–"
