from apps.content.services import elements, freezing, posts, publishing, types

__all__ = ["elements", "freezing", "posts", "publishing", "types"]
