"""What happens to content. Of documents the names are made of kind and verb: `of("post", "Published")`."""

from apps.content.events.elements import (
    ElementDeleted,
    ElementPublished,
    ElementPurged,
    ElementRestored,
    ElementSaved,
    ElementScheduled,
    ElementUnpublished,
)
from apps.content.events.pages import (
    PageDeleted,
    PageMoved,
    PagePublished,
    PagePurged,
    PageReaddressed,
    PageRestored,
    PageSaved,
    PageScheduled,
    PageUnpublished,
)
from apps.content.events.posts import (
    PostDeleted,
    PostPublished,
    PostPurged,
    PostRestored,
    PostSaved,
    PostScheduled,
    PostUnpublished,
)
from apps.content.events.translations import (
    TranslationDeleted,
    TranslationPublished,
    TranslationSaved,
    TranslationUnpublished,
)
from apps.content.events.types import (
    TypeChanged,
    TypeCreated,
    TypeDeleted,
    TypeDistributed,
)
from apps.core.events import (
    Event,
)


def of(doc_type: str, verb: str) -> type[Event]:
    """The event of a kind of document: what happened to it, in the past tense."""
    found: type[Event] = globals()[f"{doc_type.title()}{verb}"]
    return found


__all__ = [
    "ElementDeleted",
    "ElementPublished",
    "ElementPurged",
    "ElementRestored",
    "ElementSaved",
    "ElementScheduled",
    "ElementUnpublished",
    "PageDeleted",
    "PageMoved",
    "PagePublished",
    "PagePurged",
    "PageReaddressed",
    "PageRestored",
    "PageSaved",
    "PageScheduled",
    "PageUnpublished",
    "PostDeleted",
    "PostPublished",
    "PostPurged",
    "PostRestored",
    "PostSaved",
    "PostScheduled",
    "PostUnpublished",
    "TranslationDeleted",
    "TranslationPublished",
    "TranslationSaved",
    "TranslationUnpublished",
    "TypeChanged",
    "TypeCreated",
    "TypeDeleted",
    "TypeDistributed",
    "of",
]
