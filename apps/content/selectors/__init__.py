from apps.content.selectors.documents import document_for, documents_of
from apps.content.selectors.elements import element_for, elements_of, filtered_elements
from apps.content.selectors.pages import describe, filtered_pages, page_for, pages_of
from apps.content.selectors.posts import filtered_posts, post_for, posts_of
from apps.content.selectors.references import missing_targets, referrers
from apps.content.selectors.slugs import by_slug, free_slug
from apps.content.selectors.tree import STANDING, above, below, misaddressed, paths, tree, with_depth
from apps.content.selectors.types import bare_key, type_for, types_of

__all__ = [
    "STANDING",
    "above",
    "bare_key",
    "below",
    "by_slug",
    "describe",
    "document_for",
    "documents_of",
    "element_for",
    "elements_of",
    "filtered_elements",
    "filtered_pages",
    "filtered_posts",
    "free_slug",
    "misaddressed",
    "missing_targets",
    "page_for",
    "pages_of",
    "paths",
    "post_for",
    "posts_of",
    "referrers",
    "tree",
    "with_depth",
    "type_for",
    "types_of",
]
