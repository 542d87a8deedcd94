"""Edits of a picture one by one, as they are asked for; what they do is `apps.ai.providers.local.darkroom`'s."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.media.serializers.fields import Finite

RATIO = r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$"
MOST = 20


def _whole(low: int, high: int) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=low, max_value=high)


def _number(low: float, high: float) -> Finite:
    return Finite(min_value=low, max_value=high)


_AMOUNT = {"amount": _number(0, 4)}
OPERATIONS: Mapping[str, Mapping[str, serializers.Field[Any, Any, Any, Any]]] = {
    "crop": {
        "x": _whole(0, 20_000),
        "y": _whole(0, 20_000),
        "width": _whole(1, 20_000),
        "height": _whole(1, 20_000),
        "aspect_ratio": serializers.RegexField(RATIO),
    },
    "rotate": {"degrees": _number(-360, 360)},
    "flip": {"axis": serializers.ChoiceField(choices=["horizontal", "vertical"])},
    "resize": {"width": _whole(1, 8192), "height": _whole(1, 8192)},
    "enhance": {},
    "brightness": _AMOUNT,
    "contrast": _AMOUNT,
    "colour": _AMOUNT,
    "sharpness": _AMOUNT,
    "blur": {"radius": _number(0, 200)},
    "grayscale": {},
    "sepia": {},
    "invert": {},
    "tint": {"colour": serializers.RegexField(r"^#[0-9a-fA-F]{6}$"), "amount": _number(0, 1)},
    "border": {"border": _whole(1, 2_000)},
    "round": {"radius": _number(0, 8192)},
}
"""What there is, and the members of each, none of which is required alone."""

_NEEDS = {"crop": ({"aspect_ratio"}, {"x", "y", "width", "height"}), "resize": ({"width", "height"},)}
"""Of one of these sets some have to be given, and of one alone."""

_SCHEMA = {
    "type": "object",
    "required": ["op"],
    "properties": {
        "op": {"type": "string", "enum": list(OPERATIONS)},
        "x": {"type": "integer"},
        "y": {"type": "integer"},
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "aspect_ratio": {"type": "string", "pattern": RATIO},
        "degrees": {"type": "number", "description": "Clockwise."},
        "axis": {"type": "string", "enum": ["horizontal", "vertical"]},
        "amount": {"type": "number"},
        "radius": {"type": "number"},
        "colour": {"type": "string", "description": "As #rrggbb."},
        "border": {"type": "integer", "description": "Pixels."},
    },
    "additionalProperties": False,
}


@extend_schema_field(_SCHEMA)
class OperationField(serializers.Field[Any, Any, Any, Any]):
    """One edit with its members; what it does not have is refused."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("An edit is an object with `op`.", code="invalid")
        name = data.get("op")
        if not isinstance(name, str) or name not in OPERATIONS:
            raise serializers.ValidationError(f"`op` is one of {', '.join(OPERATIONS)}.", code="invalid_choice")
        members, faults, found = OPERATIONS[name], {}, {"op": name}
        for member, value in data.items():
            if member == "op":
                continue
            if member not in members:
                faults[member] = [serializers.ErrorDetail(f"`{name}` has no such member.", code="unknown")]
                continue
            try:
                found[member] = members[member].run_validation(value)
            except serializers.ValidationError as error:
                faults[member] = error.detail
        given = set(found) - {"op"}
        if not faults and name in _NEEDS and sum(bool(given & needed) for needed in _NEEDS[name]) != 1:
            faults["op"] = [
                serializers.ErrorDetail(f"`{name}` needs to be told how, and one way only.", code="invalid")
            ]
        if faults:
            raise serializers.ValidationError(faults)
        return found

    def to_representation(self, value: Any) -> Any:
        return value
