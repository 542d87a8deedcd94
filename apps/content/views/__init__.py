from apps.content.views.elements import (
    ElementViewSet,
)
from apps.content.views.indexes import (
    IndexViewSet,
)
from apps.content.views.life import (
    ElementLifeViewSet,
    PageLifeViewSet,
    PostLifeViewSet,
)
from apps.content.views.locales import (
    LocaleViewSet,
)
from apps.content.views.pages import (
    PageViewSet,
)
from apps.content.views.posts import (
    PostViewSet,
)
from apps.content.views.public import (
    PublicContentViewSet,
)
from apps.content.views.public_pages import (
    PublicPageViewSet,
)
from apps.content.views.speech import (
    SpeechViewSet,
)
from apps.content.views.translations import (
    TranslationViewSet,
)
from apps.content.views.trash import (
    TrashViewSet,
)
from apps.content.views.types import (
    DistributionViewSet,
    TypeViewSet,
)

__all__ = [
    "DistributionViewSet",
    "ElementLifeViewSet",
    "ElementViewSet",
    "IndexViewSet",
    "LocaleViewSet",
    "PageLifeViewSet",
    "PageViewSet",
    "PostLifeViewSet",
    "PostViewSet",
    "PublicContentViewSet",
    "PublicPageViewSet",
    "SpeechViewSet",
    "TranslationViewSet",
    "TrashViewSet",
    "TypeViewSet",
]
