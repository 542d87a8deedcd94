from apps.content.services import elements, expiry, freezing, posts, publishing, refreezing, slugs, trash, types

__all__ = ["elements", "expiry", "freezing", "posts", "publishing", "refreezing", "slugs", "trash", "types"]
