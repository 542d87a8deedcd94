from apps.content.selectors.documents import document_for, documents_of
from apps.content.selectors.elements import element_for, elements_of, filtered_elements
from apps.content.selectors.posts import filtered_posts, post_for, posts_of
from apps.content.selectors.references import links_of, missing_targets, referrers
from apps.content.selectors.slugs import by_slug, free_slug, post_by_slug
from apps.content.selectors.trash import trash_of
from apps.content.selectors.types import bare_key, type_for, types_of
from apps.content.selectors.versions import Entry, history_of, version_for

__all__ = [
    "Entry",
    "version_for",
    "trash_of",
    "post_by_slug",
    "links_of",
    "history_of",
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
    "type_for",
    "types_of",
]
