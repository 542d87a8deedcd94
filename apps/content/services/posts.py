"""Posts: long text."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.models import Post
from apps.content.services import naming, publishing, scheduling, slugs
from apps.core import etag
from apps.core.actor import Actor
from apps.sites.models import Site


@transaction.atomic
def create(
    *,
    actor: Actor,
    site: Site,
    title: str,
    slug: str = "",
    content: str = "",
    short_description: str | None = None,
    keywords: list[str] | None = None,
    published: bool = False,
    times: scheduling.Times | None = None,
    locale: str = "",
    created_at: datetime.datetime | None = None,
    author_id: int | None = None,
) -> Post:
    """Creates a post. A slug derived from the title takes `-2` and so on when taken; a given one that is taken is 409.

    `created_at` and `author_id` are an importer's: when and by whom it was first written elsewhere.
    """
    if published or times:
        publishing.require_may_publish(actor, site.pk)
    now = timezone.now()
    wanted = scheduling.wish(times, published=published or None, draft=False, now=now)
    post = Post(
        site=site,
        title=title,
        slug=slug,
        content=content,
        short_description=short_description,
        keywords=keywords,
        locale=locale or site.default_locale,
        author_id=author_id or (actor.id if actor.kind == "user" else None),
        created_at=created_at or now,
    )
    naming.save_new(post, actor=actor, wanted=wanted, now=now)
    return post


@transaction.atomic
def update(
    *,
    actor: Actor,
    site: Site,
    post_id: int,
    changes: dict[str, Any],
    published: bool | None = None,
    times: scheduling.Times | None = None,
    draft: bool = False,
    if_match: str = "",
) -> Post:
    """Saves a new version with the given members changed.

    `changes` may hold title, slug, content, short_description, keywords and locale. What the public sees follows
    as with elements.
    """
    post = selectors.post_for(actor=actor, site=site, post_id=post_id, lock=True)
    etag.require(if_match, post.etag)
    if times or (published is not None and published != post.published):
        publishing.require_may_publish(actor, site.pk)
    publishing.require_may_change(actor, post)
    now = timezone.now()
    wanted = scheduling.wish(times, published=published, draft=draft, now=now)
    if changes.get("locale", post.locale) != post.locale:
        slugs.release("post", post.pk, locale=post.locale)
    for name in ("title", "slug", "content", "short_description", "keywords", "locale"):
        if name in changes:
            setattr(post, name, changes[name])
    publishing.save(post, actor=actor, published=wanted.published, draft=wanted.draft, now=now)
    scheduling.plan(post, wanted.times, actor=actor)
    return post
