"""A tenant with credits that all tests of a module share, which look at what they changed of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.ai.tests.conftest import at_once, open_egress, priced, vendors, vendors_process
from apps.billing import selectors as billing
from apps.billing.models import Hold
from apps.billing.tests.factories import credits
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.tests import factories
from conftest import Committed
from tests.client import ApiClient

__all__ = ["at_once", "open_egress", "vendors", "vendors_process"]

OPERATIONS = ("media_generate_video", "media_edit", "media_remove_background", "media_upscale", "media_describe")


class Studio:
    """The tenant's site, an administrator's client, and what has become of credits since the test began."""

    def __init__(self, own: Committed) -> None:
        self.own, self.client, self.site = own, own.client, own.site.identifier
        self.before, self.holds_before = billing.available(own.tenant.pk), self._holds().count()

    def _holds(self) -> Any:
        return Hold.objects.filter(tenant_id=self.own.tenant.pk).order_by("pk")

    @property
    def spent(self) -> int:
        return self.before - billing.available(self.own.tenant.pk)

    @property
    def holds(self) -> list[str]:
        return list(self._holds().values_list("state", flat=True)[self.holds_before :])

    def picture(self, content: bytes | None = None, **about: Any) -> Media:
        about = {"name": "a.png", "author": self.own.admin} | about
        return factories.make(self.own.site, content=content or factories.picture(size=(64, 48)), **about)

    def post(self, path: str, body: Any, client: ApiClient | None = None) -> Any:
        return (client or self.client).post(f"/{self.site}/media/{path}", body)

    def row(self, id: int) -> Media:
        with inside(self.own.tenant):
            return Media.objects.get(pk=id)


@pytest.fixture(scope="module")
def priced_tenant(committed_for_all: Committed) -> Iterator[Committed]:
    credits(committed_for_all.tenant, 10_000)
    with priced(*OPERATIONS):
        yield committed_for_all


@pytest.fixture
def studio(priced_tenant: Committed, settings: Any) -> Studio:
    """Media cost what they cost by default; requests wait for 20 seconds."""
    settings.GENERATION_WAIT = 20
    return Studio(priced_tenant)
