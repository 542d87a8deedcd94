"""One's own account in the admin: the same deeds as by the API."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from apps.accounts.models import Session
from apps.core.models import EventRow
from tests import pair
from tests.client import ApiClient
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db

PAGE, NEW = "/admin/password_change/", "a-brand-new-battery-staple-1"


def body(**members: str) -> dict[str, str]:
    return {"old_password": pair.PASSWORD, "new_password1": NEW, "new_password2": NEW} | members


def test_a_changed_password_ends_the_other_sessions_and_is_told(
    sign_in: SignIn, users: Any, deliver_events: Any
) -> None:
    editor = users["alpha"]["editor"]
    here, elsewhere, api = sign_in("editor"), sign_in("editor"), ApiClient().login(editor)
    assert f'href="{PAGE}"' in here.get("/admin/").content.decode()
    assert here.get(PAGE).status_code == 200
    assert here.post(PAGE, body())["Location"] == "/admin/"
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/")["Location"].startswith("/admin/login/")
    assert api.get("/auth/currentuser").status_code == 401
    editor.refresh_from_db()
    assert editor.check_password(NEW)
    assert EventRow.objects.get(name="accounts.password_changed").actor_id == editor.pk
    deliver_events()
    assert [(message.to, message.subject) for message in mail.outbox] == [([editor.email], "Your password was changed")]


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"old_password": "wrong"}, "The current password is wrong"),
        ({"new_password2": "another-battery-staple-2"}, "didn’t match"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
        ({"old_password": ""}, "required"),
    ],
)
def test_what_the_api_refuses_is_an_error_of_the_form_and_changes_nothing(
    members: dict[str, str], told: str, sign_in: SignIn, users: Any
) -> None:
    editor = users["alpha"]["editor"]
    ApiClient().login(editor)
    page = sign_in("editor").post(PAGE, body(**members))
    assert page.status_code == 200
    assert told in page.content.decode()
    editor.refresh_from_db()
    assert editor.check_password(pair.PASSWORD)
    assert Session.objects.filter(user=editor, ended_at=None).count() == 1


def test_guesses_are_counted_with_those_of_the_api(sign_in: SignIn, users: Any) -> None:
    client = sign_in("editor")
    for _ in range(10):
        client.post(PAGE, body(old_password="wrong"))
    assert "Too many wrong passwords" in client.post(PAGE, body()).content.decode()
    users["alpha"]["editor"].refresh_from_db()
    assert users["alpha"]["editor"].check_password(pair.PASSWORD)


@pytest.mark.parametrize(
    "where", ["//evil.test", "/\\evil.test", "https:evil.test", "https://evil.test/", "javascript:alert(1)",
              "/%0d%0aSet-Cookie:x", "\r\nLocation: //evil.test"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(client: Client, users: Any, where: str) -> None:
    given = {"username": users["alpha"]["editor"].email, "password": pair.PASSWORD, "next": where}
    answer = client.post("/admin/login/", given)
    assert answer.status_code == 302
    assert answer["Location"] in ("/admin/", "/%0d%0aSet-Cookie:x")
