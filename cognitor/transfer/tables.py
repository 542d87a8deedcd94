"""What belongs to a site, and what of it makes it the same site elsewhere."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from apps.accounts.models import User
from apps.content.models import DOCUMENTS
from apps.core.encoding import dumps
from apps.media.models import Media
from apps.sites.models import Site
from cognitor import archive
from cognitor.transfer.rewriting import KINDS, Rewriter, Row

Names = Mapping[tuple[str, int], str]
"""(kind, id) → what a row is called wherever it is."""

TABLES = (
    "sites.site",
    "accounts.user",
    "media.folder",
    "media.media",
    "content.contenttype",
    "content.typeversion",
    "content.element",
    "content.post",
    "content.page",
    "content.translation",
    "content.slug",
    "content.version",
    "content.publicdocument",
    "content.imported",
)
"""In the order in which each refers only to those before it; pages refer to pages, folders to folders."""

LEFT = {
    "trash": "documents in the trash stay behind, with all that hangs on them",
    "public answers": "are frozen anew",
    "content.reference": "is recorded anew",
    "content.uniquevalue": "is taken anew",
    "media.mediaversion": "former files stay behind",
    "media.rendition": "are made anew",
    "media.directupload": "files on their way stay where they are",
    "media.use": "is recorded anew",
    "analytics.event": "figures of visits stay where they were counted",
    "websites.website": "how documents came about; they come along themselves",
    "sites.domain": "the names are there; each is a claim again, to be proven anew",
    "sites.prompt": "texts for agents are not part of a site's content",
    "core.eventrow": "history stays with the tenant in which it happened",
    "core.due": "what is planned is in the rows",
}

_ONLY = {
    "sites.site": ("uid", "identifier", "name", "description", "default_locale", "cache_seconds", "settings"),
    "accounts.user": ("id", "email"),
}
_FROZEN = ("body", "summary", "etag", "path", "frozen_at")
# Ids and people are the installation's own; a fingerprint is of a text that has ids in it.
_UNCOUNTED = {"id", "uid", "site_id", "author_id", "deleted_by_id", "identifier", "file", "fingerprint"}


def columns(label: str) -> list[str]:
    every = _ONLY.get(label) or archive.columns_of(apps.get_model(label), archive.Archived())
    return [name for name in every if name not in _FROZEN]


def rows(site: Site, label: str) -> Iterator[Row]:
    """What the site has of a table, in the order of ids; call it inside the tenant."""
    yield from _rows(site, label).order_by("pk").values(*columns(label)).iterator(chunk_size=500)


def _rows(site: Site, label: str) -> QuerySet[Any]:
    model: type[Model] = apps.get_model(label)
    every = model._base_manager.all()
    fields = {field.attname for field in model._meta.concrete_fields}
    if model is Site:
        return every.filter(pk=site.pk)
    if model is User:
        return every.filter(pk__in=_authors(site))
    if label == "content.typeversion":
        return every.filter(type__site=site)
    if "doc_id" in fields:
        return every.filter(_of_living(site, media=label == "content.imported"))
    return every.filter(site_id=site.pk, **({"deleted_at": None} if "deleted_at" in fields else {}))


def _of_living(site: Site, *, media: bool) -> Q:
    found = Q()
    for doc_type, model in DOCUMENTS.items():
        living = model._base_manager.filter(site=site, deleted_at=None).values("pk")
        found |= Q(doc_type=doc_type, doc_id__in=living)
    return found | Q(doc_type="media", doc_id__in=Media.objects.filter(site=site).values("pk")) if media else found


def _authors(site: Site) -> set[int]:
    found: set[int] = set()
    for label in TABLES:
        if "author_id" in columns(label):
            found |= set(_rows(site, label).exclude(author_id=None).values_list("author_id", flat=True).distinct())
    return found


def names(site: Site) -> dict[tuple[str, int], str]:
    """Rows that others refer to by their uid."""
    return {
        (kind, id): str(uid)
        for kind, label in KINDS.items()
        for id, uid in _rows(site, label).order_by().values_list("pk", "uid")
    }


def digests(site: Site, called: Names) -> dict[str, str]:
    """A digest of each table but that of people, and of no order: rows by their names, ids in them by names too.

    What a row refers to and is not there has no name, whatever its id.
    """
    rewriter = Rewriter(lambda label: rows(site, label), lambda kind, id: called.get((kind, id)))
    own = {label: kind for kind, label in KINDS.items()}
    found = {}
    for label in TABLES:
        if label == "accounts.user":
            continue
        total = 0
        for row in rows(site, label):
            counted = {name: value for name, value in rewriter.row(label, row).items() if name not in _UNCOUNTED}
            name = called.get((own[label], row["id"])) if label in own else None
            total += int.from_bytes(hashlib.sha256(dumps([name, counted])).digest())
        found[label] = f"{total % 2**256:064x}"
    return found


def digest(site: Site, called: Names | None = None) -> str:
    """One for all of the site; equal for a site and its copy when both are `called` the same."""
    return whole(digests(site, names(site) if called is None else called))


def whole(found: Mapping[str, str]) -> str:
    return hashlib.sha256(dumps(sorted(found.items()))).hexdigest()
