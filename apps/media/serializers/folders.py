from typing import Any

from rest_framework import serializers

from apps.core.query import PageQuery, Query
from apps.media.models import Folder
from apps.media.serializers.fields import FolderField, FolderIdField


class FolderOut(serializers.ModelSerializer[Folder]):
    parent_id = serializers.IntegerField(allow_null=True)
    path = serializers.CharField(help_text="Names from the top, separated by ` / `.")
    media_count = serializers.IntegerField(help_text="Files in it, without those in folders below.")
    folder_count = serializers.IntegerField(help_text="Folders in it, without those below them.")

    class Meta:
        model = Folder
        fields = ("id", "name", "parent_id", "path", "media_count", "folder_count", "created_at", "updated_at")
        read_only_fields = fields


class FolderNodeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    media_count = serializers.IntegerField(help_text="Files in it.")
    total_count = serializers.IntegerField(help_text="Files in it and in all folders below.")
    children = serializers.ListField(child=serializers.DictField(), help_text="Nodes like this one.")


class FolderNameField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if "/" in name or not name.isprintable():
            raise serializers.ValidationError("A folder's name has no slash and no control characters.", code="invalid")
        return name


class FolderIn(serializers.Serializer[Any]):
    name = FolderNameField()
    parent_id = FolderIdField(help_text="Null: at the top.")


class FolderPatch(serializers.Serializer[Any]):
    name = FolderNameField(required=False)
    parent_id = FolderIdField(help_text="Null: at the top.")


class FolderQuery(PageQuery):
    parent = FolderField(required=False, help_text="Id of the folder above; `none` for those at the top.")
    q = serializers.CharField(max_length=200, required=False, help_text="In the name.")
    sort = serializers.ChoiceField(
        choices=["id", "-id", "name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"], default="name"
    )


class FolderDeleteQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Also with something in it.")
