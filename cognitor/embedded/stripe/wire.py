"""Stripe's request bodies (forms with bracketed names), expansion, and lists by cursor."""

import copy
import re
from typing import Any
from urllib.parse import parse_qsl

from cognitor.embedded.stripe.faults import invalid
from cognitor.embedded.stripe.state import Object, State

_PART = re.compile(r"\[([^\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """`items[0][price]=p&expand[]=a` as nested dicts; lists are dicts with numbers for keys until `rows`."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, rest = name.partition("[")[0], _PART.findall(name)
        place, key = found, first
        for part in rest:
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                raise invalid(f"Invalid parameter {name}", name)
            key = part or str(len(place))
        place[key] = value
    return found


def rows(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def number(params: dict[str, Any], name: str, default: int | None = None) -> int:
    text = params.get(name)
    if text is None and default is not None:
        return default
    if not isinstance(text, str) or not re.fullmatch(r"-?\d{1,12}", text):
        raise invalid(f"Invalid integer: {name}", name, "parameter_invalid_integer" if text else "parameter_missing")
    return int(text)


def truth(params: dict[str, Any], name: str) -> bool:
    return params.get(name) == "true"


def shown(state: State, found: Any, expand: list[str]) -> Any:
    """A copy to answer with: without what is internal, and with the ids at the paths replaced by their objects."""
    answer = _bare(found)
    for path in expand:
        _expand(state, answer, path.split("."))
    return answer


def page(state: State, found: list[Object], params: dict[str, Any], url: str) -> Object:
    """One page of a list, newest first."""
    found = list(reversed(found))
    limit = number(params, "limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Limit is between 1 and 100", "limit")
    created = params.get("created")
    if isinstance(created, dict):
        since = number(created, "gte", 0)
        found = [one for one in found if one["created"] >= since]
    ids = [one["id"] for one in found]
    if "starting_after" in params:
        if params["starting_after"] not in ids:
            raise invalid("No such object", "starting_after")
        found = found[ids.index(params["starting_after"]) + 1 :]
    return {"object": "list", "url": url, "data": found[:limit], "has_more": len(found) > limit}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if not name.startswith("_")}
    return [_bare(one) for one in value] if isinstance(value, list) else copy.copy(value)


def _expand(state: State, place: Any, path: list[str]) -> None:
    if isinstance(place, list):
        for one in place:
            _expand(state, one, path)
        return
    if not isinstance(place, dict) or path[0] not in place:
        return
    value = place[path[0]]
    if isinstance(value, str) and value in state.objects:
        value = place[path[0]] = _bare(state.objects[value])
    if path[1:]:
        _expand(state, value, path[1:])
