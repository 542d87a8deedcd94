"""Media in the admin: upload, look at, describe, delete."""

from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter, register
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from apps.core import errors
from apps.core.backoffice import actor_of, quoted, site, valid
from apps.core.backoffice_fields import Text, Words
from apps.core.refusal import Refusal
from apps.media import services
from apps.media.models import Media
from apps.media.serializers import MediaPatch
from apps.sites.admin import SiteFilter, SiteSideAdmin


class MediaForm(forms.ModelForm):
    upload = forms.FileField(widget=UnfoldAdminFileFieldWidget, label="File")
    name = forms.CharField(
        max_length=255, required=False, widget=UnfoldAdminTextInputWidget, help_text="Empty: the file's name."
    )
    alt_text = Text(
        required=False, rows=2, max_length=5000, help_text="What is to be seen, for those who cannot see it."
    )
    description = Text(required=False, rows=3, max_length=20_000)
    keywords = Words(help_text="Separated by commas.")
    focal_x = forms.FloatField(min_value=0, max_value=1, required=False, widget=UnfoldAdminTextInputWidget)
    focal_y = forms.FloatField(min_value=0, max_value=1, required=False, widget=UnfoldAdminTextInputWidget)
    etag = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("upload", None)
            self.initial["etag"] = self.instance.etag


class KindFilter(SimpleListFilter):
    title, parameter_name = "kind", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(kind, kind) for kind in ("image", "video", "audio", "application", "text")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = self.value() in {kind for kind, _ in self.lookup_choices}
        return queryset.filter(media_type__startswith=f"{self.value()}/") if known else queryset


@register(Media, site=site)
class MediaAdmin(SiteSideAdmin):
    code_view = "media.read"
    code_add = code_change = "media.write"
    code_delete = "media.delete"
    subject = "media"
    form = MediaForm
    list_display = ("thumbnail", "name", "media_type", "size", "dimensions", "site", "author", "created_at")
    list_display_links = ("thumbnail", "name")
    list_filter = (KindFilter, SiteFilter)
    search_fields = ("name", "filename", "alt_text")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("site", "author")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj) or obj is None:
            return super().has_change_permission(request, obj)
        actor = actor_of(request)
        return actor.may("media.others", obj.site_id) or (actor.kind == "user" and obj.author_id == actor.id)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = ("name", "alt_text", "description", "keywords")
        if obj is None:
            return ((None, {"fields": ("site", "upload", *about)}),)
        stored = ("preview", ("filename", "media_type"), ("size", "dimensions"), "address", "used_by")
        edited = (*about, ("focal_x", "focal_y"))
        hidden = ("etag",) if self.has_change_permission(request, obj) else ()
        return ((None, {"fields": (*edited, *hidden)}), ("File", {"fields": stored}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("preview", "filename", "media_type", "size", "dimensions", "address", "used_by") if obj else ()

    @display(description="")
    def thumbnail(self, obj: Media) -> str:
        return self._picture(obj, "thumbnail")

    @display(description="preview")
    def preview(self, obj: Media) -> str:
        return self._picture(obj, "preview")

    def _picture(self, obj: Media, css: str) -> str:
        if not obj.media_type.startswith("image/"):
            return format_html('<span class="material-symbols-outlined">{}</span>', "draft")
        return format_html('<img src="{}" alt="{}" class="{}" loading="lazy">', obj.url, obj.alt_text, css)

    @display(description="size", ordering="file_size")
    def size(self, obj: Media) -> str:
        return filesizeformat(obj.file_size)

    @display(description="pixels")
    def dimensions(self, obj: Media) -> str:
        return f"{obj.width} × {obj.height}" if obj.width else "–"

    @display(description="address")
    def address(self, obj: Media) -> str:
        return format_html('<a class="text-primary-600 break-all" href="{0}" rel="noreferrer">{0}</a>', obj.url)

    @display(description="used by")
    def used_by(self, obj: Media) -> str:
        rows = obj.uses.order_by("doc_type", "doc_id")[:20]
        return ", ".join(f"{use.doc_type} {use.doc_id} ({use.field})" for use in rows) or "–"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A file is received before the transaction of its row; see `services.files.receive`."""
        if request.method == "POST" and object_id is None and self.has_add_permission(request):
            try:
                request.received = self._receive(request)  # type: ignore[attr-defined]
            except Refusal as refusal:
                request.refused = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _receive(self, request: HttpRequest) -> Any:
        chosen, upload = request.POST.get("site", ""), request.FILES.get("upload")
        place = self.sites(request).filter(pk=int(chosen)).first() if chosen.isdigit() and len(chosen) < 19 else None
        if place is None or upload is None:
            return None
        return services.files.receive(actor=actor_of(request), site=place, upload=upload)

    def write(self, request: HttpRequest, obj: Media, form: Any, change: bool) -> Media:
        data, actor = form.cleaned_data, actor_of(request)
        if not change:
            received = getattr(request, "received", None)
            if received is None:
                raise errors.Invalid(
                    errors=[{"field": "upload", "message": "The file is missing.", "code": "required"}]
                )
            about = {name: data[name] for name in ("name", "alt_text", "description", "keywords")}
            valid(MediaPatch, {name: value for name, value in about.items() if value})
            return services.media.create(actor=actor, site=data["site"], received=received, **about)
        changed = {n: data[n] for n in form.changed_data if n not in ("etag", "upload")}
        if changed.get("name") == "":
            changed["name"] = obj.filename
        taken = valid(MediaPatch, changed)
        return services.media.update(
            actor=actor, site=obj.site, media_id=obj.pk, if_match=quoted(data["etag"]), **taken
        )

    def erase(self, request: HttpRequest, obj: Media) -> None:
        services.media.delete(actor=actor_of(request), site=obj.site, media_id=obj.pk)
