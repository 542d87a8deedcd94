from apps.content.services import elements, freezing, indexes, posts, publishing, refreezing, slugs, trash, types

__all__ = ["elements", "freezing", "indexes", "posts", "publishing", "refreezing", "slugs", "trash", "types"]
