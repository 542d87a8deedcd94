"""Media in the admin: a grid with folders at its side; upload, describe, move, replace, delete."""

from typing import Any

from django import forms
from django.contrib.admin import SimpleListFilter, register
from django.contrib.admin.utils import unquote
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join
from unfold.decorators import action, display
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.core import errors
from apps.core.backoffice import actor_of, quoted, site, valid
from apps.core.backoffice_fields import Text, Words
from apps.core.refusal import Refusal
from apps.media import selectors, services, sizes
from apps.media.admin.folders import choices
from apps.media.models import Folder, Media
from apps.media.serializers import MediaPatch
from apps.sites import selectors as sites
from apps.sites.admin import SiteFilter, SiteSideAdmin, told
from apps.sites.models import Site

_ICONS = {"video": "movie", "audio": "music_note", "application": "draft", "text": "description", "image": "image"}


def shown(row: Media) -> str:
    """The address of a small picture of the file; empty for what is none."""
    if row.is_picture:
        return sizes.address(row, {"w": 256, "h": 256})
    return row.url if row.media_type.startswith("image/") else ""


def _icon(media_type: str) -> str:
    icon = _ICONS.get(media_type.partition("/")[0], "draft")
    return format_html('<span class="material-symbols-outlined">{}</span>', icon)


def _image(address: str, text: str, css: str) -> str:
    return format_html('<img src="{}" alt="{}" class="{}" loading="lazy">', address, text, css) if address else ""


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
    tags = Words(help_text="Separated by commas; for finding files, not for the public.")
    shelf = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget, label="Folder")
    replacement = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        label="Replace the file",
        help_text="The id stays, the address is a new one, and this file is kept as a version.",
    )
    focal_x = forms.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Click on the picture where it matters most.",
    )
    focal_y = forms.FloatField(min_value=0, max_value=1, required=False, widget=UnfoldAdminTextInputWidget)
    etag = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Folder.objects.all()
        if self.instance.pk:
            self.fields.pop("upload", None)
            rows = rows.filter(site_id=self.instance.site_id)
            self.initial.update({"etag": self.instance.etag, "shelf": str(self.instance.folder_id or "")})
        if "shelf" in self.fields:
            self.fields["shelf"].choices = choices(rows, empty="none")  # type: ignore[attr-defined]


class KindFilter(SimpleListFilter):
    title, parameter_name = "kind", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(kind, kind) for kind in ("image", "video", "audio", "application", "text")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = self.value() in {kind for kind, _ in self.lookup_choices}
        return queryset.filter(media_type__startswith=f"{self.value()}/") if known else queryset


class FolderFilter(SimpleListFilter):
    """Chosen at the side of the grid; `none` is outside of all folders."""

    title, parameter_name = "folder", "folder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        rows = Folder.objects.filter(site_id__in=model_admin.sites_seen(request))
        return [("none", "in none"), *choices(rows, empty="")[1:]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value not in {key for key, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(folder=None) if value == "none" else queryset.filter(folder_id=value)


class MoveForm(ActionForm):
    """The actions of the grid, one of which asks for a folder."""

    into = forms.ChoiceField(required=False, label="", widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = choices(Folder.objects.all(), empty="no folder")


@register(Media, site=site)
class MediaAdmin(SiteSideAdmin):
    code_view = "media.read"
    code_add = code_change = "media.write"
    code_delete = "media.delete"
    subject = "media"
    form = MediaForm
    list_display = ("thumbnail", "name", "media_type", "size", "dimensions", "site", "author", "created_at")
    list_display_links = ("thumbnail", "name")
    list_filter = (FolderFilter, KindFilter, SiteFilter)
    list_filter_submit = False
    action_form = MoveForm
    actions = ("move_to_folder",)
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
        about = ("name", "alt_text", "description", "keywords", "tags", "shelf")
        if obj is None:
            return ((None, {"fields": ("site", "upload", *about)}),)
        stored = (("filename", "media_type"), ("size", "dimensions"), "address", "used_by", "former")
        if not self.has_change_permission(request, obj):
            told = ("name", "alt_text", "description", "keywords", "tags")
            return ((None, {"fields": ("preview", *told)}), ("File", {"fields": stored}))
        edited = ("preview", ("focal_x", "focal_y"), *about, "etag")
        return ((None, {"fields": edited}), ("File", {"fields": (*stored, "replacement")}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("preview", "filename", "media_type", "size", "dimensions", "address", "used_by", "former")
        return shown if obj else ()

    @property
    def media(self) -> Any:
        return super().media + forms.Media(js=["cognitor/media.js"])

    def sites_seen(self, request: HttpRequest) -> list[int]:
        """Ids of the sites whose media the actor may look at."""
        actor = actor_of(request)
        return [row.pk for row in sites.sites_of(actor) if actor.may("media.read", row.pk)]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        if listed is not None:
            for row in listed.result_list:
                row.shown, row.icon = shown(row), _ICONS.get(row.media_type.partition("/")[0], "draft")
            response.context_data["folders"] = self._shelves(request, listed)
        return response

    def _shelves(self, request: HttpRequest, listed: Any) -> list[dict[str, Any]]:
        """The folders of all sites that are seen, each with the query that shows it."""
        chosen, actor = request.GET.get("folder", ""), actor_of(request)
        seen = self.get_queryset(request).order_by()

        def entry(name: str, value: str, count: int, icon: str, depth: int = 0) -> dict[str, Any]:
            link = listed.get_query_string({"folder": value} if value else {}, ["folder", "p"])
            told = {"name": name, "count": count, "icon": icon, "depth": depth, "link": link}
            return told | {"chosen": value == chosen}

        found = [
            entry("All files", "", seen.count(), "photo_library"),
            entry("In no folder", "none", seen.filter(folder=None).count(), "folder_off"),
        ]

        def add(nodes: list[dict[str, Any]], depth: int) -> None:
            for node in nodes:
                found.append(entry(node["name"], str(node["id"]), node["media_count"], "folder", depth))
                add(node["children"], depth + 1)

        for place in Site.objects.filter(pk__in=self.sites_seen(request)).order_by("pk"):
            add(selectors.tree(actor=actor, site=place), 0)
        return found

    @action(description="Move to the folder beside", permissions=["change"])
    def move_to_folder(self, request: HttpRequest, queryset: Any) -> None:
        into = request.POST.get("into", "")
        folder_id = int(into) if into.isdecimal() and len(into) < 19 else None
        for row in queryset:
            told(request, row, "moved", services.media.update, site=row.site, media_id=row.pk, folder_id=folder_id)

    @display(description="")
    def thumbnail(self, obj: Media) -> str:
        return _image(shown(obj), obj.alt_text, "thumbnail") or _icon(obj.media_type)

    @display(description="picture")
    def preview(self, obj: Media) -> str:
        if not obj.media_type.startswith("image/"):
            return _icon(obj.media_type)
        picture = _image(sizes.address(obj, {"w": 960}) if obj.is_picture else obj.url, obj.alt_text, "preview")
        return format_html(
            '<span class="focal" tabindex="0" role="group" aria-label="Focal point: click, or use the arrow keys">{}'
            '<span class="focal-mark" hidden></span></span>',
            picture,
        )

    @display(description="former files")
    def former(self, obj: Media) -> str:
        found = format_html_join(
            "",
            '<a href="{}" rel="noreferrer" title="{}">{} {} · {}</a>',
            (
                (row.url, row.filename, row.number, row.media_type, filesizeformat(row.file_size))
                for row in obj.versions.order_by("-number")[:20]
            ),
        )
        return format_html('<span class="media-versions">{}</span>', found) if found else "–"

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
        if request.method == "POST":
            try:
                request.received = self._receive(request, object_id)  # type: ignore[attr-defined]
            except Refusal as refusal:
                request.refused = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _receive(self, request: HttpRequest, object_id: str | None) -> Any:
        """The file of a new media, or the one that takes the place of another's, when the actor may send it."""
        if object_id is not None:
            row, upload = self.get_object(request, unquote(object_id)), request.FILES.get("replacement")
            place = row.site if row is not None and self.has_change_permission(request, row) else None
        else:
            chosen, upload = request.POST.get("site", ""), request.FILES.get("upload")
            known = chosen.isdecimal() and len(chosen) < 19 and self.has_add_permission(request)
            place = self.sites(request).filter(pk=int(chosen)).first() if known else None
        if place is None or upload is None:
            return None
        return services.files.receive(actor=actor_of(request), site=place, upload=upload)

    def write(self, request: HttpRequest, obj: Media, form: Any, change: bool) -> Media:
        data, actor = form.cleaned_data, actor_of(request)
        received = getattr(request, "received", None)
        if not change:
            if received is None:
                raise errors.Invalid(
                    errors=[{"field": "upload", "message": "The file is missing.", "code": "required"}]
                )
            about = {name: data[name] for name in ("name", "alt_text", "description", "keywords", "tags")}
            about["folder_id"] = data["shelf"]
            about = valid(MediaPatch, {name: value for name, value in about.items() if value})
            return services.media.create(actor=actor, site=data["site"], received=received, **about)
        changed = {n: data[n] for n in form.changed_data if n not in ("etag", "upload", "replacement", "shelf")}
        if "shelf" in form.changed_data:
            changed["folder_id"] = data["shelf"]
        if changed.get("name") == "":
            changed["name"] = obj.filename
        taken = valid(MediaPatch, changed)
        who: dict[str, Any] = {"actor": actor, "site": obj.site, "media_id": obj.pk}
        match = quoted(data["etag"])
        if received is not None and not taken:
            return services.media.replace(**who, received=received, if_match=match)
        row = services.media.update(**who, if_match=match, **taken)
        return row if received is None else services.media.replace(**who, received=received)

    def erase(self, request: HttpRequest, obj: Media) -> None:
        services.media.delete(actor=actor_of(request), site=obj.site, media_id=obj.pk)
