from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request

from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, page_of, sorted_by
from apps.media import errors, selectors, services
from apps.media.models import Folder
from apps.media.serializers import (
    FolderDeleteQuery,
    FolderIn,
    FolderNodeOut,
    FolderOut,
    FolderPatch,
    FolderQuery,
)
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class FolderViewSet(SiteViewSet):
    """Folders: where people look for files. They are no part of any address."""

    category = "media"

    @operation("folders_list", allow="media.read", rate="read", gives=FolderOut, query=FolderQuery)
    def list(self, request: Request, site: Site) -> Page:
        """The site's folders, by name unless `sort` says otherwise; `parent` for those in one folder."""
        rows = selectors.folders_filtered(selectors.folders_of(actor=request.actor, site=site), request.q)
        page = page_of(sorted_by(selectors.counted(rows), request.q["sort"]), request.q)
        selectors.give_paths(page.items)
        return page

    @operation(
        "folders_create",
        allow="media.write",
        rate="write",
        takes=FolderIn,
        gives=FolderOut,
        status=201,
        effects="rows",
        refuses=[errors.FolderNameTaken, errors.FolderTooDeep, errors.FolderLimitReached],
    )
    def create(self, request: Request, site: Site) -> Folder:
        """Makes a folder, in another one or at the top."""
        made = services.folders.create(actor=request.actor, site=site, **request.valid)
        return selectors.folder_with_counts(actor=request.actor, site=site, folder_id=made.pk)

    @operation("folders_tree", allow="media.read", rate="read", gives=FolderNodeOut, many=True)
    def tree(self, request: Request, site: Site) -> Sequence[dict[str, Any]]:
        """All folders as a tree, with the number of files in each."""
        return selectors.tree(actor=request.actor, site=site)

    @operation("folders_get", allow="media.read", rate="read", gives=FolderOut)
    def retrieve(self, request: Request, site: Site, folder_id: int) -> Folder:
        """One folder, with what is in it counted."""
        return selectors.folder_with_counts(actor=request.actor, site=site, folder_id=folder_id)

    @operation(
        "folders_update",
        allow="media.write",
        rate="write",
        takes=FolderPatch,
        gives=FolderOut,
        effects="rows",
        refuses=[errors.FolderNameTaken, errors.FolderCycle, errors.FolderTooDeep, VersionMismatch],
    )
    def update(self, request: Request, site: Site, folder_id: int) -> Folder:
        """Renames a folder, or moves it with all that is in it."""
        match = request.headers.get("If-Match", "")
        services.folders.update(actor=request.actor, site=site, folder_id=folder_id, if_match=match, **request.valid)
        return selectors.folder_with_counts(actor=request.actor, site=site, folder_id=folder_id)

    @operation(
        "folders_delete",
        allow="media.delete",
        rate="write",
        query=FolderDeleteQuery,
        effects="rows",
        refuses=[errors.FolderNotEmpty, VersionMismatch],
    )
    def destroy(self, request: Request, site: Site, folder_id: int) -> None:
        """Deletes a folder; 409 with something in it, unless `force=true`: folders in it go too, and no file is lost,
        they are in the folder above then."""
        match = request.headers.get("If-Match", "")
        services.folders.delete(
            actor=request.actor, site=site, folder_id=folder_id, force=request.q["force"], if_match=match
        )
