from apps.content.services import elements, expiry, freezing, posts, publishing, types

__all__ = ["elements", "expiry", "freezing", "posts", "publishing", "types"]
