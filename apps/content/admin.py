"""Content types, elements and posts in the admin; every write is the service that the API calls."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter, register
from django.db.models import F
from django.http import HttpRequest
from unfold.decorators import action, display

from apps.content import services
from apps.content.admin_forms import ElementForm, PostForm, TypeForm
from apps.content.models import ContentType, Document, Element, Post
from apps.content.serializers import ElementIn, ElementPatch, PostIn, PostPatch, TypeIn, TypePatch
from apps.content.services import publishing
from apps.core import errors
from apps.core.backoffice import actor_of, json_block, quoted, site, valid
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


class TypeFilter(SimpleListFilter):
    title, parameter_name = "type", "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        rows = site._registry[ContentType].get_queryset(request).order_by("name", "pk")
        return list(rows.values_list("pk", "name")[:200])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = str(self.value() or "")
        return queryset.filter(type_id=int(value)) if value.isdigit() and len(value) < 19 else queryset


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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("site", "type", "shown_status", "shown_data", "version", "updated_at", "published_at") if obj else ()

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
        rows = (("site", "type"), ("shown_status", "version", "updated_at"), "data", "tags", ("locale", "published"))
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
            **valid(ElementPatch, form.changes("data", "tags", "locale")),
        )

    def set_published(self, request: HttpRequest, obj: Element, published: bool) -> None:
        services.elements.update(actor=actor_of(request), site=obj.site, element_id=obj.pk, published=published)

    def erase(self, request: HttpRequest, obj: Element) -> None:
        services.elements.delete(actor=actor_of(request), site=obj.site, element_id=obj.pk)


@register(Post, site=site)
class PostAdmin(DocumentAdmin):
    subject = "post"
    form = PostForm
    list_display = ("title", "slug", "site", "shown_status", "author", "updated_at")
    search_fields = ("title", "slug")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("site", "author")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        text = ("title", "slug", "short_description", "content", "keywords")
        if obj is None:
            return ((None, {"fields": ("site", *text, ("locale", "published"))}),)
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("site", "shown_status", *text, "locale")}),)
        rows = ("site", ("shown_status", "version", "updated_at"), *text, ("locale", "published"))
        return ((None, {"fields": (*rows, "etag")}),)

    def write(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> Post:
        actor, data = actor_of(request), form.cleaned_data
        names = ("title", "slug", "short_description", "content", "keywords", "locale")
        if not change:
            taken = valid(PostIn, {name: data[name] for name in (*names, "published") if data[name]})
            return services.posts.create(actor=actor, site=data["site"], **taken)
        return services.posts.update(
            actor=actor,
            site=obj.site,
            post_id=obj.pk,
            changes=valid(PostPatch, form.changes(*names)),
            published=self.wanted(request, form),
            draft=self.drafting(request),
            if_match=quoted(data["etag"]),
        )

    def set_published(self, request: HttpRequest, obj: Post, published: bool) -> None:
        services.posts.update(actor=actor_of(request), site=obj.site, post_id=obj.pk, changes={}, published=published)

    def erase(self, request: HttpRequest, obj: Post) -> None:
        services.posts.delete(actor=actor_of(request), site=obj.site, post_id=obj.pk)
