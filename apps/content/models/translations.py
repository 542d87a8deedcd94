import uuid
from typing import Any

from django.conf import settings
from django.db import models

from apps.core.encoding import dumps, loads
from apps.core.fields import SharedForeignKey


class Translation(models.Model):
    """What a document says in another locale, laid over its own text.

    `source` is the JSON text of the translated members as they are being worked on, `published_source` that of those
    for the public; a member that is in neither is the document's own. The public sees a published translation while
    the document itself is public. `fingerprint` is that of the text which was translated, `source_version` the
    document's version that had it; a document with another text now has an `outdated` translation. `generation` names
    the job that wrote the working text, until people write in it.
    """

    made = False
    """Whether it came into being just now, which is answered with 201."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    doc_type = models.CharField(max_length=10)
    doc_id = models.BigIntegerField()
    locale = models.CharField(max_length=35)
    source = models.TextField(default="{}")
    published_source = models.TextField(default="{}")
    source_version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=32)
    outdated = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    published_version = models.PositiveIntegerField(null=True, blank=True)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    run = models.CharField(max_length=60, blank=True, default="")
    generation = models.UUIDField(
        null=True, blank=True, editable=False, help_text="The job whose model wrote the working text; none of people's."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("doc_type", "doc_id", "locale"), name="translation_once"),)
        indexes = (models.Index(fields=("site", "doc_type", "locale"), name="translation_state"),)

    def __str__(self) -> str:
        return f"{self.doc_type} {self.doc_id} {self.locale}"

    @property
    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.source)
        return found

    @members.setter
    def members(self, members: dict[str, Any]) -> None:
        self.source = dumps(members).decode()

    @property
    def published(self) -> bool:
        return self.published_version is not None

    @property
    def has_draft(self) -> bool:
        return self.published_version not in (None, self.version)

    @property
    def origin(self) -> str:
        return "people" if self.generation is None else "machine"

    @property
    def state(self) -> str:
        return "outdated" if self.outdated else "translated"

    @property
    def etag(self) -> str:
        return f"translation{self.pk}-{self.version}-{self.published_version or 0}-{self.state}"


def laid_over(snapshot: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    """The snapshot with the translated members in the place of its own; objects member by member, one level deep."""
    return snapshot | {
        name: {**snapshot[name], **value} if isinstance(value, dict) else value for name, value in members.items()
    }
