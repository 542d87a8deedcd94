from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TranslationSaved(Event):
    """A new version of a translation; what the public sees is as before."""

    subject: ClassVar[str] = "translation"
    doc_type: str
    doc_id: int
    locale: str


@dataclass(frozen=True, kw_only=True)
class TranslationPublished(Event):
    """Seen by the public while the document is."""

    subject: ClassVar[str] = "translation"
    doc_type: str
    doc_id: int
    locale: str


@dataclass(frozen=True, kw_only=True)
class TranslationUnpublished(Event):
    subject: ClassVar[str] = "translation"
    doc_type: str
    doc_id: int
    locale: str


@dataclass(frozen=True, kw_only=True)
class TranslationDeleted(Event):
    """For good."""

    subject: ClassVar[str] = "translation"
    doc_type: str
    doc_id: int
    locale: str
