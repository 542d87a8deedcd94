"""Files from addresses that somebody names, by the one door out."""

from email.message import Message
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.base import ContentFile

from apps.core import egress
from apps.core.actor import Actor
from apps.media.errors import SourceRefused
from apps.media.services import files
from apps.media.services.files import Received
from apps.sites.models import Site

MAX_BYTES = 10 * 1024 * 1024
SECONDS = 10.0


def receive(*, actor: Actor, site: Site, url: str) -> Received:
    """Fetches the address and receives what it answers as an upload; call outside a transaction.

    Within 10 MB, 10 seconds and 3 redirects; which addresses may be fetched, `egress.fetch` says. 502 for an answer
    that is not 200. What the server claims of the type counts for nothing, as with any upload.
    """
    most = min(MAX_BYTES, settings.UPLOAD_MAX_BYTES)
    fetched = egress.fetch(url, max_bytes=most, seconds=SECONDS)
    if fetched.status != 200:
        raise SourceRefused(answered=fetched.status)
    return files.receive(actor=actor, site=site, upload=ContentFile(fetched.body, name=_name(fetched)))


def _name(fetched: egress.Fetched) -> str:
    """The name that the server gives the file, else the last part of the address."""
    told = Message()
    told["Content-Disposition"] = fetched.headers.get("content-disposition", "")
    return told.get_filename() or unquote(urlsplit(fetched.url).path.rpartition("/")[2]) or "file"
