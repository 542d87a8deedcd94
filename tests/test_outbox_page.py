"""The mails of an installation without a mail server, as its administrators see them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from cognitor.outbox import last_mails
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db

PAGE = "/admin/mails/"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def test_those_who_run_the_installation_read_the_last_mails_with_markup_escaped(
    folder: Path, platform_browser: Client
) -> None:
    for subject in ("First", "<script>alert(1)</script>"):
        EmailMessage(subject, "Body\n" + "-" * 20 + "\nof it", to=["ada@example.org"]).send()
    found = list(last_mails(folder))
    assert {mail["subject"] for mail in found} == {"First", "<script>alert(1)</script>"}
    assert {mail["body"] for mail in found} == {"Body\n" + "-" * 20 + "\nof it"}
    answer = platform_browser.get(PAGE)
    assert answer.status_code == 200
    assert b"ada@example.org" in answer.content
    assert b"<script>alert(1)" not in answer.content
    assert f"{found[0]['date']:%Y, %H:%M}".encode() in answer.content
    assert b"cognitor/logo" in answer.content.split(b"Dashboard")[0].split(b"<body")[1]
    assert len(list(last_mails(folder, most=1))) == 1


def test_nobody_else_reads_them(folder: Path, sign_in: SignIn) -> None:
    assert sign_in("tenant_admin").get(PAGE).status_code == 403


def test_with_a_mail_server_there_is_no_such_page(platform_browser: Client) -> None:
    assert platform_browser.get(PAGE).status_code == 404
