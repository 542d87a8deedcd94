from apps.content.views.elements import ElementViewSet
from apps.content.views.indexes import IndexViewSet
from apps.content.views.posts import PostViewSet
from apps.content.views.public import PublicContentViewSet
from apps.content.views.types import TypeViewSet

__all__ = ["ElementViewSet", "IndexViewSet", "PostViewSet", "PublicContentViewSet", "TypeViewSet"]
