"""The public reads of content: one SELECT of finished JSON each."""

from apps.content.delivery.documents import element, elements, moved_post, post, posts

__all__ = ["element", "elements", "moved_post", "post", "posts"]
