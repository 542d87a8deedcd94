from apps.content.selectors.coverage import (
    coverage,
    lacking,
)
from apps.content.selectors.documents import (
    document_for,
    documents_of,
)
from apps.content.selectors.elements import (
    element_for,
    elements_of,
    filtered_elements,
)
from apps.content.selectors.expanding import (
    shown,
)
from apps.content.selectors.graph import (
    Graph,
    dependants,
    dependencies_of,
    graph_of,
)
from apps.content.selectors.impact import (
    Impact,
    impact_of,
)
from apps.content.selectors.pages import (
    describe,
    filtered_pages,
    page_for,
    pages_of,
)
from apps.content.selectors.posts import (
    filtered_posts,
    post_for,
    posts_of,
)
from apps.content.selectors.references import (
    keys_of_elements,
    links_of,
    missing_targets,
    referrers,
)
from apps.content.selectors.slugs import (
    by_slug,
    free_slug,
    post_by_slug,
)
from apps.content.selectors.translations import (
    freshness,
    freshness_of,
    in_locale,
    translation_for,
    translation_of,
    translations_of,
)
from apps.content.selectors.trash import (
    trash_of,
)
from apps.content.selectors.tree import (
    STANDING,
    above,
    below,
    misaddressed,
    paths,
    tree,
    with_depth,
)
from apps.content.selectors.types import (
    bare_key,
    in_batches,
    type_for,
    type_kept,
    types_of,
    version_page,
)
from apps.content.selectors.versions import (
    Entry,
    history_of,
    version_for,
)

__all__ = [
    "Entry",
    "Graph",
    "Impact",
    "STANDING",
    "above",
    "bare_key",
    "below",
    "by_slug",
    "coverage",
    "dependants",
    "dependencies_of",
    "describe",
    "document_for",
    "documents_of",
    "element_for",
    "elements_of",
    "filtered_elements",
    "filtered_pages",
    "filtered_posts",
    "free_slug",
    "freshness",
    "freshness_of",
    "graph_of",
    "history_of",
    "impact_of",
    "in_batches",
    "in_locale",
    "keys_of_elements",
    "lacking",
    "links_of",
    "misaddressed",
    "missing_targets",
    "page_for",
    "pages_of",
    "paths",
    "post_by_slug",
    "post_for",
    "posts_of",
    "referrers",
    "shown",
    "translation_for",
    "translation_of",
    "translations_of",
    "trash_of",
    "tree",
    "type_for",
    "type_kept",
    "types_of",
    "version_for",
    "version_page",
    "with_depth",
]
