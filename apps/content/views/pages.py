from dataclasses import replace
from typing import Any

from rest_framework.request import Request

from apps.content import errors, selectors, services
from apps.content.models import Page
from apps.content.serializers import (
    ArrangeIn,
    DeletePageQuery,
    DraftQuery,
    LocaleQuery,
    MoveIn,
    PageIn,
    PageNodeOut,
    PageOut,
    PagePatch,
    PagesQuery,
)
from apps.core import query
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet

_PLACING = [errors.PageCycle, errors.PageTooDeep]


class PageViewSet(SiteViewSet):
    """Pages: places in the site's tree that show elements, with versions and a publishing life."""

    category = "content"

    @operation("pages_list", allow="content.read", rate="read", gives=PageOut, query=PagesQuery)
    def list(self, request: Request, site: Site) -> query.Page:
        """Pages with their drafts, by id unless `sort` says otherwise."""
        rows = selectors.filtered_pages(selectors.pages_of(actor=request.actor, site=site), request.q)
        page = query.page_of(query.sorted_by(rows, request.q["sort"]), request.q)
        return replace(page, items=selectors.in_locale(page.items, site, request.q["locale"]))

    @operation(
        "pages_create",
        allow="content.write",
        rate="write",
        takes=PageIn,
        gives=PageOut,
        status=201,
        effects="rows",
        refuses=[errors.SlugTaken, errors.PageLimitReached, errors.PageTooDeep],
    )
    def create(self, request: Request, site: Site) -> Page:
        """Creates a page; all but the title is optional. Publishing it at once also needs `content.publish`."""
        return services.pages.create(actor=request.actor, site=site, **request.valid)

    @operation("pages_tree", allow="content.read", rate="read", gives=PageNodeOut, many=True)
    def tree(self, request: Request, site: Site) -> Any:
        """The whole hierarchy, drafts included, as a bare array of the pages at the top; paths as being worked on."""
        return selectors.tree(actor=request.actor, site=site)

    @operation("pages_get", allow="content.read", rate="read", gives=PageOut, query=LocaleQuery)
    def retrieve(self, request: Request, site: Site, page_id: int) -> Page:
        """One page as it is being worked on, its elements as ids."""
        found = selectors.page_for(actor=request.actor, site=site, page_id=page_id)
        return selectors.in_locale([found], site, request.q["locale"])[0]

    @operation(
        "pages_update",
        allow="content.write",
        rate="write",
        takes=PagePatch,
        gives=PageOut,
        query=DraftQuery,
        effects="rows",
        refuses=[errors.SlugTaken, *_PLACING, VersionMismatch],
    )
    def update(self, request: Request, site: Site, page_id: int) -> Page:
        """Changes the given members of a page; what the public sees follows as with elements. `parent_id` and
        `position` move it, at once also in public."""
        changes = dict(request.valid)
        now = {name: changes.pop(name, None) for name in ("published", "times")}
        return services.pages.update(
            **self.about(request, site, page_id), **now, changes=changes, draft=request.q["draft"]
        )

    @operation(
        "pages_arrange",
        allow="content.write",
        rate="write",
        takes=ArrangeIn,
        gives=PageOut,
        query=DraftQuery,
        effects="rows",
        refuses=[VersionMismatch],
    )
    def arrange(self, request: Request, site: Site, page_id: int) -> Page:
        """Sets the page's elements: section, position and layout of each. What the public sees follows as with
        other changes."""
        given = {"changes": dict(request.valid), "draft": request.q["draft"]}
        return services.pages.update(**self.about(request, site, page_id), **given)

    @operation(
        "pages_move",
        allow="content.write",
        rate="write",
        takes=MoveIn,
        gives=PageOut,
        effects="rows",
        refuses=[*_PLACING, VersionMismatch],
    )
    def move(self, request: Request, site: Site, page_id: int) -> Page:
        """Moves a page, with all below it, to another parent or position; old public paths redirect to the new ones.
        Also needs `content.publish` when the page or one below it is public."""
        return services.pages.move(**self.about(request, site, page_id), **request.valid)

    @operation(
        "pages_delete",
        allow="content.delete",
        rate="write",
        query=DeletePageQuery,
        effects="rows",
        refuses=[errors.InUse, errors.PageHasChildren, *_PLACING, VersionMismatch],
    )
    def destroy(self, request: Request, site: Site, page_id: int) -> None:
        """Moves a page to the trash, with `purge=true` out of it for good; 409 with those that refer to it, unless
        `force=true`, and with the pages below it, unless `children` says what becomes of them."""
        given = {name: request.q[name] for name in ("children", "force", "purge")}
        services.pages.delete(**self.about(request, site, page_id), **given)

    def about(self, request: Request, site: Site, page_id: int) -> dict[str, Any]:
        """What every service that changes a page is told."""
        match = request.headers.get("If-Match", "")
        return {"actor": request.actor, "site": site, "page_id": page_id, "if_match": match}
