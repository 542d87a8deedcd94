from typing import ClassVar

from rest_framework import serializers

from apps.content.serializers.documents import PublishIn, UnpublishIn
from apps.content.serializers.elements import ElementIn, ElementPatch
from apps.content.serializers.posts import PostIn, PostPatch
from apps.content.services.bulk import Item
from apps.core.serializers import BulkAction, BulkIn

ACTIONS = ["create", "update", "publish", "unpublish", "delete", "restore", "purge"]


class BulkItemIn(BulkAction):
    action = serializers.ChoiceField(choices=ACTIONS)
    draft = serializers.BooleanField(default=False)


class ElementBulkIn(BulkIn):
    named, item = BulkItemIn, Item
    shapes: ClassVar = {
        "create": ElementIn,
        "update": ElementPatch,
        "publish": PublishIn,
        "unpublish": UnpublishIn,
    }


class PostBulkIn(BulkIn):
    named, item = BulkItemIn, Item
    shapes: ClassVar = {"create": PostIn, "update": PostPatch, "publish": PublishIn, "unpublish": UnpublishIn}
