from apps.content.services import (
    bulk,
    elements,
    expiry,
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
    "expiry",
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
