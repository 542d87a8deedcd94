"""Posts in the admin."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest

from apps.content import services
from apps.content.admin.documents import DocumentAdmin
from apps.content.admin.forms import PostForm
from apps.content.models import Post
from apps.content.serializers import PostIn, PostPatch
from apps.core.backoffice import actor_of, quoted, site, valid


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
        rows = (
            "site",
            ("shown_status", "version", "updated_at"),
            "shown_translations",
            *text,
            ("locale", "published"),
            "publish_at",
            "unpublish_at",
        )
        return ((None, {"fields": (*rows, "etag")}),)

    def write(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> Post:
        actor, data = actor_of(request), form.cleaned_data
        names = ("title", "slug", "short_description", "content", "keywords", "locale")
        if not change:
            taken = valid(PostIn, {name: data[name] for name in (*names, "published") if data[name]})
            return services.posts.create(actor=actor, site=data["site"], **taken)
        changes = valid(PostPatch, form.changes(*names, "publish_at", "unpublish_at"))
        return services.posts.update(
            actor=actor,
            site=obj.site,
            post_id=obj.pk,
            times=changes.pop("times", None),
            changes=changes,
            published=self.wanted(request, form),
            draft=self.drafting(request),
            if_match=quoted(data["etag"]),
        )
