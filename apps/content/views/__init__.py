from apps.content.views.elements import ElementViewSet
from apps.content.views.posts import PostViewSet
from apps.content.views.public import PublicContentViewSet
from apps.content.views.types import DistributionViewSet, TypeViewSet

__all__ = ["DistributionViewSet", "ElementViewSet", "PostViewSet", "PublicContentViewSet", "TypeViewSet"]
