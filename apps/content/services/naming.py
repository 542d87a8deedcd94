"""Saving a new document under its slug, or the first that is free. Call inside the transaction that creates it."""

import datetime
from typing import Any

from django.db import transaction

from apps.content import selectors
from apps.content.errors import SlugTaken
from apps.content.services import publishing, scheduling
from apps.content.slugs import LONGEST, clean_slug
from apps.core.actor import Actor


def save_new(document: Any, *, actor: Actor, wanted: scheduling.Wish, now: datetime.datetime) -> None:
    """Saves and publishes as wanted, under the given slug (409 when it is taken) or one that is made of the title."""
    if document.slug:
        publishing.save(document, actor=actor, published=bool(wanted.published), draft=False, now=now)
    else:
        _save_under_free_slug(document, actor=actor, published=bool(wanted.published), now=now)
    scheduling.plan(document, wanted.times, actor=actor)


def _save_under_free_slug(document: Any, *, actor: Actor, published: bool, now: datetime.datetime) -> None:
    """Takes the first free of `slug`, `slug-2`, `slug-3`…; again when somebody else was quicker."""
    base = clean_slug(document.title, document.doc_type)[: LONGEST - 8].strip("-")
    for _ in range(5):
        document.slug = selectors.free_slug(document.site_id, document.doc_type, document.locale, base)
        try:
            with transaction.atomic():
                publishing.save(document, actor=actor, published=published, draft=False, now=now)
            return
        except SlugTaken:
            document.pk, document.version = None, 0
    raise SlugTaken
