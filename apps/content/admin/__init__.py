from apps.content.admin.elements import (
    ElementAdmin,
)
from apps.content.admin.pages import (
    PageAdmin,
)
from apps.content.admin.posts import (
    PostAdmin,
)
from apps.content.admin.translations import (
    TranslationAdmin,
)
from apps.content.admin.types import (
    ContentTypeAdmin,
)

__all__ = [
    "ContentTypeAdmin",
    "ElementAdmin",
    "PageAdmin",
    "PostAdmin",
    "TranslationAdmin",
]
