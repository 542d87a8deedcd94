"""A website of a brief: made once, paid once, all of it drafts; or nothing at all."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from apps.accounts.models import Membership
from apps.ai.errors import ContentRefused, ProviderAway
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Made, Output
from apps.billing import selectors as billing
from apps.billing.models import Hold
from apps.billing.tests.factories import spend
from apps.content.models import ContentType, Element, Page, Post, PublicDocument
from apps.core.models import Due, EventRow, Job
from apps.core.services import due, jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.tests.factories import picture
from apps.websites.models import Website
from apps.websites.tests.conftest import Studio
from apps.websites.tests.pages import opened
from conftest import AsRole, Committed, Users

pytestmark = pytest.mark.slow

BRIEF: dict[str, Any] = {
    "name": "Marlow & Finch",
    "purpose": "Books bound by hand in a small studio by the sea. We sew, fold and press one volume at a time.",
    "audience": "people who still keep books",
    "design": "atelier",
    "pictures": False,
    "posts": 2,
    "sync_mode": True,
}
VENDOR = {"model": "studio/text", "image_model": "studio/image"}


def generate(own: Committed, **more: Any) -> Any:
    return own.client.post(f"/{own.site.identifier}/websites/generate", BRIEF | more)


def counts(own: Committed) -> dict[str, int]:
    with inside(own.tenant):
        return {model.__name__: model.objects.count() for model in (ContentType, Element, Post, Page, Media)}


NOTHING = {"ContentType": 0, "Element": 0, "Post": 0, "Page": 0, "Media": 0}


def money(own: Committed) -> tuple[int, list[str]]:
    call_command("check_ledger", stdout=io.StringIO())
    states = Hold.objects.filter(tenant_id=own.tenant.pk).order_by("pk").values_list("state", flat=True)
    return billing.available(own.tenant.pk), list(states)


def a_picture() -> Output:
    return Output(files=(Made(content=picture("JPEG", (60, 40)), media_type="image/jpeg"),), used={"images": 1})


def test_a_brief_becomes_drafts_below_one_page_and_is_charged_once(rich: Committed, at_once: None) -> None:
    answer = generate(rich)
    assert (answer.status_code, answer.headers["X-Credits-Charged"]) == (201, "100")
    told, site = answer.json(), rich.site.identifier
    assert (told["state"], told["design"], told["progress"]) == ("draft", "atelier", 1.0)
    assert {step["state"] for step in told["steps"]} == {"done"}
    assert told["notes"] == ["No language model is set up: the texts are templates to be rewritten."]
    assert counts(rich) == {"ContentType": 7, "Element": 7, "Post": 2, "Page": 4, "Media": 0}
    with inside(rich.tenant):
        assert not PublicDocument.objects.exists()
        home = Page.objects.get(parent=None)
        assert (home.pk, home.slug, home.author_id) == (told["page_id"], "marlow-finch", rich.admin.pk)
        below = list(Page.objects.filter(parent=home).order_by("position").values_list("slug", flat=True))
    assert below == ["about", "journal", "contact"]
    hero = rich.client.get(f"/{site}/elements?type_identifier=website-hero").json()["items"][0]
    assert hero["data"]["title"] == "Books bound by hand in a small studio by the sea"
    assert rich.client.get(f"/{site}/pages/{hero['data']['action_page']}").json()["slug"] == "contact"
    assert rich.client.get(f"/{site}/websites").json()["items"] == [
        rich.client.get(f"/{site}/websites/{told['id']}").json()
    ]
    assert money(rich) == (200, ["settled"])
    names = EventRow.objects.filter(tenant_id=rich.tenant.pk, subject_type="website").order_by("pk")
    assert list(names.values_list("name", flat=True)) == ["websites.website_begun", "websites.website_made"]


def test_a_second_website_takes_free_slugs_and_the_types_that_are_there(rich: Committed, at_once: None) -> None:
    generate(rich)
    second = generate(rich).json()
    assert counts(rich) == {"ContentType": 7, "Element": 14, "Post": 4, "Page": 8, "Media": 0}
    with inside(rich.tenant):
        assert Page.objects.get(pk=second["page_id"]).slug == "marlow-finch-2"
        changed = ContentType.objects.get(key="website-hero")
    rich.client.patch(f"/{rich.site.identifier}/contenttypes/{changed.pk}", {"schema": {"type": "object"}})
    generate(rich)
    with inside(rich.tenant):
        assert ContentType.objects.get(pk=changed.pk).schema == {"type": "object"}, "a type that was changed stays so"
        assert ContentType.objects.filter(key="website-hero-2").exists()
        assert ContentType.objects.count() == 8


def test_pictures_become_media_and_texts_are_translated(rich: Committed, at_once: None, studio: Studio) -> None:
    rich.client.put(f"/{rich.site.identifier}/locales", {"default": "en", "enabled": ["en", "de"]})
    studio.pictures = [a_picture(), a_picture()]
    told = generate(rich, **VENDOR, pictures=3, locales=["en", "de"], seed=4).json()
    assert [asked.seed for asked in studio.asked] == [4, 4, 5]
    with inside(rich.tenant):
        about = Element.objects.get(type__key="website-about")
        media = Media.objects.get(pk=about.data["image"])
        assert Media.objects.count() == 2
        assert not Due.objects.filter(tenant_id=rich.tenant.pk, kind="media.discard_file").exists()
    assert (media.provenance or {})["model"] == "studio/image"
    assert [
        use["doc_id"] for use in rich.client.get(f"/{rich.site.identifier}/media/{media.pk}/usage").json()["items"]
    ] == [about.pk]
    page = opened(told["preview_url"] + "de/")
    assert (page.all("html")[0].attributes["lang"], page.texts("nav")[0]) == ("de", "StartÜber unsJournalKontakt")
    assert {image.attributes["width"] for image in page.all("img")} == {"60"}


@pytest.mark.parametrize(
    ("texts", "pictures", "status", "code"),
    [
        ([ContentRefused()], [], 422, "ai.content.refused"),
        ([], [a_picture(), ProviderAway(again=False)], 503, "ai.provider.away"),
        ([Output(texts=('{"summary": "no more"}',))], [], 503, "ai.provider.away"),
        ([ZeroDivisionError()], [], 502, "ai.generation.failed"),
    ],
)
def test_when_a_provider_fails_midway_nothing_is_left_and_the_credits_are_back(
    texts: list[Any], pictures: list[Any], status: int, code: str, rich: Committed, at_once: None, studio: Studio
) -> None:
    studio.texts, studio.pictures = [*texts], [*pictures]
    answer = generate(rich, **VENDOR, pictures=2)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert counts(rich) == NOTHING
    assert money(rich) == (300, ["released"])
    told = rich.client.get(f"/{rich.site.identifier}/websites").json()["items"]
    assert [(one["state"], one["documents"], one["preview_url"]) for one in told] == [("failed", [], None)]
    files = Due.objects.filter(tenant_id=rich.tenant.pk, kind="media.discard_file")
    assert files.count() == len(pictures[:-1])
    due.run()
    assert not files.exists(), "a picture that was there already is deleted at once"


def test_who_may_not_make_it_any_more_when_the_models_are_done_leaves_nothing_and_pays_nothing(
    rich: Committed, at_once: None, studio: Studio
) -> None:
    studio.texts = [lambda call: Membership.objects.filter(user=rich.admin).update(role="viewer")]
    assert generate(rich, **VENDOR).status_code == 403
    assert counts(rich) == NOTHING
    assert money(rich) == (300, ["released"])


def test_a_job_whose_worker_died_goes_on_and_makes_nothing_twice(rich: Committed, studio: Studio) -> None:
    class Killed(BaseException):
        """The process is gone: nothing is caught, nothing cleaned."""

    def die(call: Call) -> None:
        raise Killed

    studio.pictures = [a_picture(), die, a_picture()]
    job = generate(rich, **VENDOR, pictures=2, sync_mode=False).json()["id"]
    with pytest.raises(Killed):
        jobs.run(job)
    with inside(rich.tenant):
        assert Website.objects.get().state == "building"
    assert counts(rich) == NOTHING
    for _ in range(2):
        Job.objects.filter(pk=job).update(state=Job.State.QUEUED)
        jobs.run(job)
    assert counts(rich) == {"ContentType": 7, "Element": 7, "Post": 2, "Page": 4, "Media": 2}
    assert len(studio.asked) == 4, "one text, two pictures, and the one over which it died"
    assert money(rich) == (200, ["settled"])


def test_one_that_is_cancelled_or_lost_before_its_end_has_failed(
    rich: Committed, deliver_events: Any, settings: Any
) -> None:
    site, client = rich.site.identifier, rich.client
    cancelled = generate(rich, sync_mode=False).json()
    assert client.post(f"/{site}/generation/jobs/{cancelled['id']}/cancel").json()["state"] == "cancelled"
    deliver_events()
    lost = generate(rich, sync_mode=False).json()
    Job.objects.filter(pk=lost["id"]).update(state=Job.State.FAILED)
    Due.objects.filter(kind="websites.settle").update(at="2026-01-01T00:00:00Z")
    due.run()
    assert [one["state"] for one in client.get(f"/{site}/websites?state=failed").json()["items"]] == ["failed"] * 2
    assert counts(rich) == NOTHING


def test_the_same_key_is_the_same_website(rich: Committed, at_once: None) -> None:
    path, headers = f"/{rich.site.identifier}/websites/generate", {"Idempotency-Key": "once"}
    first, second = (rich.client.post(path, BRIEF, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    with inside(rich.tenant):
        assert Website.objects.count() == 1
    assert money(rich) == (200, ["settled"])


def test_too_few_credits_are_402_and_nothing_has_begun(rich: Committed, at_once: None) -> None:
    spend(rich.tenant, 201)
    answer = generate(rich)
    assert (answer.status_code, answer.json()["detail"]["needed"]) == (402, 100)
    assert counts(rich) == NOTHING
    with inside(rich.tenant):
        assert not Website.objects.exists()


def test_who_may_generate_but_not_write_types_is_refused_before_anything_is_held(as_role: AsRole, users: Users) -> None:
    answer = as_role("editor").post("/alpha-site/websites/generate", BRIEF)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
    assert (Hold.objects.count(), Generation.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 20_000},
        {"purpose": "x" * 20_000},
        {"sections": ["hero", "shop"]},
        {"locales": ["fr"]},
        {"design": "brutal"},
        {"colours": {"primary": "red;}"}},
        {"posts": 6},
        {"pictures": 9},
    ],
)
def test_a_brief_that_cannot_be_taken_is_400_and_costs_nothing(
    wrong: dict[str, Any], as_role: AsRole, db: None
) -> None:
    assert as_role("site_admin").post("/alpha-site/websites/generate", BRIEF | wrong).status_code == 400
    assert (Hold.objects.count(), Generation.objects.count()) == (0, 0)
