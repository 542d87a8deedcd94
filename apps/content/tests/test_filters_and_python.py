"""What the database finds by a filter is what Python finds by the same rule, over random data and filters."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.content.models import ContentType, Element
from apps.core.encoding import dumps
from apps.core.tenancy import inside

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KINDS = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "at": {"type": "string", "format": "date-time"},
    "words": {"type": "array", "items": {"type": "string"}},
    "counts": {"type": "array", "items": {"type": "integer"}},
}
SCHEMA = {"type": "object", "properties": {**KINDS, "in": {"type": "object", "properties": KINDS}}}

letters = st.text(st.sampled_from("abAB_%\\'\"éß漢🌊 "), max_size=4)
numbers = st.one_of(st.integers(-1, 1), st.sampled_from([0.5, -1.5, 1e20, 1e-7, 2.0, 10**18]))
stamps = st.sampled_from(
    [
        "2026-01-01", "2026-02-30", "2025-12-31T23:00:00-01:00", "2026-01-01T00:00:00Z", "2026-01-01t00:00:00.0000019z",
        "2026-01-01T00:00", "2026-01-01T00:00:00.5+00:30", "0000-01-01", "0001-01-01T00:00:00+10:00", "9999-12-31",
        "yesterday", "", "2026-1-1", "2026-01-01T24:00:00Z", "2026-01-01\n", "٢٠٢٦-01-01", "2024-02-29", "2025-02-29",
    ]
)  # fmt: skip
values = st.one_of(
    st.none(), st.booleans(), numbers, letters, stamps, st.lists(st.one_of(letters, numbers, st.booleans()), max_size=3)
)
likely = {
    "number": numbers, "integer": numbers, "text": letters, "boolean": st.booleans(), "day": stamps, "at": stamps,
    "words": st.lists(letters, max_size=2), "counts": st.lists(numbers, max_size=2),
}  # fmt: skip
bags = st.fixed_dictionaries({name: st.one_of(like, like, values) for name, like in likely.items()})
rows = st.lists(
    st.builds(lambda top, inner: top | {"in": inner}, bags, st.one_of(bags, values)), min_size=1, max_size=8
)

ORDERED = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "null")
OPERATORS = {
    "number": ORDERED, "integer": ORDERED, "day": ORDERED, "at": ORDERED, "text": (*ORDERED, "contains", "starts_with"),
    "boolean": ("eq", "ne", "null"), "words": ("contains", "null"), "counts": ("contains", "null"),
}  # fmt: skip
ASKED: dict[str, Any] = {
    "number": numbers.map(str),
    "integer": st.integers(-1, 1).map(str),
    "day": stamps,
    "at": stamps,
    "text": letters.filter(lambda text: "," not in text),
    "boolean": st.sampled_from(["true", "false"]),
    "words": letters,
    "counts": st.integers(-1, 1).map(str),
}
MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:(\.\d{1,6})\d{0,3})?)?(?:[Zz]|([+-])(\d\d):?(\d\d))?)?",
    re.ASCII,
)


@st.composite
def conditions(draw: Any) -> tuple[str, str, str, str]:
    name = draw(st.sampled_from(sorted(KINDS)))
    operator = draw(st.sampled_from(OPERATORS[name]))
    if operator == "null":
        text = draw(st.sampled_from(["true", "false"]))
    elif operator in ("in", "nin"):
        text = ",".join(draw(st.lists(ASKED[name], min_size=1, max_size=3)))
    else:
        text = draw(ASKED[name])
    return name, draw(st.sampled_from(["", "in."])) + name, operator, text


def moment(text: str) -> datetime.timedelta | None:
    """Since the first moment of the year 1, so that an offset may lead out of the calendar."""
    found = MOMENT.fullmatch(text)
    try:
        if not found:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        at = datetime.datetime(year, month, day, hour, minute, second, int(float(found[7] or 0) * 1e6 + 0.5))
        if int(found[9] or 0) > 23 or int(found[10] or 0) > 59:
            return None
    except ValueError:
        return None
    shift = datetime.timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    return at - datetime.datetime.min - (shift if found[8] != "-" else -shift)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def of_kind(name: str, value: Any) -> Any:
    """The value as it is compared; None for what is not of the kind."""
    if name in ("number", "integer"):
        return Decimal(str(value)) if is_number(value) else None
    if name in ("day", "at"):
        return moment(value) if isinstance(value, str) else None
    kinds = {"text": str, "boolean": bool, "words": list, "counts": list}
    return value if isinstance(value, kinds[name]) else None


def read(name: str, text: str) -> Any:
    """What a filter's text means; `ValueError` for what is refused."""
    if name in ("number", "integer", "counts"):
        return Decimal(text)
    if name in ("day", "at"):
        found = moment(text)
        if found is None or found < datetime.timedelta(0):
            raise ValueError(text)
        return found
    return text == "true" if name == "boolean" else text


def readable(condition: tuple[str, str, str, str]) -> bool:
    name, _, operator, text = condition
    try:
        for part in text.split(",") if operator in ("in", "nin") else [text]:
            _ = operator == "null" or read(name, part)
    except ValueError:
        return False
    return True


RULES: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a is not None and a == b,
    "ne": lambda a, b: a is None or a != b,
    "gt": lambda a, b: a is not None and a > b,
    "gte": lambda a, b: a is not None and a >= b,
    "lt": lambda a, b: a is not None and a < b,
    "lte": lambda a, b: a is not None and a <= b,
    "in": lambda a, b: a is not None and a in b,
    "nin": lambda a, b: a is None or a not in b,
    "starts_with": lambda a, b: a is not None and a.startswith(b),
}


def holds(data: Any, condition: tuple[str, str, str, str]) -> bool:
    name, path, operator, text = condition
    bag = data.get("in") if path.startswith("in.") else data
    value = of_kind(name, bag.get(name) if isinstance(bag, dict) else None)
    if operator == "null":
        return (value is None) == (text == "true")
    if operator == "contains" and name == "counts":
        return any(is_number(item) and item == int(text) for item in value or ())
    if operator == "contains":
        return value is not None and (text in value if name == "text" else text in [v for v in value if v is not True])
    several = operator in ("in", "nin")
    asked = [read(name, part) for part in text.split(",")] if several else read(name, text)
    return RULES[operator](value, asked)


@pytest.fixture
def fill(as_role: Any, site_a: Any) -> Callable[[list[Any]], ContentType]:
    """Puts rows into the tenant as elements of a new type, past the schema that their data may break."""

    def put(data: list[Any]) -> ContentType:
        now, source = timezone.now(), {"source": dumps(SCHEMA).decode()}
        with inside(site_a.tenant):
            Element.objects.all().delete()
            kind, _ = ContentType.objects.get_or_create(site=site_a, key="any", defaults=source)
            for row in data:
                element = Element(site=site_a, type=kind, locale="en", created_at=now, updated_at=now)
                element.data = row
                element.save()
        return kind

    return put


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=rows, asked=st.lists(conditions(), min_size=8, max_size=8, unique_by=lambda one: one[1:3]))
def test_the_database_finds_what_python_finds(as_role, fill, data, asked):
    kind, client = fill(data), as_role("viewer")
    for together in (*([one] for one in asked), asked[:2]):
        query = {f"filter[data.{path}][{operator}]": text for _, path, operator, text in together}
        answer = client.get(f"/alpha-site/elements?{urlencode({'type_id': kind.pk, 'size': 500} | query)}")
        if not all(map(readable, together)):
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
            continue
        expected = [row for row in data if all(holds(row, one) for one in together)]
        assert answer.status_code == 200, answer.content
        assert ([item["data"] for item in answer.json()["items"]], answer.json()["total"]) == (expected, len(expected))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    data=rows,
    name=st.sampled_from(["number", "integer", "text", "boolean", "day", "at"]),
    descending=st.booleans(),
)
def test_the_order_is_the_one_of_python_with_nulls_last(as_role, fill, data, name, descending):
    kind, client = fill(data), as_role("viewer")
    sign = "-" if descending else ""
    answer = client.get(f"/alpha-site/elements?type_id={kind.pk}&size=500&sort={sign}data.{name},id")
    there = [row for row in data if of_kind(name, row.get(name)) is not None]
    nulls = [row for row in data if of_kind(name, row.get(name)) is None]
    # Sorting is stable in both directions, as ties are by ascending id here.
    expected = sorted(there, key=lambda row: of_kind(name, row[name]), reverse=descending) + nulls
    assert [item["data"] for item in answer.json()["items"]] == expected


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    query=st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(
                    ["filter[data.number][gt]", "filter[data.text]", "sort", "fields", "expand", "q", "tags"]
                ),
                st.builds("filter[{}][{}]".format, st.text(max_size=8), st.text(max_size=5)),
                st.text(st.sampled_from("filter[]datos.__\0"), max_size=12),
            ),
            st.text(max_size=12),
        ),
        max_size=4,
    )
)
def test_no_query_is_an_error_of_the_server(as_role, fill, query):
    kind = fill([{"number": 1}])
    answer = as_role("viewer").get(f"/alpha-site/elements?type_id={kind.pk}&{urlencode(query, errors='replace')}")
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json()["total"] in (0, 1)
