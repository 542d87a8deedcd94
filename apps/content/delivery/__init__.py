"""The public reads of content: one SELECT of finished JSON each."""

from apps.content.delivery import (
    feeds,
    pages,
    sitemap,
)
from apps.content.delivery.documents import (
    by_slug,
    element,
    elements,
    moved_post,
    post,
    posts,
    tags_of,
)
from apps.content.delivery.locales import (
    shown,
)

__all__ = [
    "by_slug",
    "element",
    "elements",
    "feeds",
    "moved_post",
    "pages",
    "post",
    "posts",
    "shown",
    "sitemap",
    "tags_of",
]
