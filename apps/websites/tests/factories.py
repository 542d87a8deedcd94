from typing import Any

from django.utils import timezone

from apps.core.tenancy import inside
from apps.websites.brief import Brief
from apps.websites.models import Website


def a_website(site: Any, *, documents: list[list[Any]] | None = None, name: str = "A website", **more: Any) -> int:
    """The id of one that is a draft, of these documents."""
    now = timezone.now()
    brief = Brief(
        name="A website", purpose="", audience="", tone="", sections=("hero",), locales=("en",), design="bloom",
        colours={}, pictures=0, posts=0, seed=None,
    )  # fmt: skip
    with inside(site.tenant):
        row = Website.objects.create(
            site=site, name=name, brief=brief.written(), design="bloom", state=Website.State.DRAFT,
            documents=documents or [], created_at=now, updated_at=now, **more,
        )  # fmt: skip
    return row.pk
