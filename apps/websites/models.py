"""Websites that were made from a brief."""

from django.conf import settings
from django.db import models

from apps.core.fields import SharedForeignKey


class Website(models.Model):
    """A brief, the work on it, and what was made of it.

    `job_id` and `generation_id` lead to the work and its price. `steps` says how far it is: objects with `name`,
    `state` (`waiting`, `working`, `done`, `failed`), `done` and `total`. `found` is what models have given so far, so
    that a job that is run again does not ask for it again; it is empty once the documents are there.
    `documents` are those documents and media as `[kind, id]`, the pages from the top down; `types` the content
    types by section. `page_id` is the page below which all other pages stand.
    """

    class State(models.TextChoices):
        BUILDING = "building"
        DRAFT = "draft"
        PUBLISHED = "published"
        DISCARDED = "discarded"
        FAILED = "failed"

    site = SharedForeignKey("sites.Site", db_index=False)
    name = models.CharField(max_length=80)
    brief = models.JSONField(default=dict)
    design = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BUILDING)
    steps = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    documents = models.JSONField(default=list)
    types = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    page_id = models.BigIntegerField(null=True)
    job_id = models.UUIDField(null=True)
    generation_id = models.BigIntegerField(null=True, unique=True)
    created_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("site", "-id"), name="website_list"),)

    def __str__(self) -> str:
        return self.name

    @property
    def locales(self) -> list[str]:
        """That of its texts, then those into which they are translated."""
        found: list[str] = self.brief["locales"]
        return found

    def ids(self, kind: str) -> list[int]:
        """The ids of what was made of a kind, in the order in which it was."""
        return [id for one, id in self.documents if one == kind]

    def step(self, name: str, state: str, *, done: int | None = None) -> None:
        """Notes how far a step is; the caller saves the row."""
        for step in self.steps:
            if step["name"] == name:
                step["state"] = state
                step["done"] = step["total"] if state == "done" else step["done"] if done is None else done
