"""Versions, references and the trash: what is the same for every kind of document."""

import datetime
from typing import Any

from rest_framework import serializers

from apps.content.models import DOCUMENTS, Document
from apps.content.services.trash import KEPT
from apps.core.encoding import loads
from apps.core.query import PageQuery

KINDS = sorted(DOCUMENTS)


class PersonOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)


class ChangeOut(serializers.Serializer[Any]):
    path = serializers.CharField(allow_blank=True, help_text="Members of objects by name, of arrays by index.")
    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    before = serializers.JSONField(allow_null=True, help_text="A long value is the first 1,000 characters of its text.")
    after = serializers.JSONField(allow_null=True)


class VersionOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="version.number")
    created_at = serializers.DateTimeField(source="version.created_at")
    author = PersonOut(source="version.author", allow_null=True, help_text="Null: a machine, or nobody any more.")
    run = serializers.CharField(source="version.run", allow_blank=True, help_text="The agent run that saved it.")
    public = serializers.BooleanField(help_text="It is the one that the public sees.")
    published_at = serializers.DateTimeField(
        source="version.published_at", allow_null=True, help_text="When it last became public; null: never."
    )


class VersionEntryOut(VersionOut):
    diff = ChangeOut(many=True, help_text="What it changed of the version before, at most 50 members.")
    diff_cut = serializers.BooleanField(help_text="There is more than `diff` shows.")


class VersionWholeOut(VersionOut):
    snapshot = serializers.SerializerMethodField(help_text="All that a version keeps of the document.")

    def get_snapshot(self, entry: Any) -> dict[str, Any]:
        found: dict[str, Any] = loads(entry.version.source)
        found.pop("type_version", None)  # ours: under which names of fields the data stands
        return found


class VersionQuery(PageQuery):
    size = serializers.IntegerField(default=20, min_value=1, max_value=50, help_text="Items a page.")


class ReferenceOut(serializers.Serializer[Any]):
    direction = serializers.ChoiceField(choices=["incoming", "outgoing"])
    doc_type = serializers.CharField(help_text="Of the document at the other end: also `media`.")
    id = serializers.IntegerField()
    label = serializers.CharField(allow_blank=True)
    field = serializers.CharField(help_text="Where it stands in the document that refers.")
    locale = serializers.CharField(allow_blank=True, help_text="Of the translation that refers; empty: none.")
    working = serializers.BooleanField(help_text="The version that is worked on refers.")
    live = serializers.BooleanField(help_text="The public version refers.")
    published = serializers.BooleanField(help_text="The other end is public.")
    missing = serializers.BooleanField(help_text="The other end is gone, or in the trash.")


class ReferenceQuery(PageQuery):
    direction = serializers.ChoiceField(choices=["incoming", "outgoing"], required=False)


class TrashOut(serializers.Serializer[Any]):
    doc_type = serializers.CharField()
    id = serializers.IntegerField()
    label = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    deleted_at = serializers.DateTimeField()
    deleted_by = PersonOut(allow_null=True)
    purge_at = serializers.SerializerMethodField(help_text="When it leaves for good.")

    def get_purge_at(self, document: Document) -> datetime.datetime | None:
        return document.deleted_at and document.deleted_at + KEPT


class TrashQuery(PageQuery):
    doc_type = serializers.ChoiceField(choices=KINDS, required=False)


class RestoredOut(serializers.Serializer[Any]):
    doc_type = serializers.CharField(source="document.doc_type")
    id = serializers.IntegerField(source="document.id")
    label = serializers.CharField(source="document.label", allow_blank=True)
    status = serializers.CharField(source="document.status", help_text="`draft`: publishing is a deed of its own.")
    version = serializers.IntegerField(source="document.version")
    slug = serializers.CharField(
        source="document.slug", allow_null=True, default=None, help_text="Null for what has none."
    )
    slug_before = serializers.CharField(allow_null=True, help_text="Another than `slug` when that was taken meanwhile.")
