"""Making a website of a brief: a job that asks models, and then writes all documents with the delivery.

Nothing of a website is there before it is delivered: what models gave is kept in its row, pictures as received files
that discard themselves, and types, elements, posts, pages and media come to be in the one transaction in which the
work is paid. So a worker that dies leaves nothing behind, and the next one goes on with what was found.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.ai import catalogue
from apps.ai.errors import ProviderAway
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Output, Paint, Translate
from apps.ai.services import calling, generations
from apps.ai.services.generations import AtWork, Wanted
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due, EventRow, Job
from apps.core.services import due
from apps.media.services import files
from apps.media.services.files import Received
from apps.media.services.generating import making
from apps.sites.models import Site
from apps.websites import planning, texts
from apps.websites.brief import Brief
from apps.websites.events import WebsiteBegun, WebsiteFailed, WebsiteMade
from apps.websites.models import Website
from apps.websites.services import building

KIND = "websites.generate"
SETTLE = "websites.settle"
OPERATION = "websites_generate"
STEPS = ("plan", "pictures", "translations", "content_types", "elements", "posts", "pages", "navigation")
RATIOS = {"hero": "16:9", "about": "4:3"}


@transaction.atomic
def start(
    *,
    actor: Actor,
    site: Site,
    brief: Brief,
    model: str = "",
    image_model: str = "",
    quote: str | None = None,
    key: str | None = None,
) -> Generation:
    """Holds the credits and begins; the job's result is `{website, documents}`. 403 unless the actor may write
    content, types and media of the site: then nothing is held."""
    building.require_may_build(actor, site)
    chosen = catalogue.model_for("text", model)
    asked = planning.asked(brief, chosen)
    calling.require_within(chosen, asked)
    painter = catalogue.model_for("image", image_model).id if brief.places else ""
    now = timezone.now()
    website = Website.objects.create(
        site=site,
        name=brief.name,
        brief=brief.written(),
        design=brief.design,
        steps=_steps(brief),
        created_by_id=actor.id if actor.kind == "user" else None,
        created_at=now,
        updated_at=now,
    )
    wanted = Wanted(
        kind=KIND,
        operation=OPERATION,
        model=chosen,
        quantities={**calling.estimate(chosen, asked), "images": len(brief.places)},
        prompt=f"{brief.name}: {brief.purpose}",
        requested_model=model,
        arguments={"website": website.pk, "image_model": painter},
        quote=quote,
        key=key,
    )
    generation = generations.start(actor=actor, site=site, wanted=wanted)
    if generation.arguments["website"] != website.pk:  # the same key: it is begun already
        website.delete()
        return generation
    website.job_id, website.generation_id = generation.job_id, generation.pk
    website.save(update_fields=["job_id", "generation_id"])
    due.plan(tenant_id=site.tenant_id, kind=SETTLE, subject=f"website:{website.pk}", at=now + generations.HELD)
    emit(WebsiteBegun(**building.about(website), design=website.design), actor=actor, tenant_id=site.tenant_id)
    return generation


def _steps(brief: Brief) -> list[dict[str, Any]]:
    totals = dict.fromkeys(STEPS, 1)
    totals |= {"pictures": len(brief.places), "posts": brief.posts, "translations": len(brief.locales) - 1}
    totals |= {"content_types": len(brief.sections), "elements": len(brief.sections), "pages": 1 + len(brief.pages)}
    return [{"name": name, "state": "waiting", "done": 0, "total": total} for name, total in totals.items() if total]


def run(job: Job) -> dict[str, Any]:
    """Job: makes the website, or leaves nothing of it."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        website = Website.objects.get(pk=work.generation.arguments["website"])
        try:
            return _made(work, website)
        except Exception:
            if work.delivered is None:
                fail(website.pk, tenant_id=job.tenant_id or 0)
            raise


def _made(work: AtWork, website: Website) -> dict[str, Any]:
    site = Site.objects.select_related("tenant").get(pk=website.site_id)
    brief = Brief.read(website.brief)
    maker = _Maker(work, website, site, brief)
    plan = maker.plan()
    pictures = maker.pictures(plan)
    translations = maker.translations(plan)
    output = Output(used=maker.used, facts=website.found.get("facts", {}))

    def save() -> Mapping[str, Any]:
        row = Website.objects.select_for_update().get(pk=website.pk)
        row.steps = website.steps
        building.build(
            row, actor=work.actor, site=site, brief=brief, plan=plan, pictures=pictures, translations=translations
        )
        for step in row.steps:
            row.step(step["name"], "done")
        row.notes, row.found, row.state, row.updated_at = _notes(website), {}, Website.State.DRAFT, timezone.now()
        row.save()
        due.cancel(tenant_id=site.tenant_id, kind=SETTLE, subject=f"website:{row.pk}")
        event = WebsiteMade(**building.about(row), documents=len(row.documents))
        emit(event, actor=work.actor, tenant_id=site.tenant_id)
        return {"website": row.pk, "documents": len(row.documents)}

    return work.deliver(output, save)


class _Maker:
    """Asks the models, step by step, and keeps in the row what they gave."""

    def __init__(self, work: AtWork, website: Website, site: Site, brief: Brief) -> None:
        self.work, self.website, self.site, self.brief = work, website, site, brief
        self.asked, self.to_ask = 0, 1 + len(brief.places) + len(brief.locales)

    @property
    def used(self) -> dict[str, float]:
        found: dict[str, float] = self.website.found.get("used", {})
        return found

    def plan(self) -> dict[str, Any]:
        """The texts, as a model wrote them."""
        found = self.website.found
        if "plan" not in found:
            self._note("plan", "working")
            row = self.work.generation
            model = catalogue.model_for("text", row.model)
            output = calling.call(model, planning.asked(self.brief, model), self._call("plan"))
            found["plan"] = planning.answer("".join(output.texts), self.brief)
            self._count(output)
            found["facts"] = dict(output.facts)
        self._note("plan", "done")
        plan: dict[str, Any] = found["plan"]
        return plan

    def pictures(self, plan: Mapping[str, Any]) -> dict[str, building.Picture]:
        """A received file for each place; those of a run that was killed are taken up again."""
        kept: dict[str, Any] = self.website.found.setdefault("pictures", {})
        for at, place in enumerate(self.brief.places):
            if place not in kept:
                self._note("pictures", "working", done=at)
                kept[place] = self._picture(place, at, **plan["pictures"][at])
                self._note("pictures", "working", done=at + 1)
        if self.brief.places:
            self._note("pictures", "done")
        return {
            place: building.Picture(received=Received(**one["received"]), alt=one["alt"], provenance=one["provenance"])
            for place, one in kept.items()
        }

    def _picture(self, place: str, at: int, *, prompt: str, alt: str) -> dict[str, Any]:
        model = catalogue.model_for("image", self.work.generation.arguments["image_model"])
        seed = None if self.brief.seed is None else self.brief.seed + at
        asked = Paint(prompt=prompt, aspect_ratio=RATIOS.get(place, "3:2"), format="jpeg", seed=seed)
        output = calling.call(model, asked, self._call(f"pictures.{place}"))
        self._count(output)
        made, source = output.files[0], making.source_type(self.work, model=model.id)
        received = making.stored(
            self.work,
            self.site,
            made,
            source,
            name=f"{self.brief.name[:60]} {place.replace('.', ' ')}",
            named=False,
            model=model.id,
            settled_in=generations.HELD + timedelta(minutes=10),
        )
        columns = received.columns()
        return {
            "received": {"path": columns.pop("file"), **columns},
            "alt": alt,
            "provenance": making.provenance(
                self.work,
                source,
                seed=made.seed,
                provider=model.provider,
                model=model.id,
                prompt=prompt,
                parameters={"website": self.website.pk},
                credits=0,
            ),
        }

    def translations(self, plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The plan in each of the other locales."""
        kept: dict[str, Any] = self.website.found.setdefault("translations", {})
        others = self.brief.locales[1:]
        for at, locale in enumerate(others):
            if locale not in kept:
                self._note("translations", "working", done=at)
                kept[locale] = self._translated(plan, locale)
                self._note("translations", "working", done=at + 1)
        if others:
            self._note("translations", "done")
        return dict(kept)

    def _translated(self, plan: Mapping[str, Any], locale: str) -> dict[str, Any]:
        model, whole = catalogue.model_for("translation"), texts.spoken(plan)
        found: list[str] = []
        for number, some in enumerate(texts.batches(whole, model.limits)):
            asked = Translate(texts=some, target=locale, source=self.brief.locales[0], format="markdown")
            output = calling.call(model, asked, self._call(f"{locale}.{number}"))
            self._count(output)
            found += output.texts
        if len(found) != len(whole):
            raise ProviderAway("The model left out some of the texts.")
        return texts.spoken_again(plan, found)

    def _call(self, part: str) -> Call:
        """One of several calls: its progress is a part of the job's."""
        call, before = self.work.call(part=part), self.asked
        tell = call.progress
        self.asked += 1
        call.progress = lambda part: tell(0.95 * min(1.0, (before + part) / self.to_ask))
        return call

    def _count(self, output: Output) -> None:
        total = self.website.found.setdefault("used", {})
        for name, amount in output.used.items():
            total[name] = total.get(name, 0) + amount

    def _note(self, step: str, state: str, *, done: int | None = None) -> None:
        """Keeps what there is, and tells the job, which may say that it shall end."""
        self.website.step(step, state, done=done)
        self.website.updated_at = timezone.now()
        self.website.save(update_fields=["steps", "found", "updated_at"])
        call = self.work.call()
        call.progress(0.95 * min(1.0, self.asked / self.to_ask))
        _ = call.seconds


def _notes(website: Website) -> list[str]:
    """What whoever looks at the website should know of how it came about."""
    if website.found.get("facts", {}).get("engine") == "template":
        return ["No language model is set up: the texts are templates to be rewritten."]
    return []


@transaction.atomic
def fail(website_id: int, *, tenant_id: int) -> None:
    """It comes to nothing: files on their way are discarded, and it is said. Once, whoever calls."""
    website = Website.objects.select_for_update().filter(pk=website_id, state=Website.State.BUILDING).first()
    if website is None:
        return
    for one in website.found.get("pictures", {}).values():
        due.hasten(tenant_id=tenant_id, kind=files.DISCARD, subject=one["received"]["path"])
    for step in website.steps:
        if step["state"] == "working":
            step["state"] = "failed"
    website.state, website.found, website.updated_at = Website.State.FAILED, {}, timezone.now()
    website.save(update_fields=["state", "found", "steps", "updated_at"])
    due.cancel(tenant_id=tenant_id, kind=SETTLE, subject=f"website:{website.pk}")
    actor = Actor.system(because="the generation of a website ended without it", tenant_id=tenant_id)
    emit(WebsiteFailed(**building.about(website)), actor=actor, tenant_id=tenant_id)


def follow_failure(event: EventRow) -> None:
    """Reaction to `GenerationFailed`: one that was cancelled before a worker had it."""
    row = Website.objects.filter(generation_id=event.subject_id).first()
    if row is not None:
        fail(row.pk, tenant_id=event.tenant_id or 0)


def settle(row: Due) -> None:
    """Due, when its credits are no longer held: a website whose workers died again and again has come to nothing."""
    website_id = int(row.subject.partition(":")[2])
    website = Website.objects.filter(pk=website_id, state=Website.State.BUILDING).first()
    if website is None:
        return
    if Job.objects.filter(generation=website.generation_id or 0).exclude(state__in=Job.FINAL).exists():
        due.again(row, after=timedelta(minutes=10))
    else:
        fail(website_id, tenant_id=row.tenant_id or 0)
