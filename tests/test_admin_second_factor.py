"""The admin's second step."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.core.models import EventRow
from tests import codes, pair

pytestmark = pytest.mark.django_db

STEP, ENROL = "/admin/second-factor/", "/admin/second-factor/enrol/"


def password(client: Client, user: Any, following: str = "/admin/") -> Any:
    body = {"username": user.email, "password": pair.PASSWORD, "next": following}
    return client.post("/admin/login/", body)


def signed_in() -> int:
    return EventRow.objects.filter(name="accounts.signed_in").count()


def test_who_has_a_factor_sees_nothing_before_the_code(client: Client, users: Any) -> None:
    editor, before = users["alpha"]["editor"], signed_in()
    codes.enrol(editor)
    response = password(client, editor, "/admin/content/post/")
    assert (response.status_code, response["Location"]) == (302, f"{STEP}?next=%2Fadmin%2Fcontent%2Fpost%2F")
    for page in ("/admin/", "/admin/content/post/", "/admin/leave-tenant/"):
        assert client.get(page)["Location"] == STEP
    assert client.post("/admin/leave-tenant/")["Location"] == STEP
    assert b"Twin" not in client.get(STEP).content
    assert signed_in() == before

    wrong = client.post(response["Location"], {"code": codes.wrong(editor)}, follow=True)
    assert b"This code is wrong" in wrong.content
    assert client.get("/admin/").status_code == 302
    code = codes.fresh(editor)
    done = client.post(response["Location"], {"code": code})
    assert (done.status_code, done["Location"]) == (302, "/admin/content/post/")
    assert client.get("/admin/content/post/").status_code == 200
    assert signed_in() == before + 1

    other = Client()
    password(other, editor)
    other.post(STEP, {"code": code})
    assert other.get("/admin/")["Location"] == STEP


def test_a_recovery_code_opens_the_admin_once(users: Any) -> None:
    editor = users["alpha"]["editor"]
    code = codes.enrol(editor)[0]
    for status in (200, 302):
        client = Client()
        password(client, editor)
        client.post(STEP, {"code": code})
        assert client.get("/admin/").status_code == status


def test_guessing_codes_is_counted_with_the_apis_guesses(client: Client, users: Any) -> None:
    editor = users["alpha"]["editor"]
    codes.enrol(editor)
    password(client, editor)
    for _ in range(10):
        client.post(STEP, {"code": codes.wrong(editor)})
    client.post(STEP, {"code": codes.fresh(editor)})
    assert b"Too many wrong passwords" in client.get(STEP).content
    assert client.get("/admin/").status_code == 302


def test_a_platform_admin_without_a_factor_is_led_to_enrol_before_anything_else(client: Client) -> None:
    user = User.objects.create_superuser("new@cognitor.test", pair.PASSWORD)
    assert password(client, user)["Location"] == f"{ENROL}?next=%2Fadmin%2F"
    assert client.get("/admin/")["Location"] == ENROL
    assert client.get(STEP)["Location"] == ENROL
    page = client.get(ENROL)
    assert b'name="password"' in page.content
    assert b"<svg" not in page.content.split(b"<form")[0]
    client.post(ENROL, {"password": "wrong"})
    assert b"The current password is wrong" in client.get(ENROL).content

    client.post(ENROL, {"password": pair.PASSWORD})
    page = client.get(ENROL)
    assert b"<svg" in page.content
    assert page["Cache-Control"].count("no-store") == 1
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.content.decode())
    assert secret is not None
    client.post(ENROL, {"code": codes.of(secret[1], ahead=-9)})
    assert client.get("/admin/").status_code == 302
    done = client.post(ENROL, {"code": codes.of(secret[1])})
    assert len(re.findall(r"<li>\d{8}</li>", done.content.decode())) == 10
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/sites/tenant/").status_code == 200
    assert b"Your second factor is on" in client.get(ENROL).content


def test_a_browser_that_never_showed_the_factor_is_asked_when_one_comes(client: Client, users: Any) -> None:
    editor = users["alpha"]["editor"]
    password(client, editor)
    assert client.get("/admin/").status_code == 200
    codes.enrol(editor)
    assert client.get("/admin/")["Location"] == STEP


@pytest.mark.parametrize("where", ["//evil.test", "https://evil.test/", "javascript:alert(1)", "/\\evil.test"])
def test_the_second_step_leads_nowhere_else(client: Client, users: Any, where: str) -> None:
    editor = users["alpha"]["editor"]
    codes.enrol(editor)
    password(client, editor)
    assert client.post(f"{STEP}?next={where}", {"code": codes.fresh(editor)})["Location"] == "/admin/"


@pytest.mark.parametrize("page", [STEP, ENROL])
def test_strangers_are_sent_to_the_sign_in(client: Client, page: str) -> None:
    assert client.get(page)["Location"].startswith("/admin/login/")


def test_the_pages_of_the_second_step_want_a_token_of_their_form(users: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(users["alpha"]["editor"])
    codes.enrol(users["alpha"]["editor"])
    assert client.post(STEP, {"code": "123456"}).status_code == 403


def test_a_member_finds_the_second_factor_in_the_menu_and_enrols(client: Client, users: Any) -> None:
    editor = users["alpha"]["editor"]
    password(client, editor)
    assert f'href="{ENROL}"' in client.get("/admin/").content.decode()
    assert b'name="password"' in client.get(ENROL).content
    client.post(ENROL, {"password": pair.PASSWORD})
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ENROL).content.decode())
    assert secret is not None
    done = client.post(ENROL, {"code": codes.of(secret[1])})
    assert len(re.findall(r"<li>\d{8}</li>", done.content.decode())) == 10
    assert client.get("/admin/").status_code == 200
    editor.refresh_from_db()
    assert editor.second_factor_at is not None


def test_who_has_one_makes_new_recovery_codes_there(client: Client, users: Any) -> None:
    editor = users["alpha"]["editor"]
    old = codes.enrol(editor)
    password(client, editor)
    assert client.get(ENROL)["Location"] == STEP
    client.post(STEP, {"code": codes.fresh(editor)})
    assert b"10 recovery codes left" in client.get(ENROL).content
    client.post(ENROL, {"code": codes.wrong(editor)})
    assert b"This code is wrong" in client.get(ENROL).content
    page = client.post(ENROL, {"code": codes.fresh(editor)}).content.decode()
    made = re.findall(r"<li>(\d{8})</li>", page)
    assert len(made) == 10
    assert not set(made) & set(old)
    assert codes.left(editor) == 10


def test_a_factor_that_is_reset_ends_the_browsers_that_showed_it(
    client: Client, users: Any, platform_browser: Client, django_capture_on_commit_callbacks: Any
) -> None:
    editor = users["alpha"]["editor"]
    codes.enrol(editor)
    password(client, editor)
    client.post(STEP, {"code": codes.fresh(editor)})
    assert client.get("/admin/").status_code == 200
    body = {"action": "reset_second_factor", "_selected_action": [editor.pk]}
    page = platform_browser.post("/admin/accounts/user/", body, follow=True)
    assert f"{editor.email} signs in without a code now".encode() in page.content
    assert client.get("/admin/")["Location"] == "/admin/login/"
    assert password(client, editor)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_admins_reset_refuses_what_the_api_refuses(users: Any, sign_in: Any) -> None:
    editor, admin = users["alpha"]["editor"], users["alpha"]["tenant_admin"]
    body = {"action": "reset_second_factor", "_selected_action": [admin.pk, editor.pk]}
    page = sign_in("tenant_admin").post("/admin/accounts/user/", body, follow=True).content
    assert f"{editor.email}: This account has no second factor.".encode() in page
    assert f"{admin.email}: ".encode() in page
    codes.enrol(editor)
    response = sign_in("site_admin").post("/admin/accounts/user/", body, follow=True)
    assert b"signs in without a code now" not in response.content
    editor.refresh_from_db()
    assert editor.second_factor_at is not None
