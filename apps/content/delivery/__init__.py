"""The public reads of content: one SELECT of finished JSON each, as far as there is one to be finished."""

from apps.content.delivery import feeds, pages, sitemap
from apps.content.delivery.documents import element, elements, post, posts

__all__ = ["element", "elements", "feeds", "pages", "post", "posts", "sitemap"]
