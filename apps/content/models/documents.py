"""Documents: what has versions, a draft beside its published version, and a place in the trash."""

import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from apps.content.schemas import Found
from apps.core import etag
from apps.core.encoding import dumps
from apps.core.fields import SharedForeignKey


class Document(models.Model):
    """The life that elements, posts and pages share.

    `version` counts every save. `published_version` is the one that the public sees, None when there is none; what
    the public is shown is frozen in `PublicDocument`. A document with both, and unequal, has a draft.

    `doc_type` names the kind, `kept` what a version keeps of it beside the locale, `translated` the members of
    those that a translation may say in another language.
    """

    doc_type: ClassVar[str]
    kept: ClassVar[tuple[str, ...]]
    translated: ClassVar[tuple[str, ...]]
    translation: Any = None
    """The translation that was laid over the document for a reader; such a one is never saved."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    locale = models.CharField(max_length=35)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    version = models.PositiveIntegerField(default=0)
    published_version = models.PositiveIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    unpublish_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = SharedForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, db_index=False, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def published(self) -> bool:
        return self.published_version is not None

    @property
    def has_draft(self) -> bool:
        return self.published_version not in (None, self.version)

    @property
    def status(self) -> str:
        if self.published:
            return "published"
        return "scheduled" if self.publish_at else "draft"

    @property
    def etag(self) -> str:
        tag = f"{self.doc_type}{self.pk}-{self.version}-{self.published_version or 0}"
        planned = (("p", self.publish_at), ("u", self.unpublish_at))
        shown = [self.translation.etag] if self.translation else []
        return "-".join([tag, *(f"{word}{at.timestamp():f}" for word, at in planned if at), *shown])

    @property
    def label(self) -> str:
        """How lists and the history call it."""
        raise NotImplementedError

    def snapshot(self) -> dict[str, Any]:
        """What a version keeps."""
        return {name: getattr(self, name) for name in (*self.kept, "locale")}

    def apply(self, snapshot: dict[str, Any]) -> None:
        """Takes over what a version kept; a member that versions did not have yet stays as it is."""
        for name in (*self.kept, "locale"):
            if name in snapshot:
                setattr(self, name, snapshot[name])

    @classmethod
    def fingerprint(cls, snapshot: dict[str, Any]) -> str:
        """Of the text that a translation may say in another language."""
        return etag.of_bytes(dumps([snapshot[name] for name in cls.translated]))

    def references_in(self, snapshot: dict[str, Any]) -> Iterator[Found]:
        """What a version refers to."""
        return iter(())
