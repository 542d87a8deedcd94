"""The public reads of content: one SELECT of finished JSON each."""

from apps.content.delivery.documents import by_slug, element, elements, post, posts
from apps.content.delivery.locales import shown

__all__ = ["by_slug", "element", "elements", "post", "posts", "shown"]
