from apps.content.services import elements, freezing, pages, posts, publishing, refreezing, slugs, trash, tree, types

__all__ = ["elements", "freezing", "pages", "posts", "publishing", "refreezing", "slugs", "trash", "tree", "types"]
