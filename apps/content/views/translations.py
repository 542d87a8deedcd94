from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.ai.errors import OF_MODELS
from apps.ai.models import Generation
from apps.ai.services import generations
from apps.ai.views import LATER, later, told, waited
from apps.billing.errors import OF_PRICED
from apps.content import errors, selectors, services
from apps.content.models import Translation
from apps.content.serializers import (
    DraftQuery,
    FreshnessOut,
    TranslatedOut,
    TranslateIn,
    TranslationIn,
    TranslationOut,
    TranslationStatusOut,
    TranslationStatusQuery,
)
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, PageQuery, page_of, slice_of
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


def begin_translation(request: Request, site: Site, **document: Any) -> Generation | dict[str, Any]:
    begun = services.translating.start(actor=request.actor, site=site, **document, **told(request))
    return waited(request, begun) if isinstance(begun, Generation) else begun


class TranslationViewSet(SiteViewSet):
    """Translations: what documents say in other locales, with a publishing life beside the document's."""

    category = "content"

    @operation("translations_list", allow="content.read", rate="read", gives=FreshnessOut, query=PageQuery)
    def list(self, request: Request, site: Site, doc_type: str, doc_id: int) -> Page:
        """How fresh a document is in all its locales and in those that the site offers, its own first."""
        found = selectors.freshness(actor=request.actor, site=site, doc_type=doc_type, doc_id=doc_id)
        return slice_of(found, request.q)

    @operation("translations_get", allow="content.read", rate="read", gives=TranslationOut)
    def retrieve(self, request: Request, site: Site, **document: Any) -> Translation:
        """The translation of a document into a locale as it is being worked on."""
        return selectors.translation_for(actor=request.actor, site=site, **document)

    @operation(
        "translations_put",
        allow="content.write",
        rate="write",
        takes=TranslationIn,
        gives=TranslationOut,
        query=DraftQuery,
        effects="rows",
        also={201: "Made."},
        refuses=[errors.OwnLocale, errors.TooManyTranslations, errors.SlugTaken, VersionMismatch],
    )
    def put(self, request: Request, site: Site, **document: Any) -> Translation:
        """Makes or replaces a translation; laid over the document it must fit the type. Without any text the one of
        before stays. What the public sees follows as with documents, while the document is public."""
        members = dict(request.valid)
        return services.translations.put(
            actor=request.actor,
            site=site,
            **document,
            **{name: members.pop(name) for name in ("published", "source_version") if name in members},
            members=members,
            draft=request.q["draft"],
            if_match=request.headers.get("If-Match", ""),
        )

    @operation(
        "translations_generate",
        allow="ai.generate",
        rate="ai",
        takes=TranslateIn,
        gives=TranslatedOut,
        effects="outside",
        prepare=begin_translation,
        cost="per 1,000 characters",
        also=LATER,
        refuses=[*OF_PRICED, *OF_MODELS, errors.OwnLocale, errors.SlugTaken, errors.NothingTranslated],
    )
    def generate(self, request: Request, site: Site, **document: Any) -> dict[str, Any] | HttpResponse:
        """Has a model translate a document into one or many locales, each as a draft; needs `content.write` too. What
        people have written, and what is up to date, stays unless `overwrite` is asked for."""
        begun: Generation | dict[str, Any] = request.prepared
        if isinstance(begun, dict):
            return begun
        if not generations.ended(begun):
            return later(request, begun)
        result = generations.result_of(begun)
        return result | {"model": begun.model, "credits": begun.charged, "job_id": begun.job_id}

    @operation("translations_delete", allow="content.delete", rate="write", effects="rows", refuses=[VersionMismatch])
    def destroy(self, request: Request, site: Site, **document: Any) -> None:
        """Deletes a translation for good; readers of its locale get what the fallback chain has."""
        match = request.headers.get("If-Match", "")
        services.translations.delete(actor=request.actor, site=site, if_match=match, **document)

    @operation(
        "translations_publish",
        allow="content.publish",
        rate="write",
        gives=TranslationOut,
        effects="rows",
        refuses=[VersionMismatch],
    )
    def publish(self, request: Request, site: Site, **document: Any) -> Translation:
        """Publishes a translation as it is now; the public sees it while the document is public."""
        match = request.headers.get("If-Match", "")
        return services.translations.publish(actor=request.actor, site=site, if_match=match, **document)

    @operation(
        "translations_unpublish",
        allow="content.publish",
        rate="write",
        gives=TranslationOut,
        effects="rows",
        refuses=[VersionMismatch],
    )
    def unpublish(self, request: Request, site: Site, **document: Any) -> Translation:
        """Takes a translation back from the public; the document stays as it is."""
        match = request.headers.get("If-Match", "")
        return services.translations.unpublish(actor=request.actor, site=site, if_match=match, **document)

    @operation(
        "translations_status",
        allow="content.read",
        rate="read",
        gives=TranslationStatusOut,
        query=TranslationStatusQuery,
    )
    def status(self, request: Request, site: Site) -> dict[str, Any]:
        """How many documents are translated, outdated or missing, by type and locale; with `locale` and `state`
        also which."""
        q, actor = request.q, request.actor
        chosen = {"doc_type": q["doc_type"], "type_id": q.get("type_id")}
        counted = selectors.coverage(actor=actor, site=site, **chosen)
        listed = None
        if q["state"]:
            chosen["doc_type"] = chosen["doc_type"] or "element"
            rows = selectors.lacking(actor=actor, site=site, locale=q["locale"], state=q["state"], **chosen)
            found = page_of(rows, q)
            listed = found.envelope(found.items)
        return {"coverage": counted, "documents": listed}
