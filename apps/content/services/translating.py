"""Translations that a model makes: drafts for people to read over, never published by it."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from apps.ai import catalogue
from apps.ai.errors import AskedTooMuch
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Model, Output, Translate
from apps.ai.services import calling, generations
from apps.ai.services.generations import AtWork, Wanted
from apps.content import markdown, selectors
from apps.content.errors import NothingTranslated
from apps.content.models import Document, Element, Translation, Version
from apps.content.prose import LONGEST, Format, Path, Prose, marks_of, members_with, prose_in
from apps.content.services import translations
from apps.content.slugs import clean_slug
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import loads
from apps.core.models import Job
from apps.sites import settings
from apps.sites.models import Site

KIND = "content.translate"
MOST = 150_000
"""Characters that one piece of work has in all its locales."""
BATCH = 6_000
"""Characters that are asked for in one call, unless one text alone has more."""
BATCHED = 60
SECONDS = 900.0
"""For all of it; three attempts last less than the credits are held."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to become of a locale, and why; `version` is that of the translation as it was found, 0 for none."""

    locale: str
    outcome: str
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that is sent: `words`, and what stands around them in the text."""

    words: str
    format: Format
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Said:
    """What a document says in a locale, and the members of which a text did not come as it should."""

    texts: dict[Path, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)


def start(
    *,
    actor: Actor,
    site: Site,
    doc_type: str,
    doc_id: int,
    locales: Sequence[str],
    fields: Sequence[str] | None = None,
    overwrite: bool = False,
    model: str = "",
    quote: str | None = None,
    key: str | None = None,
) -> Generation | dict[str, Any]:
    """Begins to translate a document's working version; the job's result is as `nothing_to_do`, which is answered at
    once, and costs nothing, when every locale keeps what it has.

    403 without `content.write`, or where the actor may not change the translation; 400 for a locale that the site does
    not offer and for a document without text; 422 for more than `MOST` characters.
    """
    if not actor.may("content.write", site.pk):
        raise errors.Forbidden
    document = selectors.document_for(doc_type, actor=actor, site=site, doc_id=doc_id)
    _require_offered(document, locales)
    there = {row.locale: row for row in selectors.translations_of(document)}
    judged = [_judged(locale, there.get(locale), overwrite) for locale in locales]
    wanted = [one.locale for one in judged if one.outcome == "made"]
    if not wanted:
        return nothing_to_do(document, judged)
    for locale in wanted:
        translations.require_may_change(actor, document, there.get(locale))
    texts = _texts(document, document.snapshot(), fields)
    chosen = catalogue.model_for("translation", model)
    asked = [
        Translate(texts=batch, target=locale, source=document.locale, format=marked)
        for locale in wanted
        for marked, batch in _batches(texts, chosen)
    ]
    if sum(len(text) for one in asked for text in one.texts) > MOST:
        raise AskedTooMuch(limit="characters", most=MOST)
    quantities: Counter[str] = Counter()
    for one in asked:
        calling.require_within(chosen, one)
        quantities.update(calling.estimate(chosen, one))
    work = Wanted(
        kind=KIND,
        operation="translations_generate",
        model=chosen,
        quantities=quantities,
        prompt=f"{document.label} ({document.locale} → {', '.join(wanted)})",
        requested_model=model,
        arguments={
            "doc_type": doc_type,
            "doc_id": document.pk,
            "version": document.version,
            "fields": None if fields is None else list(fields),
            "locales": [[one.locale, one.outcome, one.reason, one.version] for one in judged],
        },
        quote=quote,
        key=key,
    )
    return generations.start(actor=actor, site=site, wanted=work)


def nothing_to_do(document: Document, judged: Iterable[Judged]) -> dict[str, Any]:
    results = [_told(one, "kept", one.reason, one.version or None) for one in judged]
    return {"source_version": document.version, "results": results, "model": None, "credits": 0, "job_id": None}


def run(job: Job) -> dict[str, Any]:
    """Job: has the texts translated into each locale, and saves all of them in the one transaction of the delivery."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        row = work.generation
        site = Site.objects.select_related("tenant").get(pk=row.site_id)
        asked = row.arguments
        judged = [Judged(*one) for one in asked["locales"]]
        document = selectors.document_for(asked["doc_type"], actor=work.actor, site=site, doc_id=asked["doc_id"])
        snapshot = _snapshot(document, asked["version"])
        texts = _texts(document, snapshot, asked["fields"])
        model = catalogue.model_for("translation", row.model)
        wanted = [one.locale for one in judged if one.outcome == "made"]
        calls = len(wanted) * len(list(_batches(texts, model)))
        translator = _Translator(model, document.locale, work.call(SECONDS), calls)
        said = {locale: translator.into(locale, texts) for locale in wanted}

        def save() -> dict[str, Any]:
            results = [_saved(work, site, snapshot, one, said.get(one.locale)) for one in judged]
            if not any(one["outcome"] == "made" for one in results):
                raise NothingTranslated(results=results)
            return {"source_version": asked["version"], "results": results}

        return work.deliver(Output(used=translator.used, facts=translator.facts), save)


def _require_offered(document: Document, locales: Sequence[str]) -> None:
    offered = set(settings.locales(document.site)) - translations.own_locales(document)
    if unknown := [index for index, locale in enumerate(locales) if locale not in offered]:
        message = f"One of these is taken: {', '.join(sorted(offered)) or 'the site offers no other locale'}."
        raise errors.Invalid(
            errors=[{"field": f"locales.{index}", "message": message, "code": "unknown"} for index in unknown]
        )


def _judged(locale: str, there: Translation | None, overwrite: bool) -> Judged:
    if there is None:
        return Judged(locale, "made", "missing", 0)
    if overwrite:
        return Judged(locale, "made", "overwritten", there.version)
    if not there.outdated:
        return Judged(locale, "kept", "fresh", there.version)
    if there.origin == "people":
        return Judged(locale, "kept", "edited", there.version)
    return Judged(locale, "made", "outdated", there.version)


def _snapshot(document: Document, version: int) -> dict[str, Any]:
    """What the document said in that version, an element under today's names of its fields."""
    kept = Version.objects.get(doc_type=document.doc_type, doc_id=document.pk, number=version)
    found: dict[str, Any] = loads(kept.source)
    return found | {"data": document.data_of(found)} if isinstance(document, Element) else found


def _texts(document: Document, snapshot: Mapping[str, Any], fields: Sequence[str] | None) -> dict[Path, list[Piece]]:
    """The texts to translate by where they stand, each in pieces; 400 for a member that holds none, and for none; 422
    for more than `MOST` characters."""
    found = prose_in(document, snapshot)
    members = {one.member for one in found}
    if unknown := [index for index, name in enumerate(fields or ()) if name not in members]:
        message = "This holds no text to translate."
        raise errors.Invalid(
            errors=[{"field": f"fields.{index}", "message": message, "code": "unknown"} for index in unknown]
        )
    if not found:
        message = "The document holds no text to translate."
        raise errors.Invalid(errors=[{"field": "doc_id", "message": message, "code": "empty"}])
    chosen = [one for one in found if fields is None or one.member in fields]
    if sum(len(one.text) for one in chosen) > MOST:
        raise AskedTooMuch(limit="characters", most=MOST)
    return {one.path: list(_pieces(one)) for one in chosen}


def _pieces(prose: Prose) -> Iterator[Piece]:
    """Of Markdown its paragraphs, without blocks of code; of everything else the whole."""
    parts = markdown.without_code(prose.text) if prose.format == "markdown" else [(prose.text, True)]
    for part, words in parts:
        bare = part.strip() if words else ""
        before, _, after = part.partition(bare) if bare else (part, "", "")
        yield Piece(bare, prose.format, before, after)


def _batches(texts: Mapping[Path, Sequence[Piece]], model: Model) -> Iterator[tuple[Format, list[str]]]:
    """What is sent in one call each: texts of one format, in their order, as many as the model takes."""
    most = min(BATCH, model.limits.get("characters", BATCH))
    sent = sorted((piece for pieces in texts.values() for piece in pieces if piece.words), key=_format_of)
    for marked, alike in groupby(sent, key=_format_of):
        batch: list[str] = []
        for piece in alike:
            if batch and (len(batch) >= BATCHED or sum(map(len, batch)) + len(piece.words) > most):
                yield marked, batch
                batch = []
            batch.append(piece.words)
        yield marked, batch


def _format_of(piece: Piece) -> Format:
    return piece.format


class _Translator:
    """Asks the model, counts what it used, and holds that code, addresses and tags come back as they were."""

    def __init__(self, model: Model, source: str, call: Call, calls: int) -> None:
        self.model, self.source, self.call, self.calls = model, source, call, calls
        self.done = 0
        self.used: Counter[str] = Counter()
        self.facts: dict[str, Any] = {}

    def into(self, locale: str, texts: Mapping[Path, Sequence[Piece]]) -> Said:
        found: dict[tuple[Format, str], str | None] = {}
        for marked, batch in _batches(texts, self.model):
            call = calling.part_of(self.call, self.done, self.calls)
            asked = Translate(texts=batch, target=locale, source=self.source, format=marked)
            answers = self._asked(asked, call)
            spoilt = [one for one, other in zip(batch, answers, strict=True) if not _fits(one, other)]
            found.update(((marked, one), other) for one, other in zip(batch, answers, strict=True))
            if spoilt:
                again = self._asked(replace(asked, texts=spoilt), calling.part_of(self.call, self.done, self.calls))
                for one, other in zip(spoilt, again, strict=True):
                    found[marked, one] = other if _fits(one, other) else None
            self.done += 1
            self.call.progress(self.done / self.calls)
        said = Said()
        for path, pieces in texts.items():
            parts = [found[piece.format, piece.words] if piece.words else "" for piece in pieces]
            if None in parts:
                said.failed.add(Prose(path, "", "text").member)
            else:
                whole = zip(pieces, parts, strict=True)
                said.texts[path] = "".join(f"{piece.before}{part}{piece.after}" for piece, part in whole)
        return said

    def _asked(self, asked: Translate, call: Call) -> list[str]:
        output = calling.call(self.model, asked, call)
        self.used.update(output.used)
        self.facts = {**output.facts, "calls": self.facts.get("calls", 0) + 1}
        return [text.replace("\0", "").strip() for text in output.texts]


def _fits(text: str, translated: str) -> bool:
    return bool(translated) and marks_of(text) == marks_of(translated)


def _saved(work: AtWork, site: Site, snapshot: Mapping[str, Any], one: Judged, said: Said | None) -> dict[str, Any]:
    """Saves what is said in a locale as a draft; what has been changed there meanwhile is kept."""
    asked = work.generation.arguments
    if said is None:
        return _told(one, "kept", one.reason, one.version or None)
    actor = _writing(work.actor, site)
    document = selectors.document_for(asked["doc_type"], actor=actor, site=site, doc_id=asked["doc_id"], lock=True)
    there = selectors.translations_of(document).filter(locale=one.locale).first()
    if (there.version if there else 0) != one.version:
        return _told(one, "kept", "changed", there.version if there else None)
    failed = said.failed | {name for name in LONGEST if not isinstance(document, Element) and _too_long(said, name)}
    for _ in range(2):
        texts = {path: text for path, text in said.texts.items() if Prose(path, "", "text").member not in failed}
        if not texts:
            break
        members = _with_slug(document, one.locale, _merged(there, members_with(snapshot, texts), snapshot), texts)
        try:
            made = translations.put(
                actor=actor,
                site=site,
                doc_type=asked["doc_type"],
                doc_id=asked["doc_id"],
                locale=one.locale,
                members=members,
                source_version=asked["version"],
                draft=True,
                generation=uuid.UUID(str(work.generation.job_id)),
            )
        except errors.Invalid as refusal:
            failed = failed | _named(refusal)
        else:
            return _told(one, "made", one.reason, made.version, failed)
    return _told(one, "kept", "unfit", one.version or None, failed)


def _writing(actor: Actor, site: Site) -> Actor:
    """Who asked, with what it may now of writing and never of publishing; 403 when it may not write any more."""
    held = frozenset(code for code in ("content.write", "content.others") if actor.may(code, site.pk))
    if "content.write" not in held:
        raise errors.Forbidden
    return replace(actor, codes=held, site_codes={})


def _too_long(said: Said, name: str) -> bool:
    return any(path[0] == name and len(text) > LONGEST[name] for path, text in said.texts.items())


def _merged(there: Translation | None, members: dict[str, Any], snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The new members over those of before, as long as the document has the like."""
    if there is None:
        return members
    kept = {name: value for name, value in there.members.items() if snapshot.get(name)}
    for name in ("data", "seo"):
        if name in kept:
            kept[name] = {inner: value for inner, value in kept[name].items() if snapshot[name].get(inner)}
            kept[name] |= members.get(name, {})
    return members | {name: value for name, value in kept.items() if name not in members or name in ("data", "seo")}


def _with_slug(document: Any, locale: str, members: dict[str, Any], texts: Mapping[Path, str]) -> dict[str, Any]:
    """A slug of the translated title, where there is none yet: an address that was given stays."""
    title = texts.get(("title",))
    if "slug" not in document.translated or "slug" in members or title is None:
        return members
    base = clean_slug(title, document.slug)
    free = selectors.free_slug(document.site_id, document.doc_type, locale, base, but=document.pk)
    return members | {"slug": free}


def _named(refusal: errors.Invalid) -> set[str]:
    """The members that do not fit, by the faults: of an element `data.title`, or `title`."""
    steps = (str(fault["field"]).removeprefix("data.").split(".") for fault in refusal.data["errors"])
    return {step[0] for step in steps}


def _told(
    one: Judged, outcome: str, reason: str, version: int | None, untranslated: Iterable[str] = ()
) -> dict[str, Any]:
    return {
        "locale": one.locale,
        "outcome": outcome,
        "reason": reason,
        "version": version,
        "untranslated": sorted(untranslated),
    }
