from apps.content.services import (
    bulk,
    elements,
    freezing,
    posts,
    publishing,
    refreezing,
    scheduling,
    slugs,
    trash,
    types,
    versions,
)

__all__ = [
    "bulk",
    "elements",
    "freezing",
    "posts",
    "publishing",
    "refreezing",
    "scheduling",
    "slugs",
    "trash",
    "types",
    "versions",
]
