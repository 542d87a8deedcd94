"""The kernel's small parts: actors, errors, validators, query strings, bytes and addresses."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from rest_framework import serializers

from apps.core import clients, encoding, errors, etag, problems
from apps.core.actor import Actor
from apps.core.events import Event
from apps.core.operation import TIMEOUTS, let_go, operation, statement_timeout
from apps.core.refusal import Refusal
from conftest import AsRole, Committed
from tests.client import ApiClient

EDITOR = Actor(
    kind="user", id=7, tenant_id=1, codes=frozenset({"content.read"}), site_codes={5: frozenset({"content.write"})}
)


def test_an_actor_may_what_it_holds_in_the_tenant_or_on_the_site() -> None:
    assert EDITOR.may("content.read")
    assert EDITOR.may("content.read", 6)
    assert EDITOR.may("content.write", 5)
    assert not EDITOR.may("content.write")
    assert not EDITOR.may("content.write", 6)
    assert not Actor.anonymous().may("content.read")
    assert Actor.system(because="a test").may("anything.at.all")
    assert EDITOR.principal == "user:7"


def test_a_connection_that_is_let_go_of_within_an_operation_has_its_own_timeout_again(committed: Committed) -> None:
    def timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    before = timeout()
    with statement_timeout(TIMEOUTS["ai"]):
        assert timeout() == "5s"
        let_go()
        assert timeout() == before != "5s"
    assert timeout() == before


def test_an_actor_sees_no_site_of_another_tenant() -> None:
    member_of_one = Actor(kind="user", id=8, tenant_id=1, site_codes={5: frozenset({"content.read"})})
    assert EDITOR.sees_site(1, 6)
    assert not EDITOR.sees_site(2, 5)
    assert member_of_one.sees_site(1, 5)
    assert not member_of_one.sees_site(1, 6)
    assert not Actor(kind="user", tenant_id=1, codes=frozenset({"platform.ops"})).sees_site(1, 5)
    assert Actor.system(because="a test").sees_site(2, 5)
    assert not Actor.system(because="a test", tenant_id=1).sees_site(2, 5)


class Line(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1)


class Order(serializers.Serializer[Any]):
    lines = Line(many=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=3))
    message = serializers.CharField()

    def validate_message(self, value: str) -> str:
        raise serializers.ValidationError({"inner": ["First.", "Second."]}, code="odd")


def test_nested_validation_errors_become_a_flat_list_with_dotted_paths() -> None:
    order = Order(data={"lines": [{"amount": 1}, {"amount": 0}, {}], "tags": ["ok", "too long"], "message": "x"})
    with pytest.raises(serializers.ValidationError) as caught:
        order.is_valid(raise_exception=True)
    refusal = problems.refusal_of(caught.value)
    assert isinstance(refusal, errors.Invalid)
    assert [(e["field"], e["code"]) for e in problems.body(refusal)["errors"]] == [
        ("lines.1.amount", "min_value"),
        ("lines.2.amount", "required"),
        ("tags.1", "max_length"),
        ("message.inner", "odd"),
        ("message.inner", "odd"),
    ]


def test_detail_is_a_string_or_an_object_with_message() -> None:
    assert problems.body(errors.NotFound())["detail"] == "Not found."
    assert problems.body(errors.NotFound("No such post."))["detail"] == "No such post."
    assert problems.body(errors.KeyInUse(wait=3))["detail"] == {"message": errors.KeyInUse.title, "wait": 3}
    assert problems.body(errors.Forbidden()) == {
        "detail": "The permission for this is missing.",
        "type": "/docs/errors#auth.forbidden",
        "title": "The permission for this is missing.",
        "status": 403,
        "code": "auth.forbidden",
    }


def test_a_code_belongs_to_one_refusal() -> None:
    with pytest.raises(TypeError, match="is the code of NotFound already"):
        type("Copied", (Refusal,), {"code": "not_found", "status": 404, "title": "Copied."})


def test_a_bug_is_no_refusal() -> None:
    assert problems.refusal_of(ZeroDivisionError()) is None


def test_validators_are_strong_and_compared_as_the_header_asks() -> None:
    tag = etag.of_bytes(b"{}")
    assert tag == etag.of_bytes(b"{}") != etag.of_bytes(b"{} ")
    for header in (f'"{tag}"', f'W/"{tag}"', f'"other", "{tag}"', "*"):
        assert etag.matches(header, tag)
    for header in ("", '"other"'):
        assert not etag.matches(header, tag)
    for header in ("", "*", f'"other", "{tag}"'):
        etag.require(header, tag)
    for header in ('"other"', f'W/"{tag}"', tag):
        with pytest.raises(errors.VersionMismatch):
            etag.require(header, tag)


def test_moments_have_six_digits_even_at_a_whole_second() -> None:
    whole = datetime.datetime(2026, 4, 24, 13, 13, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    value = {
        "at": whole,
        "day": whole.date(),
        "price": Decimal("1.10"),
        "id": uuid.UUID(int=1),
        "words": {"b", "a"},
        "ü": 1,
        2: None,
    }
    assert encoding.dumps(value).decode() == (
        '{"at":"2026-04-24T11:13:10.000000Z","day":"2026-04-24","price":"1.10",'
        '"id":"00000000-0000-0000-0000-000000000001","words":["a","b"],"ü":1,"2":null}'
    )


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("", "198.51.100.1", "unknown"),
    ],
)
def test_the_clients_address_is_the_last_one_that_no_proxy_of_ours_wrote(
    peer: str, forwarded: str, found: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    clients._trusted.cache_clear()
    try:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        assert clients.address(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)) == found
    finally:
        clients._trusted.cache_clear()


def test_limits_count_an_ipv6_customer_by_the_network() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")
    assert clients.network(request) == "2001:db8:1:2::/64"


def test_an_event_cannot_name_a_secret_and_says_what_it_is_about() -> None:
    with pytest.raises(TypeError, match="names a secret: api_key"):
        type("Leaked", (Event,), {"subject": "site", "__annotations__": {"api_key": str}})
    with pytest.raises(TypeError, match="does not say what its subject is"):
        type("Vague", (Event,), {})


def test_an_operation_needs_words_and_known_classes() -> None:
    with pytest.raises(TypeError, match="needs a docstring"):
        operation("nameless", allow="public", rate="read")(lambda view, request: None)


def test_an_unknown_or_repeated_query_parameter_is_refused_where_a_token_is_needed(as_role: AsRole) -> None:
    client = as_role("viewer")
    for query, field, code in (
        ("colour=red", "colour", "unknown"),
        ("page=1&page=2", "page", "twice"),
        ("size=501", "size", "max_value"),
        ("page=0", "page", "min_value"),
        ("sort=name", "sort", "invalid_choice"),
        ("fields=id,secret", "fields.secret", "unknown"),
    ):
        response = client.get(f"/sites?{query}")
        assert response.status_code == 400, query
        assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [(field, code)]


def test_fields_narrows_the_answer_to_what_was_named(as_role: AsRole) -> None:
    response = as_role("viewer").get("/sites/alpha-site?fields=identifier,name")
    assert response.json() == {"identifier": "alpha-site", "name": "Twin site"}


def test_a_read_that_the_client_has_already_is_304_without_a_body(as_role: AsRole) -> None:
    client = as_role("viewer")
    first = client.get("/sites/alpha-site")
    again = client.get("/sites/alpha-site", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert "Authorization" in again["Vary"]
    assert client.get("/sites/alpha-site", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_is_get_without_the_body(as_role: AsRole) -> None:
    client = as_role("viewer")
    response = client.head("/sites/alpha-site")
    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"] == client.get("/sites/alpha-site")["ETag"]


@pytest.mark.parametrize("path", ["/sites", "/sites/", "/sites/alpha-site/"])
def test_both_slash_forms_answer(path: str, as_role: AsRole) -> None:
    assert as_role("viewer").get(path).status_code == 200


def test_a_method_that_no_operation_has_is_405_and_a_path_that_none_has_is_404(as_role: AsRole) -> None:
    client = as_role("tenant_admin")
    for method in ("delete", "put", "options"):
        response = getattr(client, method)("/sites")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed"), method
    response = client.get("/no/such/path")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed"),
        ('{"name": "a\\u0000b"}', 400, "malformed"),
        ("[" * 70 + "]" * 70, 400, "malformed"),
        ("[1]", 400, "invalid"),
        ("", 400, "invalid"),
        ('{"name": "' + "x" * 5_300_000 + '"}', 413, "too_large"),
    ],
    ids=["no JSON", "NUL", "deep", "no object", "empty", "large"],
)
def test_a_body_that_cannot_be_is_refused(body: str, status: int, code: str, as_role: AsRole) -> None:
    response = as_role("tenant_admin").generic("POST", "/sites", body, "application/json")
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_another_content_type_is_415(as_role: AsRole) -> None:
    response = as_role("tenant_admin").generic("POST", "/sites", "a=1", "application/x-www-form-urlencoded")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_bug_is_500_without_a_word_of_it(
    as_role: AsRole, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**kwargs: Any) -> None:
        raise ZeroDivisionError("inner words")

    monkeypatch.setattr("apps.sites.selectors.site_for", broken)
    client = as_role("viewer")
    client.raise_request_exception = client.conforming = False
    response = client.get("/sites/alpha-site")
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert b"inner words" not in response.content
    assert "inner words" in caplog.text


def test_a_request_id_is_kept_if_it_is_harmless_and_made_otherwise(api: ApiClient) -> None:
    assert api.get("/sites", headers={"X-Request-Id": "abc-12345"})["X-Request-Id"] == "abc-12345"
    assert len(api.get("/sites", headers={"X-Request-Id": 'x"\n{}'})["X-Request-Id"]) == 16
    assert len(api.get("/sites")["X-Request-Id"]) == 16
