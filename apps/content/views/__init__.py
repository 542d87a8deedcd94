from apps.content.views.elements import ElementViewSet
from apps.content.views.locales import LocaleViewSet
from apps.content.views.posts import PostViewSet
from apps.content.views.public import PublicContentViewSet
from apps.content.views.translations import TranslationViewSet
from apps.content.views.types import TypeViewSet

__all__ = [
    "ElementViewSet",
    "LocaleViewSet",
    "PostViewSet",
    "PublicContentViewSet",
    "TranslationViewSet",
    "TypeViewSet",
]
