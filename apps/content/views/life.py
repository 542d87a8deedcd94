"""The doors to the life that all kinds of documents share: one set of operations, made for each kind."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from apps.content import selectors, services
from apps.content.models import Document
from apps.content.serializers import (
    DraftQuery,
    PublishIn,
    ReferenceOut,
    ReferenceQuery,
    UnpublishIn,
    VersionEntryOut,
    VersionQuery,
    VersionWholeOut,
)
from apps.content.serializers.elements import ElementOut
from apps.content.serializers.pages import PageOut
from apps.content.serializers.posts import PostOut
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


def life(doc_type: str, plural: str, shape: type[BaseSerializer[Any]]) -> type[SiteViewSet]:
    """`{plural}_publish`, `_unpublish`, `_versions`, `_version`, `_restore` and `_references` of a kind.

    Paths name the document as `{doc_type}_id`.
    """
    key = f"{doc_type}_id"

    class LifeViewSet(SiteViewSet):
        category = "content"

        def named(self, request: Request, site: Site, path: dict[str, int]) -> dict[str, Any]:
            return {"actor": request.actor, "site": site, "doc_id": path[key]}

        def changed(self, request: Request, site: Site, path: dict[str, int]) -> dict[str, Any]:
            tag = request.headers.get("If-Match", "")
            return self.named(request, site, path) | {"doc_type": doc_type, "if_match": tag}

        def document(self, request: Request, site: Site, path: dict[str, int]) -> Document:
            found: Document = selectors.document_for(doc_type, **self.named(request, site, path))
            return found

        @operation(
            f"{plural}_publish",
            allow="content.publish",
            rate="write",
            takes=PublishIn,
            gives=shape,
            effects="rows",
            refuses=[VersionMismatch],
        )
        def publish(self, request: Request, site: Site, **path: int) -> Document:
            """Publishes the working version now, or at `publish_at`, until `unpublish_at`; a new time replaces the
            one before, `publish_at: null` cancels it. Nothing happens when all of it is public already."""
            return services.scheduling.publish(**self.changed(request, site, path), **request.valid)

        @operation(
            f"{plural}_unpublish",
            allow="content.publish",
            rate="write",
            takes=UnpublishIn,
            gives=shape,
            effects="rows",
            refuses=[VersionMismatch],
        )
        def unpublish(self, request: Request, site: Site, **path: int) -> Document:
            """Takes the document back from the public now, which cancels what is planned, or at `unpublish_at`;
            `unpublish_at: null` cancels that."""
            return services.scheduling.unpublish(**self.changed(request, site, path), **request.valid)

        @operation(f"{plural}_versions", allow="content.read", rate="read", gives=VersionEntryOut, query=VersionQuery)
        def versions(self, request: Request, site: Site, **path: int) -> Page:
            """Every save, the last first: who, when, by which agent run, and what it changed."""
            return selectors.history_of(self.document(request, site, path), request.q)

        @operation(f"{plural}_version", allow="content.read", rate="read", gives=VersionWholeOut)
        def version(self, request: Request, site: Site, version: int, **path: int) -> selectors.Entry:
            """One version, whole."""
            return selectors.version_for(self.document(request, site, path), version)

        @operation(
            f"{plural}_restore",
            allow="content.write",
            rate="write",
            gives=shape,
            query=DraftQuery,
            effects="rows",
            refuses=[VersionMismatch],
        )
        def restore(self, request: Request, site: Site, version: int, **path: int) -> Document:
            """Saves what a version holds as a new one; what the public sees follows as with any change. 400 when it
            no longer fits the type's schema."""
            return services.versions.restore(
                **self.changed(request, site, path), number=version, draft=request.q["draft"]
            )

        @operation(f"{plural}_references", allow="content.read", rate="read", gives=ReferenceOut, query=ReferenceQuery)
        def references(self, request: Request, site: Site, **path: int) -> Page:
            """What refers to the document and what it refers to, field by field."""
            return selectors.links_of(self.document(request, site, path), request.q)

    return LifeViewSet


ElementLifeViewSet = life("element", "elements", ElementOut)
PostLifeViewSet = life("post", "posts", PostOut)
PageLifeViewSet = life("page", "pages", PageOut)
