from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from apps.content.serializers.documents import PublishIn, UnpublishIn
from apps.content.serializers.elements import ElementIn, ElementPatch
from apps.content.serializers.posts import PostIn, PostPatch
from apps.content.services.bulk import MOST, Item
from apps.core.problems import refusal_of

ACTIONS = ["create", "update", "publish", "unpublish", "delete", "restore", "purge"]


class BulkItemIn(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=ACTIONS)
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    if_match = serializers.CharField(max_length=200, default="", allow_blank=True)
    draft = serializers.BooleanField(default=False)
    force = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] != "create" and "id" not in attrs:
            raise ValidationError({"id": "This action needs the document's id."}, code="required")
        if (tag := attrs["if_match"]) and tag != "*" and not tag.startswith('"'):
            attrs["if_match"] = f'"{tag}"'
        return attrs


class BulkIn(serializers.Serializer[Any]):
    """An item that is no valid change is refused by itself, with its faults in the report."""

    shapes: ClassVar[dict[str, type[serializers.Serializer[Any]]]] = {}

    atomic = serializers.BooleanField(default=False, help_text="All or nothing.")
    items = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=MOST,
        help_text="Objects with `action` (create, update, publish, unpublish, delete, restore or purge), `id`, "
        "`if_match`, `force`, `draft` and, beside them, the members that the single operation takes. "
        "`operations` is another name for this list.",
    )

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and "items" not in data and "operations" in data:
            data = data | {"items": data["operations"]}
        return super().to_internal_value(data)

    def validate_items(self, items: list[dict[str, Any]]) -> list[Item]:
        return [self._item(raw) for raw in items]

    def _item(self, raw: dict[str, Any]) -> Item:
        named, action = BulkItemIn(data=raw), str(raw.get("action", ""))[:20]
        shape = self.shapes.get(action)
        members = shape(data=raw) if shape else None
        for checked in (named, members):
            if checked is not None and not checked.is_valid():
                known = raw.get("id")
                return Item(
                    action, known if type(known) is int else 0, refused=refusal_of(ValidationError(checked.errors))
                )
        taken = dict(members.validated_data) if members else {}
        return Item(members=taken, **named.validated_data)


class ElementBulkIn(BulkIn):
    shapes: ClassVar = {
        "create": ElementIn,
        "update": ElementPatch,
        "publish": PublishIn,
        "unpublish": UnpublishIn,
    }


class PostBulkIn(BulkIn):
    shapes: ClassVar = {"create": PostIn, "update": PostPatch, "publish": PublishIn, "unpublish": UnpublishIn}


class OutcomeOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    action = serializers.CharField(allow_blank=True)
    status = serializers.IntegerField(help_text="What the single operation would have answered.")
    id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    etag = serializers.CharField(allow_null=True)
    error = serializers.DictField(allow_null=True, help_text="The problem; null when it was done.")


class BulkOut(serializers.Serializer[Any]):
    atomic = serializers.BooleanField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    items = OutcomeOut(many=True)
