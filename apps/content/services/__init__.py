from apps.content.services import (
    elements,
    freezing,
    posts,
    publishing,
    refreezing,
    slugs,
    translated,
    translations,
    trash,
    types,
)

__all__ = [
    "elements",
    "freezing",
    "posts",
    "publishing",
    "refreezing",
    "slugs",
    "translated",
    "translations",
    "trash",
    "types",
]
