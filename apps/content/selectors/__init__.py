from apps.content.selectors.documents import document_for, documents_of
from apps.content.selectors.elements import element_for, elements_of, filtered_elements
from apps.content.selectors.expanding import shown
from apps.content.selectors.posts import filtered_posts, post_for, posts_of
from apps.content.selectors.references import missing_targets, referrers
from apps.content.selectors.slugs import by_slug, free_slug
from apps.content.selectors.types import bare_key, type_for, types_of

__all__ = [
    "bare_key",
    "by_slug",
    "document_for",
    "documents_of",
    "element_for",
    "elements_of",
    "filtered_elements",
    "filtered_posts",
    "free_slug",
    "missing_targets",
    "post_for",
    "posts_of",
    "referrers",
    "shown",
    "type_for",
    "types_of",
]
