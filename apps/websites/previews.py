"""Addresses of previews: whoever has one sees the drafts, so each is signed, bound to a website and ends."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils import timezone

from apps.websites.errors import PreviewExpired
from apps.websites.models import Website

LONGEST = timedelta(days=7)
USUAL = timedelta(days=1)
PREFIX = "websites/preview"
_SIGNER = "websites.preview"


@dataclass(frozen=True, slots=True)
class Preview:
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token names."""

    tenant_id: int
    site_id: int
    website_id: int


def preview_of(website: Website, tenant_id: int, *, lasts: timedelta | None = None) -> Preview:
    """The preview's address, good for `lasts`; by default until the end of the next day (UTC), so that it is the same
    whenever somebody looks."""
    now = timezone.now()
    ends = now + min(lasts, LONGEST) if lasts else now.replace(hour=0, minute=0, second=0) + USUAL * 2
    until = int(ends.timestamp())
    token = Signer(salt=_SIGNER).sign_object([tenant_id, website.site_id, website.pk, until])
    return Preview(f"{settings.PUBLIC_BASE_URL}/{PREFIX}/{token}/", datetime.fromtimestamp(until, UTC))


def opened(token: str) -> Opened:
    """`PreviewExpired` for one that is not ours, or is over."""
    try:
        said = Signer(salt=_SIGNER).unsign_object(token)
    except (BadSignature, ValueError):
        raise PreviewExpired from None
    if not isinstance(said, list) or [type(part) for part in said] != [int] * 4:
        raise PreviewExpired
    tenant_id, site_id, website_id, until = said
    if timezone.now().timestamp() >= until:
        raise PreviewExpired
    return Opened(tenant_id, site_id, website_id)
