"""Posts: long text."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.errors import SlugTaken
from apps.content.events import PostDeleted, PostSaved
from apps.content.models import Post
from apps.content.services import publishing
from apps.content.slugs import LONGEST, clean_slug
from apps.core import etag
from apps.core.actor import Actor
from apps.core.events import emit
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
    publish_at: datetime.datetime | None = None,
    locale: str = "",
    created_at: datetime.datetime | None = None,
    author_id: int | None = None,
) -> Post:
    """Creates a post. A slug derived from the title takes `-2` and so on when taken; a given one that is taken is 409.

    `created_at` and `author_id` are an importer's: when and by whom it was first written elsewhere.
    """
    if published or publish_at:
        publishing.require_may_publish(actor, site.pk)
    now = timezone.now()
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
    if slug:
        _save(post, actor, now)
    else:
        _save_with_free_slug(post, actor, now)
    if publish_at and publish_at > now:
        publishing.schedule(post, publish_at)
    _tell(post, actor, publish=published or bool(publish_at and publish_at <= now), now=now)
    return post


@transaction.atomic
def update(
    *,
    actor: Actor,
    site: Site,
    post_id: int,
    changes: dict[str, Any],
    published: bool | None = None,
    draft: bool = False,
    if_match: str = "",
) -> Post:
    """Saves a new version with the given members changed.

    `changes` may hold title, slug, content, short_description, keywords and locale. What the public sees follows
    as with elements.
    """
    post = selectors.post_for(actor=actor, site=site, post_id=post_id, lock=True)
    etag.require(if_match, post.etag)
    if published is not None and published != post.published:
        publishing.require_may_publish(actor, site.pk)
    publishing.require_may_change(actor, post)
    for name in ("title", "slug", "content", "short_description", "keywords", "locale"):
        if name in changes:
            setattr(post, name, changes[name])
    now = timezone.now()
    may = actor.may("content.publish", site.pk)
    _save(post, actor, now)
    if published is False and post.published:
        publishing.unpublish(post, actor=actor, now=now)
    else:
        shown = published is not False and (bool(published) or (post.published and not draft))
        _tell(post, actor, publish=may and shown, now=now)
    return post


@transaction.atomic
def delete(*, actor: Actor, site: Site, post_id: int, force: bool = False, if_match: str = "") -> None:
    """Moves a post to the trash; 409 with the elements that refer to it unless forced."""
    post = selectors.post_for(actor=actor, site=site, post_id=post_id, lock=True)
    etag.require(if_match, post.etag)
    publishing.require_may_change(actor, post)
    publishing.trash(post, force=force, now=timezone.now())
    emit(PostDeleted(**publishing.about(post)), actor=actor, tenant_id=site.tenant_id)


def _tell(post: Post, actor: Actor, *, publish: bool, now: datetime.datetime) -> None:
    if publish:
        publishing.publish(post, actor=actor, now=now)
    else:
        emit(PostSaved(**publishing.about(post)), actor=actor, tenant_id=post.site.tenant_id)


def _save(post: Post, actor: Actor, now: datetime.datetime) -> None:
    try:
        with transaction.atomic():
            publishing.save_version(post, actor=actor, now=now)
    except IntegrityError as error:
        raise SlugTaken from error


def _save_with_free_slug(post: Post, actor: Actor, now: datetime.datetime) -> None:
    """Takes the first free of `slug`, `slug-2`, `slug-3`…; again when somebody else was quicker."""
    base = clean_slug(post.title, "post")[: LONGEST - 8].strip("-")
    for _ in range(5):
        post.slug = selectors.free_slug(post.site_id, post.locale, base)
        try:
            _save(post, actor, now)
            return
        except SlugTaken:
            post.pk, post.version = None, 0
    raise SlugTaken
