from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from apps.core.bulk import MOST
from apps.core.models import Job
from apps.core.problems import refusal_of


class RootOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.CharField()
    links = serializers.DictField(child=serializers.CharField(), help_text="Addresses by what is found there.")


class HealthOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok"])


class PartOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "down"])
    ms = serializers.FloatField(help_text="How long the answer took.")


class ReadyOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "degraded"], help_text="`degraded`: serving, without the cache.")
    database = PartOut()
    broker = PartOut()
    storage = PartOut()
    cache = PartOut()


class JobOut(serializers.ModelSerializer[Job]):
    progress = serializers.SerializerMethodField(help_text="0 to 1; null while the total is unknown.")
    result = serializers.JSONField(help_text="Of the kind's own shape; null until the job has succeeded.")
    error = serializers.JSONField(help_text="A problem when the job has failed, otherwise null.")

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "state",
            "done",
            "total",
            "progress",
            "result",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_progress(self, job: Job) -> float | None:
        if job.state == Job.State.SUCCEEDED:
            return 1.0
        return min(1.0, job.done / job.total) if job.total else None


class BulkAction(serializers.Serializer[Any]):
    """What every item of a batch says beside the members of its own operation; `action` is declared below."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    if_match = serializers.CharField(max_length=200, default="", allow_blank=True)
    force = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] != "create" and "id" not in attrs:
            raise ValidationError({"id": "This action needs an id."}, code="required")
        if (tag := attrs["if_match"]) and tag != "*" and not tag.startswith('"'):
            attrs["if_match"] = f'"{tag}"'
        return attrs


class BulkIn(serializers.Serializer[Any]):
    """An item that is no valid change is refused by itself, with its faults in the report.

    `named` checks what every item says and `shapes` the members of each action; `item` is made of both.
    """

    named: ClassVar[type[BulkAction]]
    item: ClassVar[Callable[..., Any]]
    shapes: ClassVar[dict[str, type[serializers.Serializer[Any]]]] = {}

    atomic = serializers.BooleanField(default=False, help_text="All or nothing.")
    items = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=MOST,
        help_text="Objects with `action`, `id`, `if_match`, `force` and, beside them, the members that the single "
        "operation takes. `operations` is another name for this list.",
    )

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and "items" not in data and "operations" in data:
            data = data | {"items": data["operations"]}
        return super().to_internal_value(data)

    def validate_items(self, items: list[dict[str, Any]]) -> list[Any]:
        return [self._item(raw) for raw in items]

    def _item(self, raw: dict[str, Any]) -> Any:
        make, named, action = type(self).item, self.named(data=raw), str(raw.get("action", ""))[:20]
        shape = self.shapes.get(action)
        members = shape(data=raw) if shape else None
        for checked in (named, members):
            if checked is not None and not checked.is_valid():
                known = raw.get("id")
                return make(
                    action=action,
                    id=known if type(known) is int else 0,
                    refused=refusal_of(ValidationError(checked.errors)),
                )
        taken = dict(members.validated_data) if members else {}
        return make(members=taken, **named.validated_data)


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
