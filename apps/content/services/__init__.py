from apps.content.services import (
    copies,
    distribution,
    elements,
    freezing,
    posts,
    publishing,
    refreezing,
    renaming,
    slugs,
    trash,
    types,
    uniques,
)

__all__ = [
    "copies",
    "distribution",
    "elements",
    "freezing",
    "posts",
    "publishing",
    "refreezing",
    "renaming",
    "slugs",
    "trash",
    "types",
    "uniques",
]
