from apps.content.models.documents import (
    Document,
)
from apps.content.models.elements import (
    Element,
)
from apps.content.models.pages import (
    Page,
)
from apps.content.models.posts import (
    Post,
)
from apps.content.models.public import (
    PublicDocument,
    Reference,
)
from apps.content.models.slugs import (
    Slug,
)
from apps.content.models.translations import (
    Translation,
    laid_over,
)
from apps.content.models.types import (
    ContentType,
    TypeVersion,
    UniqueValue,
)
from apps.content.models.versions import (
    Imported,
    Version,
)

DOCUMENTS: dict[str, type[Document]] = {model.doc_type: model for model in (Element, Post, Page)}


__all__ = [
    "ContentType",
    "DOCUMENTS",
    "Document",
    "Element",
    "Imported",
    "Page",
    "Post",
    "PublicDocument",
    "Reference",
    "Slug",
    "Translation",
    "TypeVersion",
    "UniqueValue",
    "Version",
    "laid_over",
]
