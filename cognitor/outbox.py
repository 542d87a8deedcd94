"""The mails that an installation without a mail server writes into a folder, for its administrators to read."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from apps.core.backoffice import actor_of, site

SHOWN = 50
FOLDER_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# What Django's file backend writes after each message of a file.
_END = "\n" + "-" * 79 + "\n"


def mails(request: HttpRequest) -> HttpResponse:
    """The last mails, newest first. They hold links that open accounts: for those who run the installation only."""
    if not actor_of(request).may("platform.ops"):
        raise PermissionDenied
    if settings.EMAIL_BACKEND != FOLDER_BACKEND:
        raise Http404
    context = site.each_context(request) | {"title": "Mails", "mails": list(last_mails(Path(settings.EMAIL_FILE_PATH)))}
    return TemplateResponse(request, "admin/mails.html", context)


def last_mails(folder: Path, most: int = SHOWN) -> Iterator[dict[str, Any]]:
    """`to`, `subject`, `date` and `body` of at most so many mails, newest first; other files are passed over."""
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    found = 0
    for path in files:
        for text in reversed(path.read_text(errors="replace").split(_END)):
            if not text.strip():
                continue
            message: Any = email.message_from_string(text.strip(), _class=EmailMessage, policy=email.policy.default)
            yield {
                "to": message["To"],
                "subject": message["Subject"],
                "date": message["Date"] and message["Date"].datetime,
                "body": message.get_content().strip(),
            }
            found += 1
            if found == most:
                return
