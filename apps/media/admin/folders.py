"""Folders in the admin: a tree, each below its parent."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.db.models import Count
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from apps.core.backoffice import actor_of, quoted, site, valid
from apps.media import selectors, services
from apps.media.models import Folder
from apps.media.serializers import FolderIn, FolderPatch
from apps.sites.admin import SiteFilter, SiteSideAdmin


def choices(rows: Any, *, empty: str) -> list[tuple[str, str]]:
    """Folders with their whole path, to choose from."""
    paths = selectors.folder_paths(list(rows.values_list("pk", flat=True)))
    return [("", empty), *sorted(((str(pk), path) for pk, path in paths.items()), key=lambda pair: pair[1].lower())]


class FolderForm(forms.ModelForm):
    above = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget, label="In")
    etag = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Folder.objects.all()
        if self.instance.pk:
            below = [id for id, _ in selectors.below(self.instance.pk)]
            rows = rows.filter(site_id=self.instance.site_id).exclude(pk__in=below)
            self.initial.update({"etag": self.instance.etag, "above": str(self.instance.parent_id or "")})
        if "above" in self.fields:
            self.fields["above"].choices = choices(rows, empty="the top")  # type: ignore[attr-defined]


@register(Folder, site=site)
class FolderAdmin(SiteSideAdmin):
    code_view = "media.read"
    code_add = code_change = "media.write"
    code_delete = "media.delete"
    subject = "folder"
    form = FolderForm
    list_display = ("name", "path", "files", "site", "updated_at")
    list_filter = (SiteFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("site").annotate(media_count=Count("media"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("site", "name", "above")}),)
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("name", "path", "files")}),)
        return ((None, {"fields": ("name", "above", "files", "etag")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("path", "files") if obj else ()

    @display(description="path")
    def path(self, obj: Folder) -> str:
        return selectors.folder_paths([obj.pk]).get(obj.pk, "–")

    @display(description="files", ordering="media_count")
    def files(self, obj: Any) -> int:
        found: int = obj.media_count
        return found

    def write(self, request: HttpRequest, obj: Folder, form: Any, change: bool) -> Folder:
        data, actor = form.cleaned_data, actor_of(request)
        asked = {"name": data["name"], "parent_id": data["above"] or None}
        if not change:
            return services.folders.create(actor=actor, site=data["site"], **valid(FolderIn, asked))
        named = {"name": "name", "above": "parent_id"}
        changed = {named[field]: asked[named[field]] for field in form.changed_data if field in named}
        return services.folders.update(
            actor=actor,
            site=obj.site,
            folder_id=obj.pk,
            if_match=quoted(data["etag"]),
            **valid(FolderPatch, changed),
        )

    def erase(self, request: HttpRequest, obj: Folder) -> None:
        services.folders.delete(actor=actor_of(request), site=obj.site, folder_id=obj.pk)
