from apps.content.services import elements, freezing, posts, publishing, refreezing, slugs, trash, types

__all__ = ["elements", "freezing", "posts", "publishing", "refreezing", "slugs", "trash", "types"]
