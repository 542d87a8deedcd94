from apps.content.views.elements import ElementViewSet
from apps.content.views.pages import PageViewSet
from apps.content.views.posts import PostViewSet
from apps.content.views.public import PublicContentViewSet
from apps.content.views.public_pages import PublicPageViewSet
from apps.content.views.types import TypeViewSet

__all__ = ["ElementViewSet", "PageViewSet", "PostViewSet", "PublicContentViewSet", "PublicPageViewSet", "TypeViewSet"]
