"""The public reads of content: one SELECT of finished JSON each."""

from apps.content.delivery import (
    feeds,
    pages,
    sitemap,
)
from apps.content.delivery.documents import (
    element,
    elements,
    moved_post,
    post,
    posts,
)

__all__ = [
    "element",
    "elements",
    "feeds",
    "moved_post",
    "pages",
    "post",
    "posts",
    "sitemap",
]
