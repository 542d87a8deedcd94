"""From declared operations to OpenAPI 3.1, through drf-spectacular."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_list_serializer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from apps.core import errors
from apps.core.cursors import CursorQuery
from apps.core.operation import PUBLIC, SAFE, USER, Operation
from apps.core.query import FilterField, PageQuery, Query
from apps.core.ratelimit import RATES
from apps.core.refusal import Refusal
from apps.core.viewsets import CATEGORIES


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()
    code = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details; `detail` is a string, or an object with `message`."""

    detail = serializers.JSONField()
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]


def refusals(declared: Operation, method: str, path: str) -> list[type[Refusal]]:
    """All refusals an operation may answer with: its own, and those that come with what it declares."""
    found: list[type[Refusal]] = [*declared.refuses, errors.Unavailable]
    if RATES[declared.rate].quota:
        found += [errors.RateLimited]
    if declared.allow != PUBLIC:
        found += [errors.NotSignedIn]
    if declared.allow not in (PUBLIC, USER):
        found += [errors.Forbidden]
    if "{" in path:
        found += [errors.NotFound]
    if declared.takes:
        found += [errors.Invalid, errors.Malformed, errors.TooLarge, errors.UnsupportedType]
    if declared.query is not Query or _sparse(declared, method):
        found += [errors.Invalid]
    if method not in SAFE and declared.effects != "rows":
        found += [errors.DryRunUnsupported]
    if declared.idempotent:
        found += [errors.KeyMalformed, errors.KeyReused, errors.KeyInUse]
    return sorted(set(found), key=lambda refusal: (refusal.status, refusal.code))


class OperationSchema(AutoSchema):
    """Reads everything from the action's declaration."""

    view: Any

    @property
    def declared(self) -> Operation:
        found: Operation = getattr(self.view, self.view.action).operation
        return found

    def get_operation_id(self) -> str:
        return self.declared.id

    def get_tags(self) -> list[str]:
        return [CATEGORIES[self.view.category]]

    def get_description(self) -> str:  # type: ignore[override]
        return self.declared.about

    def get_summary(self) -> str | None:
        return None

    def get_auth(self) -> list[dict[str, Any]]:
        return [] if self.declared.allow == PUBLIC else [{"bearer": []}]

    def get_request_serializer(self) -> Any:
        return self.declared.takes

    def _get_request_body(self, direction: Any = "request") -> Any:
        """Of DELETE too: OpenAPI 3.1 shows a body wherever HTTP permits one, and spectacular only of three methods."""
        method, self.method = self.method, "POST" if self.declared.takes else self.method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method

    def map_parsers(self) -> list[Any]:
        return [parser.media_type for parser in self.declared.parsers] or ["application/json"]

    def map_renderers(self, attribute: str) -> list[Any]:
        return ["application/json"]

    def get_override_parameters(self) -> list[Any]:
        declared = self.declared
        found: list[Any] = [
            OpenApiParameter(
                name,
                type=self._map_serializer_field(field, "request"),  # type: ignore[no-untyped-call]
                required=field.required,
                description=str(field.help_text or ""),
                style="deepObject" if isinstance(field, FilterField) else None,
                explode=True if isinstance(field, FilterField) else None,
            )
            for name, field in declared.query().fields.items()
            if (name != "dry_run" or declared.effects == "rows")
            and (name != "fields" or _sparse(declared, self.method))
        ]
        if declared.idempotent:
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    location=OpenApiParameter.HEADER,
                    description="Repeating a request with the same key gives the first answer and has one effect.",
                )
            )
        if declared.cost:
            found.append(
                OpenApiParameter(
                    "X-Credits-Charged",
                    type=int,
                    location=OpenApiParameter.HEADER,
                    response=[declared.status],
                    description="Credits that the operation was charged for.",
                )
            )
        return found

    def _is_list_view(self, serializer: Any = None) -> bool:
        """By what is declared; spectacular would take any action that is called `list` for a bare array."""
        return bool(is_list_serializer(serializer))

    def get_response_serializers(self) -> Any:
        declared = self.declared
        described: dict[Any, Any] = {}
        if declared.media_types:
            described[(declared.status, *declared.media_types)] = OpenApiResponse(
                {"type": "string", "format": "binary"}
            )
        elif declared.gives is None:
            described[204 if declared.status == 200 else declared.status] = OpenApiResponse(description="Done.")
        elif issubclass(declared.query, PageQuery):
            described[declared.status] = _envelope(declared.gives)
        elif issubclass(declared.query, CursorQuery):
            described[declared.status] = _cursor_envelope(declared.gives)
        else:
            described[declared.status] = declared.gives(many=True) if declared.many else declared.gives
        by_status: dict[int, list[type[Refusal]]] = {}
        for refusal in refusals(declared, self.method, self.path):
            by_status.setdefault(refusal.status, []).append(refusal)
        for status, group in by_status.items():
            text = " ".join(f"`{refusal.code}`: {refusal.title}" for refusal in group)
            described[status] = OpenApiResponse(Problem, description=text)
        for status, said in declared.also.items():
            text, shape = (said, declared.gives) if isinstance(said, str) else said
            key = (status, *declared.media_types) if status < 300 and declared.media_types else status
            file = {"type": "string", "format": "binary"} if declared.media_types else shape
            described[key] = OpenApiResponse(file if status < 300 else None, description=text)
        if self.method in SAFE:
            described[304] = OpenApiResponse(description="The client has it: `If-None-Match` names its `ETag`.")
        return described

    def get_extensions(self) -> dict[str, Any]:
        declared = self.declared
        found: dict[str, Any] = {
            "x-permission": declared.allow,
            "x-rate": declared.rate,
            "x-timeout": declared.timeout,
        }
        if declared.cost:
            found["x-cost"] = declared.cost
        if declared.effects == "rows":
            found["x-dry-run"] = True
        return found


def _sparse(declared: Operation, method: str) -> bool:
    return method in SAFE and declared.allow != PUBLIC and declared.gives is not None and not declared.many


_ENVELOPES: dict[str, serializers.Serializer[Any]] = {}


def _envelope(shape: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """A page of the shape: the same class wherever the shape is listed, since the document knows it by its name."""
    name = f"Page{shape.__name__}"
    if name not in _ENVELOPES:
        _ENVELOPES[name] = inline_serializer(
            name,
            {
                "items": shape(many=True),
                "total": serializers.IntegerField(),
                "page": serializers.IntegerField(),
                "size": serializers.IntegerField(),
                "has_next": serializers.BooleanField(),
            },
        )
    return _ENVELOPES[name]


def _cursor_envelope(shape: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    name = f"CursorPage{shape.__name__}"
    if name not in _ENVELOPES:
        _ENVELOPES[name] = inline_serializer(
            name, {"items": shape(many=True), "next": serializers.CharField(allow_null=True)}
        )
    return _ENVELOPES[name]


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds what belongs to the document as a whole, and puts methods in one order (the router's is that of a set)."""
    _tidy(result)
    result["paths"] = {path: dict(sorted(methods.items())) for path, methods in result["paths"].items()}
    result["components"].setdefault("securitySchemes", {})["bearer"] = {"type": "http", "scheme": "bearer"}
    result["tags"] = [{"name": name} for name in CATEGORIES.values()]
    return result


def _tidy(node: Any) -> None:
    """Mends what spectacular writes: null twice among types, or beside what is anything already; "" for no default."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), list):
            node["type"] = list(dict.fromkeys(node["type"]))
        if {} in node.get("oneOf", ()):
            del node["oneOf"]
        if "pattern" in node and node.get("default") == "":
            del node["default"]
    for member in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _tidy(member)
