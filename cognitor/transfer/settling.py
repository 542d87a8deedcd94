"""What follows from the rows of a site that has come: references, unique values, public answers, plans, jobs."""

from typing import Any

from apps.content import selectors
from apps.content.models import DOCUMENTS, ContentType, Document, Element, PublicDocument, Translation, Version
from apps.content.services import references, refreezing, renaming, scheduling, translated, uniques
from apps.core.actor import Actor
from apps.core.encoding import loads
from apps.sites.models import Site

# A page shows elements as the public gets them.
_FROZEN_IN_ORDER = ("post", "element", "page")


def settle(site: Site, *, actor: Actor) -> None:
    """Call it inside the tenant, in the transaction that has brought the rows."""
    for model in DOCUMENTS.values():
        for document in _documents(site, model):
            if found := list(document.references_in(document.snapshot())):
                references.record(document, found, live=False)
            scheduling.plan_again(document)
        _settle_translations(site, model)
    for kind in ContentType.objects.filter(site=site).order_by("pk"):
        kind.site = site
        uniques.rebuild(kind)
        if Element.objects.filter(type=kind, type_version__lt=kind.renamed).exists():
            renaming.start(actor=actor, kind=kind)
    _address_pages(site)
    for doc_type in _FROZEN_IN_ORDER:
        rows = PublicDocument.objects.filter(site=site, doc_type=doc_type, original=True).order_by("doc_id")
        refreezing.refreeze(list(rows.values_list("doc_type", "doc_id")), depth=refreezing.DEEPEST)


def _address_pages(site: Site) -> None:
    """Elements and pages show the paths of pages, which therefore come before all of them."""
    rows = PublicDocument.objects.filter(site=site, doc_type="page")
    for locale in {"", *rows.filter(original=False).values_list("locale", flat=True)}:
        shown = list(
            (rows.filter(original=False, locale=locale) if locale else rows.filter(original=True)).only("doc_id")
        )
        paths = selectors.paths([row.doc_id for row in shown], public=True, locale=locale)
        for row in shown:
            row.path = paths[row.doc_id]
        PublicDocument.objects.bulk_update(shown, ["path"], batch_size=500)


def _documents(site: Site, model: type[Document]) -> Any:
    rows: Any = model._default_manager.filter(site=site).order_by("pk")
    for document in (rows.select_related("type") if model is Element else rows).iterator(chunk_size=500):
        document.site = site
        yield document


def _settle_translations(site: Site, model: type[Document]) -> None:
    """They hold slugs and references, and know the fingerprint of the text which they translate: it has ids in it."""
    of_kind = Translation.objects.filter(site=site, doc_type=model.doc_type).order_by("pk")
    rows: Any = model._default_manager
    for translation in of_kind.iterator(chunk_size=500):
        document = rows.get(pk=translation.doc_id)
        document.site = site
        translated.hold(translation, document)
        now = document.fingerprint(document.snapshot())
        kept = Version.objects.filter(
            doc_type=model.doc_type, doc_id=document.pk, number=translation.source_version
        ).first()
        if not translation.outdated:
            translation.fingerprint = now
        elif kept is not None and (then := document.fingerprint(loads(kept.source))) != now:
            translation.fingerprint = then
        translation.save(update_fields=["fingerprint"])
