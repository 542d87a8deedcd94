from apps.content.models.documents import Document, Element, Post
from apps.content.models.public import PublicDocument, Reference
from apps.content.models.types import ContentType
from apps.content.models.versions import Imported, Version

__all__ = ["ContentType", "Document", "Element", "Imported", "Post", "PublicDocument", "Reference", "Version"]
