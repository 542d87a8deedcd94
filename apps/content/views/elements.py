from dataclasses import replace

from rest_framework.request import Request

from apps.content import errors, selectors, services
from apps.content.models import Element
from apps.content.serializers import (
    DeleteQuery,
    DraftQuery,
    ElementBulkIn,
    ElementGetQuery,
    ElementIn,
    ElementOut,
    ElementPatch,
    ElementQuery,
)
from apps.core.bulk import Report
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, page_of
from apps.core.serializers import BulkOut
from apps.sites.errors import ElementLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class ElementViewSet(SiteViewSet):
    """Elements: entries of content types, with versions and a publishing life."""

    category = "content"

    @operation("elements_list", allow="content.read", rate="read", gives=ElementOut, query=ElementQuery)
    def list(self, request: Request, site: Site) -> Page:
        """Elements with their drafts, by id unless `sort` says otherwise. References stay raw ids; `expand` shows
        beside them what they refer to."""
        page = page_of(selectors.filtered_elements(actor=request.actor, site=site, query=request.q), request.q)
        items = selectors.in_locale(page.items, site, request.q["locale"])
        selectors.shown(items, actor=request.actor, site=site, query=request.q)
        return replace(page, items=items)

    @operation(
        "elements_create",
        allow="content.write",
        rate="write",
        takes=ElementIn,
        gives=ElementOut,
        status=201,
        effects="rows",
        refuses=[ElementLimitReached, errors.NotUnique],
    )
    def create(self, request: Request, site: Site) -> Element:
        """Creates an element, checked against its type's schema; `published: true` also needs `content.publish`."""
        return services.elements.create(actor=request.actor, site=site, **request.valid)

    @operation("elements_get", allow="content.read", rate="read", gives=ElementOut, query=ElementGetQuery)
    def retrieve(self, request: Request, site: Site, element_id: int) -> Element:
        """One element as it is being worked on; references stay raw ids, and `expand` shows what they refer to beside
        them. The answer with `expand` has an ETag of its own, which is not one for `If-Match`."""
        found = selectors.element_for(actor=request.actor, site=site, element_id=element_id)
        element = selectors.in_locale([found], site, request.q["locale"])[0]
        selectors.shown([element], actor=request.actor, site=site, query=request.q)
        return element

    @operation(
        "elements_update",
        allow="content.write",
        rate="write",
        takes=ElementPatch,
        gives=ElementOut,
        query=DraftQuery,
        effects="rows",
        refuses=[VersionMismatch, errors.NotUnique],
    )
    def update(self, request: Request, site: Site, element_id: int) -> Element:
        """Changes an element; `data` is replaced whole. A published one changes in public at once, unless
        `draft=true` or the caller lacks `content.publish`: then the change stands beside the public version."""
        return services.elements.update(
            actor=request.actor,
            site=site,
            element_id=element_id,
            draft=request.q["draft"],
            if_match=request.headers.get("If-Match", ""),
            **request.valid,
        )

    @operation(
        "elements_delete",
        allow="content.delete",
        rate="write",
        query=DeleteQuery,
        effects="rows",
        refuses=[errors.InUse, VersionMismatch],
    )
    def destroy(self, request: Request, site: Site, element_id: int) -> None:
        """Moves an element to the trash; 409 with those that refer to it, unless `force=true`. With `purge=true` it is
        gone for good, also one that is in the trash already."""
        asked = {name: request.q[name] for name in ("force", "purge")}
        match = request.headers.get("If-Match", "")
        services.trash.delete(
            actor=request.actor, site=site, doc_type="element", doc_id=element_id, if_match=match, **asked
        )

    @operation(
        "elements_bulk",
        allow="content.write",
        rate="write",
        takes=ElementBulkIn,
        gives=BulkOut,
        effects="rows",
        refuses=[errors.BulkRefused],
    )
    def bulk(self, request: Request, site: Site) -> Report:
        """Up to 500 changes in their order, each with an answer of its own; `atomic`: all of them or none."""
        return services.bulk.run(actor=request.actor, site=site, doc_type="element", **request.valid)
