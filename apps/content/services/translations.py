"""Translations: what documents say in other locales."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import events, schemas, selectors
from apps.content.errors import OwnLocale, TooManyTranslations
from apps.content.models import Document, Element, PublicDocument, Translation, Version, laid_over
from apps.content.services import publishing, references, slugs, translated
from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.encoding import loads
from apps.core.events import emit
from apps.sites import locales
from apps.sites.models import Site

MOST = 100


@transaction.atomic
def put(
    *,
    actor: Actor,
    site: Site,
    doc_type: str,
    doc_id: int,
    locale: str,
    members: dict[str, Any],
    published: bool | None = None,
    source_version: int | None = None,
    draft: bool = False,
    if_match: str = "",
    generation: uuid.UUID | None = None,
) -> Translation:
    """Makes or replaces the translation of a document into a locale; absent members are the document's own.

    `members` are those of the document that are translated, of an element `data` with some of its top-level members;
    none at all leaves those of before. Laid over the document they must be what its type asks for. `source_version`
    is the document's version that was translated, by default the current one; `generation` the job whose model wrote
    the members, None for people's. What the public sees follows as with documents: at once when the actor may
    publish and does not ask for a draft, else the change stands beside it.
    """
    locale = locales.named(locale)
    document = selectors.document_for(doc_type, actor=actor, site=site, doc_id=doc_id, lock=True)
    translation = selectors.translations_of(document).filter(locale=locale).first()
    _require_match(if_match, translation)
    if published is not None and published != bool(translation and translation.published):
        publishing.require_may_publish(actor, site.pk)
    require_may_change(actor, document, translation)
    now = timezone.now()
    translation = translation or _new(actor, document, locale, now)
    _check(site, document, translation, members)
    if members:
        if generation or members != translation.members:
            translation.generation = generation
        translation.members = members
    _made_from(translation, document, source_version)
    translation.version += 1
    translation.updated_at, translation.run = now, actor.run
    translation.save()
    translated.hold(translation, document)
    if published is False and translation.published:
        _unpublish(translation, document, actor)
    elif (
        actor.may("content.publish", site.pk)
        and published is not False
        and (published or (translation.published and not draft))
    ):
        _publish(translation, document, actor)
    else:
        _tell(translation, "Saved", document, actor)
    return translation


@transaction.atomic
def publish(*, actor: Actor, site: Site, doc_type: str, doc_id: int, locale: str, if_match: str = "") -> Translation:
    """Makes the working text of a translation that of the public, which sees it while the document is public."""
    document, translation = _locked(actor, site, doc_type, doc_id, locale, if_match)
    _publish(translation, document, actor)
    return translation


@transaction.atomic
def unpublish(*, actor: Actor, site: Site, doc_type: str, doc_id: int, locale: str, if_match: str = "") -> Translation:
    """Takes a translation back from the public; its working text stays."""
    document, translation = _locked(actor, site, doc_type, doc_id, locale, if_match)
    _unpublish(translation, document, actor)
    return translation


@transaction.atomic
def delete(*, actor: Actor, site: Site, doc_type: str, doc_id: int, locale: str, if_match: str = "") -> None:
    """Deletes a translation for good, also from the public's sight; its slug goes on leading to the document."""
    document, translation = _locked(actor, site, doc_type, doc_id, locale, if_match)
    translated.thaw(translation, document)
    references.record(document, (), live=False, locale=translation.locale)
    slugs.release(document.doc_type, document.pk, locale=translation.locale)
    _tell(translation, "Deleted", document, actor)
    translation.delete()


def _locked(
    actor: Actor, site: Site, doc_type: str, doc_id: int, locale: str, if_match: str
) -> tuple[Any, Translation]:
    """The document, whose lock holds its translations too, and the translation, which the actor may change."""
    document = selectors.document_for(doc_type, actor=actor, site=site, doc_id=doc_id, lock=True)
    translation = selectors.translation_of(document, locale)
    _require_match(if_match, translation)
    require_may_change(actor, document, translation)
    return document, translation


def _require_match(if_match: str, translation: Translation | None) -> None:
    if translation is None and if_match:
        raise errors.VersionMismatch
    etag.require(if_match, translation.etag if translation else "")


def require_may_change(actor: Actor, document: Document, translation: Translation | None) -> None:
    """Without `content.others` one translates one's own documents, and changes one's own work while not public."""
    if actor.may("content.others", document.site_id):
        return
    author_id = translation.author_id if translation else document.author_id
    if actor.kind != "user" or author_id != actor.id or (translation and translation.published):
        raise errors.Forbidden


def own_locales(document: Document) -> set[str]:
    """In which it is not translated: its own, and that of its public version."""
    public = PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk, original=True)
    return {document.locale, *public.values_list("locale", flat=True)}


def _new(actor: Actor, document: Document, locale: str, now: datetime.datetime) -> Translation:
    """Refused in the document's own locale, the public version's if that is another, and beyond a hundred."""
    if locale in own_locales(document):
        raise OwnLocale
    if selectors.translations_of(document).count() >= MOST:
        raise TooManyTranslations
    made = Translation(
        site_id=document.site_id,
        doc_type=document.doc_type,
        doc_id=document.pk,
        locale=locale,
        author_id=actor.id if actor.kind == "user" else None,
        created_at=now,
    )
    made.made = True
    return made


def _check(site: Site, document: Document, translation: Translation, members: dict[str, Any]) -> None:
    """The document in the other locale is checked as it is in its own."""
    unknown = sorted(set(members) - set(document.translated))
    if unknown:
        message = f"This is not translated of a document of kind {document.doc_type}."
        raise errors.Invalid(errors=[{"field": name, "message": message, "code": "unknown"} for name in unknown])
    if not members and translation.pk is None:
        message = f"At least one of these is needed: {', '.join(document.translated)}."
        raise errors.Invalid(errors=[{"field": "", "message": message, "code": "required"}])
    snapshot = document.snapshot()
    after, under = laid_over(snapshot, members), ""
    if isinstance(document, Element):
        schemas.check_data(document.type.source, after["data"])
        under = "data."
    kept = document.references_in(laid_over(snapshot, translation.members))
    references.require_targets(site, document.references_in(after), before=kept, prefix=under)


def _made_from(translation: Translation, document: Document, version: int | None) -> None:
    """Notes which version was translated, and whether that one said what the document says now."""
    now = document.fingerprint(document.snapshot())
    translation.source_version, translation.fingerprint = version or document.version, now
    if translation.source_version != document.version:
        rows = Version.objects.filter(doc_type=document.doc_type, doc_id=document.pk, number=translation.source_version)
        kept = rows.values_list("source", flat=True).first()
        if kept is None:
            message = f"The document has no version {version}."
            raise errors.Invalid(errors=[{"field": "source_version", "message": message, "code": "unknown"}])
        translation.fingerprint = document.fingerprint(loads(kept))
    translation.outdated = translation.fingerprint != now


def _publish(translation: Translation, document: Document, actor: Actor) -> None:
    translation.published_version, translation.published_source = translation.version, translation.source
    translation.save(update_fields=["published_version", "published_source"])
    original = PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk, original=True).first()
    if original is not None:
        translated.freeze(translation, document, original)
    _tell(translation, "Published", document, actor)


def _unpublish(translation: Translation, document: Document, actor: Actor) -> None:
    translation.published_version, translation.published_source = None, "{}"
    translation.save(update_fields=["published_version", "published_source"])
    translated.thaw(translation, document)
    _tell(translation, "Unpublished", document, actor)


def _tell(translation: Translation, verb: str, document: Document, actor: Actor) -> None:
    """Emits `TranslationSaved`, `TranslationPublished`…"""
    event: Any = events.of("translation", verb)
    emit(
        event(
            subject_id=translation.pk,
            label=str(translation),
            version=translation.version,
            site_id=translation.site_id,
            doc_type=translation.doc_type,
            doc_id=translation.doc_id,
            locale=translation.locale,
        ),
        actor=actor,
        tenant_id=document.site.tenant_id,
    )
