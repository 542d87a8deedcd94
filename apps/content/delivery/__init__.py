"""The public reads of content: one SELECT of finished JSON each."""

from apps.content.delivery.documents import element, elements, post, posts, tags_of

__all__ = ["element", "elements", "post", "posts", "tags_of"]
