"""Translations in the admin, and how far the tenant's sites are translated."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import SimpleListFilter, register
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from apps.content import selectors, services
from apps.content.admin.forms import TranslationForm
from apps.content.admin.translation_links import translate_link
from apps.content.models import DOCUMENTS, Translation
from apps.content.serializers import ORIGINS, STATES, TranslationIn, TranslationStatusQuery
from apps.core.backoffice import actor_of, json_block, quoted, site, valid
from apps.core.query import page_of
from apps.sites.admin import SiteFilter, SiteSideAdmin
from apps.sites.models import Site
from apps.sites.selectors import sites_of

_EVERY = ("data", "title", "slug", "short_description", "content", "keywords", "description", "seo")


class OriginFilter(SimpleListFilter):
    title, parameter_name = "origin", "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(name, name) for name in ORIGINS]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ORIGINS:
            return queryset
        return queryset.filter(generation__isnull=self.value() == "people")


class StateFilter(SimpleListFilter):
    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("outdated", "outdated"), ("translated", "translated"), ("draft", "not published")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "outdated" | "translated":
                return queryset.filter(outdated=self.value() == "outdated")
            case "draft":
                return queryset.filter(published_version=None)
            case _:
                return queryset


@register(Translation, site=site)
class TranslationAdmin(SiteSideAdmin):
    code_view = "content.read"
    code_add = code_change = "content.write"
    code_delete = "content.delete"
    subject = "translation"
    form = TranslationForm
    list_display = ("__str__", "site", "shown_state", "shown_published", "shown_origin", "author", "updated_at")
    list_select_related = ("site", "author")
    list_filter = (StateFilter, OriginFilter, SiteFilter)
    search_fields = ("source", "locale")
    ordering = ("-updated_at", "-id")

    def get_urls(self) -> list[Any]:
        own = path("coverage/", self.admin_site.admin_view(self.coverage), name="content_translation_coverage")
        return [own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        doc_type = obj.doc_type if obj else request.GET.get("doc_type", "")
        text = [name for name in _EVERY if doc_type not in DOCUMENTS or name in DOCUMENTS[doc_type].translated]
        if obj is None:
            return ((None, {"fields": (("site", "locale"), ("doc_type", "doc_id"), *text, "published")}),)
        state = ("shown_document", ("shown_state", "shown_published", "shown_origin", "updated_at"))
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": (*state, "shown_members")}),)
        return ((None, {"fields": (*state, *text, "published", "etag")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("shown_document", "shown_state", "shown_published", "shown_origin", "shown_members")
        return (*shown, "version", "updated_at") if obj else ()

    @display(description="state", label={"translated": "success", "outdated": "warning"})
    def shown_state(self, obj: Translation) -> str:
        return obj.state

    @display(
        description="public", label={"published": "success", "published, with a draft": "warning", "draft": "default"}
    )
    def shown_published(self, obj: Translation) -> str:
        if obj.has_draft:
            return "published, with a draft"
        return "published" if obj.published else "draft"

    @display(description="written by", label={"people": "default", "machine": "info"})
    def shown_origin(self, obj: Translation) -> str:
        return obj.origin

    @display(description="text")
    def shown_members(self, obj: Translation) -> str:
        return json_block(obj.members)

    @display(description="of")
    def shown_document(self, obj: Translation) -> str:
        """The document's own text, to translate from."""
        document: Any = DOCUMENTS[obj.doc_type]._default_manager.filter(pk=obj.doc_id).first()
        if document is None:
            return "–"
        text = {name: document.snapshot()[name] for name in document.translated}
        link = reverse(f"admin:content_{obj.doc_type}_change", args=[obj.doc_id]) if _shown(obj.doc_type) else ""
        title = format_html('<a href="{}">{}</a>', link, document.label) if link else document.label
        return format_html("<p>{} ({}) → {}</p>{}", title, document.locale, obj.locale, json_block(text))

    def write(self, request: HttpRequest, obj: Translation, form: Any, change: bool) -> Translation:
        data = form.cleaned_data
        of = obj if change else form.instance
        asked = {name: data[name] for name in _EVERY if data.get(name)}
        if not change or "published" in form.changed_data:
            asked["published"] = data["published"]
        taken = valid(TranslationIn, asked)
        published = taken.pop("published", None)
        return services.translations.put(
            actor=actor_of(request),
            site=of.site,
            doc_type=of.doc_type,
            doc_id=of.doc_id,
            locale=of.locale,
            members=taken,
            published=published,
            if_match=quoted(data["etag"]) if change else "",
        )

    def erase(self, request: HttpRequest, obj: Translation) -> None:
        services.translations.delete(
            actor=actor_of(request), site=obj.site, doc_type=obj.doc_type, doc_id=obj.doc_id, locale=obj.locale
        )

    # Coverage

    def coverage(self, request: HttpRequest) -> HttpResponse:
        """How many documents of each type are translated into which locale, and on demand which are not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        places = list(self.readable_sites(request))
        chosen = next((place for place in places if str(place.pk) == request.GET.get("site")), (places or [None])[0])
        page: dict[str, Any] = {"title": "Coverage", "places": places, "place": chosen}
        if chosen is not None:
            page |= self._table(request, chosen) | self._listed(request, chosen)
        return TemplateResponse(request, "admin/coverage.html", {**self.admin_site.each_context(request), **page})

    def readable_sites(self, request: HttpRequest) -> Any:
        actor = actor_of(request)
        rows = sites_of(actor)
        readable = [pk for pk in actor.site_codes if actor.may("content.read", pk)]
        return rows if actor.may("content.read") else rows.filter(pk__in=readable)

    def _table(self, request: HttpRequest, place: Site) -> dict[str, Any]:
        found = selectors.coverage(actor=actor_of(request), site=place)
        lines: dict[Any, list[Any]] = {}
        for row in found:
            asked = {"site": place.pk, "doc_type": row.doc_type, "locale": row.locale}
            asked |= {"type_id": row.type_id} if row.type_id else {}
            counts = [(state, getattr(row, state), urlencode(asked | {"state": state})) for state in STATES]
            name = " · ".join(filter(None, (row.doc_type, row.type_identifier)))
            lines.setdefault((name, row.documents), []).append((row.source, counts))
        return {"locales": list(dict.fromkeys(row.locale for row in found)), "lines": lines.items()}

    def _listed(self, request: HttpRequest, place: Site) -> dict[str, Any]:
        if not request.GET.get("state"):
            return {}
        names = ("doc_type", "type_id", "locale", "state", "page")
        q = valid(TranslationStatusQuery, {name: request.GET[name] for name in names if request.GET.get(name)})
        asked = {"doc_type": q["doc_type"] or "element", "locale": q["locale"]}
        rows = selectors.lacking(
            actor=actor_of(request), site=place, state=q["state"], type_id=q.get("type_id"), **asked
        )
        found = page_of(rows, q)
        there = Translation.objects.filter(doc_id__in=[row.pk for row in found.items], **asked)
        made = dict(there.values_list("doc_id", "pk"))
        links = [
            reverse("admin:content_translation_change", args=[made[row.pk]])
            if row.pk in made
            else translate_link(row, q["locale"])
            for row in found.items
        ]
        return {"found": found, "asked": q, "rows": zip(found.items, links, strict=True)}


def _shown(doc_type: str) -> bool:
    return DOCUMENTS[doc_type] in site._registry
