from dataclasses import replace

from rest_framework.request import Request

from apps.content import errors, selectors, services
from apps.content.models import Post
from apps.content.serializers import (
    DeleteQuery,
    DraftQuery,
    LocaleQuery,
    PostBulkIn,
    PostIn,
    PostOut,
    PostPatch,
    PostQuery,
    PostSlugQuery,
)
from apps.core.bulk import Report
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, page_of, sorted_by
from apps.core.serializers import BulkOut
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class PostViewSet(SiteViewSet):
    """Posts: long text in Markdown, with versions and a publishing life."""

    category = "content"

    @operation("posts_list", allow="content.read", rate="read", gives=PostOut, query=PostQuery)
    def list(self, request: Request, site: Site) -> Page:
        """Posts with their drafts, by id unless `sort` says otherwise."""
        rows = selectors.filtered_posts(selectors.posts_of(actor=request.actor, site=site), request.q)
        page = page_of(sorted_by(rows, request.q["sort"]), request.q)
        return replace(page, items=selectors.in_locale(page.items, site, request.q["locale"]))

    @operation(
        "posts_create",
        allow="content.write",
        rate="write",
        takes=PostIn,
        gives=PostOut,
        status=201,
        effects="rows",
        refuses=[errors.SlugTaken],
    )
    def create(self, request: Request, site: Site) -> Post:
        """Creates a post; all but the title is optional. Publishing it at once also needs `content.publish`."""
        return services.posts.create(actor=request.actor, site=site, **request.valid)

    @operation("posts_get", allow="content.read", rate="read", gives=PostOut, query=LocaleQuery)
    def retrieve(self, request: Request, site: Site, post_id: int) -> Post:
        """One post as it is being worked on."""
        found = selectors.post_for(actor=request.actor, site=site, post_id=post_id)
        return selectors.in_locale([found], site, request.q["locale"])[0]

    @operation(
        "posts_update",
        allow="content.write",
        rate="write",
        takes=PostPatch,
        gives=PostOut,
        query=DraftQuery,
        effects="rows",
        refuses=[errors.SlugTaken, VersionMismatch],
    )
    def update(self, request: Request, site: Site, post_id: int) -> Post:
        """Changes the given members of a post; what the public sees follows as with elements."""
        changes = dict(request.valid)
        return services.posts.update(
            actor=request.actor,
            site=site,
            post_id=post_id,
            published=changes.pop("published", None),
            times=changes.pop("times", None),
            changes=changes,
            draft=request.q["draft"],
            if_match=request.headers.get("If-Match", ""),
        )

    @operation("posts_get_by_slug", allow="content.read", rate="read", gives=PostOut, query=PostSlugQuery)
    def by_slug(self, request: Request, site: Site, slug: str) -> Post:
        """The post with this slug, else the one that had it, under the slug that it has now."""
        locale = request.q["locale"]
        found = selectors.post_by_slug(actor=request.actor, site=site, slug=slug, locale=locale)
        return selectors.in_locale([found], site, locale)[0]

    @operation(
        "posts_delete",
        allow="content.delete",
        rate="write",
        query=DeleteQuery,
        effects="rows",
        refuses=[errors.InUse, VersionMismatch],
    )
    def destroy(self, request: Request, site: Site, post_id: int) -> None:
        """Moves a post to the trash; `force` and `purge` as with elements."""
        asked = {name: request.q[name] for name in ("force", "purge")}
        match = request.headers.get("If-Match", "")
        services.trash.delete(actor=request.actor, site=site, doc_type="post", doc_id=post_id, if_match=match, **asked)

    @operation(
        "posts_bulk",
        allow="content.write",
        rate="write",
        takes=PostBulkIn,
        gives=BulkOut,
        effects="rows",
        refuses=[errors.BulkRefused],
    )
    def bulk(self, request: Request, site: Site) -> Report:
        """Up to 500 changes of posts, as with elements."""
        return services.bulk.run(actor=request.actor, site=site, doc_type="post", **request.valid)
