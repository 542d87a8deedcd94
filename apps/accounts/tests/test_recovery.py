import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import OneTimeToken, Session, User
from apps.accounts.services import one_time
from apps.core.models import EventRow
from conftest import Users
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

EMAIL = pair.email("editor", "alpha")
NEW = "a-brand-new-battery-staple"
Deliver = Callable[[], int]


def link_in(message: Any) -> str:
    return re.findall(r"^http\S+$", message.body, re.MULTILINE)[0]


def token_in(message: Any) -> str:
    return link_in(message).split("#token=")[1]


@pytest.fixture
def asked(api: ApiClient, users: Users, deliver_events: Deliver) -> str:
    """The token of a mail for a new password of the editor."""
    assert api.post("/auth/forgot-password", {"email": EMAIL}).status_code == 202
    deliver_events()
    return token_in(mail.outbox[-1])


def reset(token: str, password: str = NEW) -> Any:
    return ApiClient().post("/auth/reset-password", {"token": token, "password": password})


def sign_in(password: str = pair.PASSWORD) -> Any:
    return ApiClient().post("/auth/login", {"username": EMAIL, "password": password})


@pytest.mark.parametrize("path", ["/auth/forgot-password", "/auth/resend-verification"])
def test_known_and_unknown_addresses_are_answered_alike_and_only_the_known_gets_mail(
    api: ApiClient, users: Users, deliver_events: Deliver, path: str
) -> None:
    unknown, known = (api.post(path, {"email": email}) for email in ("nobody@alpha.test", f" {EMAIL.upper()}"))
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content) == (202, unknown.content)
    assert mail.outbox == []
    assert deliver_events() == 2
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_asking_does_the_same_work_for_known_and_unknown(api: ApiClient, users: Users) -> None:
    counts = []
    for email in ("nobody@alpha.test", EMAIL):
        with CaptureQueriesContext(connection) as seen:
            api.post("/auth/forgot-password", {"email": email})
        counts.append(len(seen))
    assert counts[0] == counts[1] > 0
    rows = EventRow.objects.filter(name="accounts.password_forgotten").order_by("pk")
    assert [(row.subject_label, row.data, row.tenant_id) for row in rows] == [("", {}, None)] * 2


def test_the_mails_token_sets_a_new_password_once(asked: str) -> None:
    assert reset(asked).status_code == 204
    again = reset(asked, "another-fine-battery-staple")
    assert (again.status_code, again.json()["code"]) == (400, "auth.link")
    assert [sign_in(password).status_code for password in (pair.PASSWORD, NEW)] == [401, 200]


def test_a_reset_ends_every_session_and_is_told_to_the_owner(asked: str, deliver_events: Deliver) -> None:
    tokens = [sign_in().json() for _ in range(2)]
    reset(asked)
    for one in tokens:
        assert ApiClient().bearer(one["access_token"]).get("/auth/currentuser").status_code == 401
        assert ApiClient().post("/auth/refresh", {"refresh_token": one["refresh_token"]}).status_code == 401
    assert set(Session.objects.values_list("end_reason", flat=True)) == {"password"}
    told = EventRow.objects.get(name="accounts.password_reset")
    assert (told.data, told.subject_label, told.actor_label) == ({"ended": 2}, EMAIL, EMAIL)
    mail.outbox.clear()
    deliver_events()
    assert [(message.subject, message.to) for message in mail.outbox] == [("Your password was changed", [EMAIL])]


def test_only_digests_are_kept_and_no_event_holds_a_token(asked: str) -> None:
    row = OneTimeToken.objects.get()
    assert len(asked) == 43
    assert (len(row.digest), len(row.fingerprint)) == (64, 64)
    assert asked not in str(list(OneTimeToken.objects.values())) + str(list(EventRow.objects.values()))
    assert row.expires_at - row.created_at < timedelta(hours=1, seconds=1)


def test_a_token_is_dead_after_an_hour(asked: str) -> None:
    OneTimeToken.objects.update(expires_at=timezone.now())
    assert reset(asked).json()["code"] == "auth.link"
    assert sign_in().status_code == 200


def test_a_token_is_dead_once_the_password_is_another(asked: str, users: Users) -> None:
    user = User.objects.get(email=EMAIL)
    user.set_password("changed-in-the-meantime")
    user.save()
    assert reset(asked).json()["code"] == "auth.link"
    assert sign_in("changed-in-the-meantime").status_code == 200


def test_a_token_is_dead_once_the_address_is_another_or_the_user_is_inactive(asked: str, users: Users) -> None:
    for change in ({"email": "other@alpha.test"}, {"email": EMAIL, "is_active": False}):
        User.objects.filter(pk=users["alpha"]["editor"].pk).update(**change)
        assert reset(asked).json()["code"] == "auth.link"


def test_a_used_token_takes_its_siblings_with_it(asked: str, api: ApiClient, deliver_events: Deliver) -> None:
    api.post("/auth/forgot-password", {"email": EMAIL})
    deliver_events()
    sibling = token_in(mail.outbox[-1])
    assert sibling != asked
    assert reset(asked).status_code == 204
    assert reset(sibling).status_code == 400


@pytest.mark.parametrize("token", ["x", "A" * 43, "' OR 1=1 --"])
def test_a_made_up_token_is_refused(db: None, token: str) -> None:
    assert (reset(token).status_code, reset(token).json()["code"]) == (400, "auth.link")


def test_a_token_is_good_for_its_purpose_only(asked: str, api: ApiClient, deliver_events: Deliver) -> None:
    assert api.post("/auth/verify-email", {"token": asked}).json()["code"] == "auth.link"
    api.post("/auth/resend-verification", {"email": EMAIL})
    deliver_events()
    assert reset(token_in(mail.outbox[-1])).json()["code"] == "auth.link"
    assert reset(asked).status_code == 204


def test_a_refused_password_does_not_spend_the_token(asked: str) -> None:
    answer = reset(asked, "short")
    assert (answer.status_code, {fault["field"] for fault in answer.json()["errors"]}) == (400, {"password"})
    assert reset(asked).status_code == 204


def test_verifying_the_address_happens_once_and_shows(api: ApiClient, users: Users, deliver_events: Deliver) -> None:
    client = ApiClient().login(users["alpha"]["editor"])
    assert client.get("/auth/currentuser").json()["email_verified"] is False
    api.post("/auth/resend-verification", {"email": EMAIL})
    deliver_events()
    token = token_in(mail.outbox[-1])
    assert link_in(mail.outbox[-1]) == f"http://testserver/account/verify-email#token={token}"
    assert [api.post("/auth/verify-email", {"token": token}).status_code for _ in range(2)] == [204, 400]
    assert client.get("/auth/currentuser").json()["email_verified"] is True
    mail.outbox.clear()
    assert api.post("/auth/resend-verification", {"email": EMAIL}).status_code == 202
    deliver_events()
    assert mail.outbox == []


def test_links_begin_with_the_configured_origin_whatever_the_request_says(
    api: ApiClient, users: Users, deliver_events: Deliver, settings: Any
) -> None:
    settings.PUBLIC_BASE_URL = "https://cms.example.com"
    forged = {"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test", "X-Original-URL": "https://evil.test/"}
    api.post("/auth/forgot-password", {"email": EMAIL}, headers=forged)
    for host in ("evil.test", "testserver, evil.test", "testserver@evil.test", "testserver:80:evil.test"):
        api.post("/auth/forgot-password", {"email": EMAIL}, headers={"Host": host})
    deliver_events()
    assert mail.outbox
    for message in mail.outbox:
        assert link_in(message).startswith("https://cms.example.com/account/reset-password#token=")
        assert "evil" not in str(message.message())


def test_a_person_gets_at_most_five_links_an_hour(users: Users, deliver_events: Deliver) -> None:
    for n in range(7):
        ApiClient(REMOTE_ADDR=f"192.0.2.{n}").post("/auth/forgot-password", {"email": EMAIL})
    deliver_events()
    assert len(mail.outbox) == one_time.MOST_AT_ONCE == 5


def test_asking_for_mails_is_limited_by_client(db: None) -> None:
    codes = [
        ApiClient()
        .post("/auth/forgot-password", {"email": f"u{n}@alpha.test"}, headers={"X-Forwarded-For": f"10.0.0.{n}"})
        .status_code
        for n in range(11)
    ]
    assert codes == [202] * 10 + [429]


def test_a_reset_opens_an_account_that_wrong_passwords_closed(
    asked: str, django_capture_on_commit_callbacks: Any
) -> None:
    assert [sign_in("wrong").status_code for _ in range(11)] == [401] * 10 + [429]
    with django_capture_on_commit_callbacks(execute=True):
        assert reset(asked).status_code == 204
    assert sign_in(NEW).status_code == 200


@pytest.mark.parametrize("deed", ["forgot-password", "reset-password", "verify-email"])
def test_the_pages_that_mails_lead_to_send_nobody_the_token(api: ApiClient, deed: str) -> None:
    page = api.get(f"/account/{deed}")
    assert (page.status_code, page["Referrer-Policy"], page["Cache-Control"]) == (200, "no-referrer", "no-store")
    assert f'data-deed="{deed}"' in page.content.decode()
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.content.decode())


def test_who_is_invited_is_told_by_mail_and_chooses_the_first_password(as_role, api, deliver_events, mailoutbox):
    admin = as_role("tenant_admin")
    assert admin.post("/users", {"email": "new@alpha.test", "role": "editor"}).status_code == 201
    assert admin.post("/users", {"email": pair.email("editor", "beta"), "role": "viewer"}).status_code == 201
    deliver_events()
    invited, known = mailoutbox
    assert (invited.to, known.to) == (["new@alpha.test"], [pair.email("editor", "beta")])
    assert "#token=" not in known.body
    token = invited.body.partition("#token=")[2].split()[0]
    body = {"token": token, "password": "a-first-password-of-my-own"}
    assert api.post("/auth/reset-password", body).status_code == 204
    answer = api.post("/auth/login", {"username": "new@alpha.test", "password": body["password"]})
    assert (answer.status_code, answer.json()["token_type"]) == (200, "bearer")


def test_a_key_of_a_machine_has_no_profile_password_or_sessions_of_the_person_with_its_id(as_role, users):
    admin = as_role("tenant_admin")
    made = admin.post("/service-accounts", {"name": "Machine", "codes": ["content.read"]}).json()
    machine = ApiClient().bearer(made["key"])
    assert machine.get("/alpha-site/elements").status_code == 200
    body = {"current_password": pair.PASSWORD, "new_password": "another-password-entirely"}
    assert machine.post("/auth/change-password", body).status_code == 403
    assert machine.patch("/auth/currentuser", {"name": "X"}).status_code == 403
    assert machine.get("/auth/sessions").json()["total"] == 0
