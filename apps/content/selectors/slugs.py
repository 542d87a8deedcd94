"""Slugs: which document one leads to, and which are free."""

import re

from apps.content.models import Slug


def free_slug(site_id: int, doc_type: str, locale: str, base: str) -> str:
    """`base`, or with the first free number behind it. One that only the past of a document holds is free."""
    rows = Slug.objects.filter(site_id=site_id, doc_type=doc_type, locale=locale, current=True)
    pattern = rf"^{re.escape(base)}(-[0-9]{{1,6}})?$"
    taken = set(rows.filter(slug__startswith=base, slug__regex=pattern).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def by_slug(site_id: int, doc_type: str, slug: str) -> list[Slug]:
    """Rows of the slug in all locales, the current ones first."""
    return list(Slug.objects.filter(site_id=site_id, doc_type=doc_type, slug=slug).order_by("-current", "locale"))
