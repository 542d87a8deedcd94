from rest_framework.request import Request

from apps.content import errors, selectors, services
from apps.content.models import DOCUMENTS
from apps.content.serializers import RestoredOut, TrashOut, TrashQuery
from apps.core.errors import NotFound, VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page
from apps.sites.errors import ElementLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class TrashViewSet(SiteViewSet):
    """The trash: deleted documents of all kinds, for 30 days."""

    category = "content"

    @operation("trash_list", allow="content.read", rate="read", gives=TrashOut, query=TrashQuery)
    def list(self, request: Request, site: Site) -> Page:
        """What was deleted, the last first: by whom, when, and when it leaves for good."""
        return selectors.trash_of(actor=request.actor, site=site, query=request.q)

    @operation(
        "trash_restore",
        allow="content.write",
        rate="write",
        gives=RestoredOut,
        effects="rows",
        refuses=[errors.NotInTrash, ElementLimitReached, VersionMismatch],
    )
    def restore(self, request: Request, site: Site, doc_type: str, doc_id: int) -> services.trash.Restored:
        """Brings a document back as a draft that is not public. A slug that was taken meanwhile becomes the next free
        one; a page whose parent is gone comes back at the top."""
        return services.trash.restore(
            actor=request.actor, site=site, doc_type=known(doc_type), doc_id=doc_id, if_match=match_of(request)
        )

    @operation(
        "trash_purge",
        allow="content.delete",
        rate="write",
        effects="rows",
        refuses=[errors.NotInTrash, VersionMismatch],
    )
    def purge(self, request: Request, site: Site, doc_type: str, doc_id: int) -> None:
        """Deletes for good what is in the trash, with all its versions."""
        services.trash.purge(
            actor=request.actor, site=site, doc_type=known(doc_type), doc_id=doc_id, if_match=match_of(request)
        )


def known(doc_type: str) -> str:
    if doc_type not in DOCUMENTS:
        raise NotFound
    return doc_type


def match_of(request: Request) -> str:
    header: str = request.headers.get("If-Match", "")
    return header
