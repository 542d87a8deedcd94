from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from apps.content import seo
from apps.content.models import Page
from apps.content.selectors.documents import document_for, documents_of, published_or_not
from apps.content.selectors.tree import paths
from apps.core.actor import Actor
from apps.sites.models import Domain, Site


def pages_of(*, actor: Actor, site: Site) -> QuerySet[Page]:
    """Pages that are not in the trash, drafts included."""
    return documents_of("page", actor=actor, site=site)


def page_for(*, actor: Actor, site: Site, page_id: int, lock: bool = False) -> Page:
    found: Page = document_for("page", actor=actor, site=site, doc_id=page_id, lock=lock)
    return found


def filtered_pages(rows: QuerySet[Page], query: dict[str, Any]) -> QuerySet[Page]:
    if "parent_id" in query:
        rows = rows.filter(parent_id=query["parent_id"] or None)
    if words := query.get("q"):
        rows = rows.filter(Q(title__icontains=words) | Q(slug__icontains=words))
    return published_or_not(rows, query)


def describe(pages: Sequence[Page]) -> None:
    """Sets `path` and `seo_warnings` on pages of one site; at most four statements, whatever their number."""
    if not pages:
        return
    found = paths([page.pk for page in pages], public=False)
    shared, hidden = _shared_titles(pages), _hidden(pages)
    for page in pages:
        page.path = found.get(page.pk, f"/{page.slug}")
        page.seo_warnings = seo.warnings(page, shared=page.pk in shared, hidden=page.pk in hidden)


def _shared_titles(pages: Sequence[Page]) -> set[int]:
    """Those whose title in results another page of the site and locale has too."""
    titles = {seo.title_of(page) for page in pages}
    rows = Page.objects.filter(site_id=pages[0].site_id, deleted_at=None)
    rows = rows.filter(Q(title__in=titles) | Q(seo__title__in=titles)).only("id", "title", "seo", "locale")
    owners: dict[tuple[str, str], set[int]] = {}
    for page in rows:
        owners.setdefault((page.locale, seo.title_of(page)), set()).add(page.pk)
    return {page.pk for page in pages if len(owners.get((page.locale, seo.title_of(page)), ())) > 1}


def _hidden(pages: Sequence[Page]) -> set[int]:
    """Those whose canonical address is that of a page of this site which the public does not see."""
    targets = {page.pk: urlsplit(page.seo["canonical"]) for page in pages if page.seo.get("canonical")}
    if not targets:
        return set()
    own = _own_hosts(pages[0].site_id, {target.hostname or "" for target in targets.values()})
    slugs = {pk: target.path.rstrip("/").rpartition("/")[2] for pk, target in targets.items() if target.hostname in own}
    rows = Page.objects.filter(
        site_id=pages[0].site_id, deleted_at=None, published_version=None, slug__in=set(slugs.values())
    )
    unseen = set(rows.values_list("slug", flat=True))
    return {pk for pk, slug in slugs.items() if slug in unseen}


def _own_hosts(site_id: int, hosts: Iterable[str]) -> set[str]:
    return set(Domain.objects.filter(site_id=site_id, domain__in=set(hosts)).values_list("domain", flat=True))
