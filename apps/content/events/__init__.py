"""What happens to content. Of documents the names are made of kind and verb: `of("post", "Published")`."""

from apps.content.events.elements import (
    ElementDeleted,
    ElementPublished,
    ElementPurged,
    ElementRestored,
    ElementSaved,
    ElementUnpublished,
)
from apps.content.events.pages import (
    PageDeleted,
    PageMoved,
    PagePublished,
    PagePurged,
    PageRestored,
    PageSaved,
    PageUnpublished,
)
from apps.content.events.posts import PostDeleted, PostPublished, PostPurged, PostRestored, PostSaved, PostUnpublished
from apps.content.events.translations import (
    TranslationDeleted,
    TranslationPublished,
    TranslationSaved,
    TranslationUnpublished,
)
from apps.content.events.types import TypeChanged, TypeCreated, TypeDeleted
from apps.core.events import Event


def of(doc_type: str, verb: str) -> type[Event]:
    """The event of a kind of document: what happened to it, in the past tense."""
    found: type[Event] = globals()[f"{doc_type.title()}{verb}"]
    return found


__all__ = [
    "of",
    "ElementDeleted",
    "ElementPublished",
    "ElementPurged",
    "ElementRestored",
    "ElementSaved",
    "ElementUnpublished",
    "PageDeleted",
    "PageMoved",
    "PagePublished",
    "PagePurged",
    "PageRestored",
    "PageSaved",
    "PageUnpublished",
    "PostDeleted",
    "PostPublished",
    "PostPurged",
    "PostRestored",
    "PostSaved",
    "PostUnpublished",
    "TranslationDeleted",
    "TranslationPublished",
    "TranslationSaved",
    "TranslationUnpublished",
    "TypeChanged",
    "TypeCreated",
    "TypeDeleted",
]
