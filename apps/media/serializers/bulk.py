from typing import Any, ClassVar

from rest_framework import serializers

from apps.core.serializers import BulkAction, BulkIn
from apps.media.serializers.fields import TagsField
from apps.media.serializers.media import MediaPatch
from apps.media.services.bulk import Item


class BulkMediaAction(BulkAction):
    action = serializers.ChoiceField(choices=["update", "move", "tag", "delete"])


class MoveIn(serializers.Serializer[Any]):
    folder_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, allow_null=True)


class TagIn(serializers.Serializer[Any]):
    add = TagsField(default=list)
    remove = TagsField(default=list)


class MediaBulkIn(BulkIn):
    """`move` takes `folder_id`, `tag` takes `add` and `remove`, `update` what a change takes, `delete` `force`."""

    named, item = BulkMediaAction, Item
    shapes: ClassVar = {"update": MediaPatch, "move": MoveIn, "tag": TagIn}
