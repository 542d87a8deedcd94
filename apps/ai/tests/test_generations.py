"""What models make: asked for, paid and delivered once, whatever happens meanwhile."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from apps.accounts.models import User
from apps.ai import catalogue
from apps.ai.errors import ContentRefused, ProviderAway
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Model, Output, Write
from apps.ai.services import calling
from apps.ai.services.offers import OPERATIONS
from apps.billing import selectors as billing
from apps.billing.models import Hold, Price
from apps.core.models import EventRow, IdempotencyKey, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.services import files
from conftest import Committed
from tests.client import ApiClient

pytestmark = pytest.mark.slow

PICTURE = {"prompt": "A calm blue cover with a compass", "name": "cover-smoke-test", "aspect_ratio": "16:9",
           "sync_mode": True, "num_images": 1, "output_format": "jpeg", "thinking_level": "high"}  # fmt: skip


def available(own: Committed) -> int:
    return billing.available(own.tenant.pk)


def holds(own: Committed) -> list[str]:
    return list(Hold.objects.filter(tenant_id=own.tenant.pk).order_by("pk").values_list("state", flat=True))


def ledger_is_clean() -> None:
    call_command("check_ledger", stdout=io.StringIO())


def test_a_picture_is_one_media_object_under_its_slugged_name_and_charged(rich: Committed, at_once: None) -> None:
    site = rich.site.identifier
    answer = rich.client.post(f"/{site}/media/generate", PICTURE)
    assert (answer.status_code, answer.headers["X-Credits-Charged"]) == (201, "4")
    told = answer.json()
    assert told["url"].endswith(f"/uploads/site_{rich.site.pk}/cover_smoke_test.jpg")
    assert (told["name"], told["media_type"], told["more"]) == ("cover-smoke-test", "image/jpeg", [])
    with inside(rich.tenant):
        row = Media.objects.get(pk=told["id"])
        with Image.open(default_storage.open(row.file)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (row.width, row.height))
    assert abs(told["width"] / told["height"] - 16 / 9) < 0.02
    file = rich.client.get(told["url"].removeprefix("http://testserver"))
    assert file["Content-Disposition"] == 'inline; filename="cover_smoke_test.jpg"'
    assert file["Cache-Control"] == "public, no-cache", "the name is given again when the file is gone"
    said = told["provenance"]
    assert (said["provider"], said["prompt"], said["credits"]) == ("local", PICTURE["prompt"], 4)
    assert said["digital_source_type"] == "algorithmicMedia"
    assert (available(rich), holds(rich)) == (96, ["settled"])
    again = rich.client.post(f"/{site}/media/generate", PICTURE).json()
    assert again["url"].endswith("/cover_smoke_test_2.jpg")
    ledger_is_clean()


def test_several_pictures_are_the_first_with_the_others(rich: Committed, at_once: None) -> None:
    answer = rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | {"num_images": 3, "seed": 5})
    told = answer.json()
    assert [one["provenance"]["seed"] for one in (told, *told["more"])] == [5, 6, 7]
    assert (answer.headers["X-Credits-Charged"], available(rich)) == ("12", 88)


def test_of_a_name_that_is_taken_in_the_same_moment_the_next_is_chosen(
    rich: Committed, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/{rich.site.identifier}/media/generate"
    rich.client.post(path, PICTURE)
    free, asked = files.free_path_named, []

    def late(*given: Any) -> str:
        """The first look is a moment old."""
        asked.append(given)
        return f"uploads/site_{rich.site.pk}/cover_smoke_test.jpg" if len(asked) == 1 else free(*given)

    monkeypatch.setattr(files, "free_path_named", late)
    answer = rich.client.post(path, PICTURE)
    assert (answer.status_code, len(asked)) == (201, 2)
    assert answer.json()["url"].endswith("/cover_smoke_test_2.jpg")


def test_pictures_that_did_not_come_are_not_charged_and_those_that_did_say_so(
    rich: Committed, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = calling.call

    def half(*given: Any) -> Output:
        output = call(*given)
        return replace(output, files=output.files[:1], used={"images": 1, "megapixels": 1})

    monkeypatch.setattr(calling, "call", half)
    answer = rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | {"num_images": 3})
    assert (answer.headers["X-Credits-Charged"], available(rich)) == ("4", 96)
    assert (answer.json()["provenance"]["credits"], answer.json()["more"]) == (4, [])


def test_who_may_see_everybodys_on_one_site_may_end_them_there(rich: Committed) -> None:
    person = rich.client.post("/users", {"email": f"one@{rich.tenant.identifier}.test", "role": "viewer"}).json()["id"]
    rich.client.put(f"/sites/{rich.site.identifier}/users/{person}", {"role": "site_admin"})
    begun = rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | {"sync_mode": False}).json()
    other = ApiClient().login(User.objects.get(pk=person))
    answer = other.post(f"/{rich.site.identifier}/generation/jobs/{begun['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert (available(rich), holds(rich)) == (100, ["released"])


def test_a_text_is_written_and_says_what_it_cost(rich: Committed, at_once: None) -> None:
    body = {"prompt": "Two sentences on content management for teams."}
    answer = rich.client.post(f"/{rich.site.identifier}/seo/generatetext", body)
    assert answer.status_code == 200
    told = answer.json()
    assert len(told["generated_text"]) > 40
    assert told["model"] == "local/writer"
    assert told["credits"] == int(answer.headers["X-Credits-Charged"]) == 100 - available(rich) > 0


def test_without_waiting_it_is_202_with_a_job_that_is_found_and_finished(rich: Committed) -> None:
    client, site = rich.client, rich.site.identifier
    answer = client.post(f"/{site}/media/generate", PICTURE | {"sync_mode": False})
    assert (answer.status_code, answer.json()["state"], answer.json()["held"]) == (202, "queued", 4)
    assert (available(rich), holds(rich)) == (96, ["open"])
    where = answer.headers["Location"]
    assert client.get(where).json()["progress"] == 0
    jobs.run(answer.json()["id"])
    found = client.get(where).json()
    assert (found["state"], found["progress"], found["charged"]) == ("succeeded", 1.0, 4)
    assert found["trace"]["provider"] == "local"
    with inside(rich.tenant):
        assert list(Media.objects.values_list("pk", flat=True)) == found["result"]["media"]
    assert [job["id"] for job in client.get(f"/{site}/generation/jobs?state=succeeded").json()["items"]] == [
        found["id"]
    ]
    assert client.get(f"/{site}/generation/jobs?state=failed").json()["items"] == []


def test_too_few_credits_are_402_and_nothing_has_begun(rich: Committed, at_once: None) -> None:
    answer = rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | {"num_images": 8})
    assert answer.status_code == 201
    assert available(rich) == 68
    for _ in range(2):
        rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | {"num_images": 8})
    answer = rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | {"num_images": 2})
    assert answer.status_code == 402
    assert answer.json()["detail"]["message"] == "There are not enough credits."
    assert (answer.json()["detail"]["needed"], answer.json()["detail"]["available"]) == (8, 4)
    assert Generation.objects.filter(tenant_id=rich.tenant.pk).count() == 3
    assert Job.objects.filter(tenant_id=rich.tenant.pk, kind="media.paint").count() == 3


def test_the_same_key_is_the_same_picture_and_one_charge(rich: Committed, at_once: None) -> None:
    path = f"/{rich.site.identifier}/media/generate"
    first, second = (rich.client.post(path, PICTURE, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert first.json() == second.json()
    assert (available(rich), holds(rich)) == (96, ["settled"])


def test_a_request_that_died_with_its_process_is_found_again_by_its_key(rich: Committed) -> None:
    """The web process was killed after it had begun: its key is free again, and the work is not begun anew."""
    path, headers = f"/{rich.site.identifier}/media/generate", {"Idempotency-Key": "lost"}
    begun = rich.client.post(path, PICTURE | {"sync_mode": False}, headers=headers).json()
    IdempotencyKey.objects.filter(tenant_id=rich.tenant.pk).delete()
    jobs.run(begun["id"])
    answer = rich.client.post(path, PICTURE | {"sync_mode": False}, headers=headers)
    assert (answer.status_code, answer.json()["provenance"]["generation"]) == (201, begun["id"])
    assert (available(rich), holds(rich)) == (96, ["settled"])


class Broken:
    """A provider that answers as it is told."""

    models = (Model(id="broken/one", task="text", provider="broken", name="one", units=("tokens",)),)

    def __init__(self, *answers: Any) -> None:
        self.answers, self.calls = list(answers), 0

    def write(self, model: str, asked: Write, call: Call) -> Output:
        self.calls += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(call) if callable(answer) else Output(texts=(answer,), used={"tokens": 1000})


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(*answers: Any) -> Broken:
        made = Broken(*answers)
        monkeypatch.setitem(catalogue._PROVIDERS, "broken", lambda: made)
        monkeypatch.setattr(calling, "FIRST_PAUSE", 0.001)
        return made

    return install


def write(own: Committed, **more: Any) -> Any:
    body = {"prompt": "Anything", "model": "broken/one"} | more
    return own.client.post(f"/{own.site.identifier}/seo/generatetext", body)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ContentRefused(), 422, "ai.content.refused"),
        (ProviderAway(again=False), 503, "ai.provider.away"),
        (ZeroDivisionError(), 502, "ai.generation.failed"),
    ],
)
def test_what_fails_costs_nothing_and_says_why(
    error: Exception, status: int, code: str, rich: Committed, at_once: None, broken: Any
) -> None:
    broken(error)
    answer = write(rich)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (available(rich), holds(rich)) == (100, ["released"])
    [row] = EventRow.objects.filter(tenant_id=rich.tenant.pk, name="ai.generation_failed")
    assert row.subject_id == Generation.objects.get(tenant_id=rich.tenant.pk).pk
    ledger_is_clean()


def test_what_is_charged_is_what_was_used_and_never_more_than_was_held(
    rich: Committed, at_once: None, broken: Any
) -> None:
    broken("a text", lambda call: Output(texts=("long",), used={"tokens": 1_000_000}))
    assert write(rich, max_tokens=8_000).headers["X-Credits-Charged"] == "1"
    held = write(rich, max_tokens=2_000, sync_mode=True)
    assert held.headers["X-Credits-Charged"] == str(Generation.objects.latest("pk").held)
    assert available(rich) == 100 - 1 - Generation.objects.latest("pk").held


def test_a_job_that_runs_twice_delivers_and_charges_once(rich: Committed, at_once: None, broken: Any) -> None:
    provider = broken("once", "twice")
    told = write(rich).json()
    Job.objects.filter(pk=told["job_id"]).update(state=Job.State.QUEUED)
    jobs.run(told["job_id"])
    job = Job.objects.get(pk=told["job_id"])
    assert job.result
    assert (job.state, job.result["text"], provider.calls) == ("succeeded", "once", 1)
    assert (available(rich), holds(rich)) == (99, ["settled"])


def test_one_that_was_cancelled_before_it_began_gives_its_credits_back(rich: Committed, broken: Any) -> None:
    provider, client = broken("never"), rich.client
    job = write(rich, sync_mode=False).json()["id"]
    path = f"/{rich.site.identifier}/generation/jobs/{job}"
    assert client.post(f"{path}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{path}/cancel").json()["state"] == "cancelled"
    jobs.run(job)
    assert (provider.calls, available(rich), holds(rich)) == (0, 100, ["released"])
    assert EventRow.objects.filter(tenant_id=rich.tenant.pk, name="ai.generation_failed").count() == 1


def test_cancelled_as_a_job_it_gives_its_credits_back_too(rich: Committed) -> None:
    job = write(rich, model="", sync_mode=False).json()["id"]
    assert holds(rich) == ["open"]
    assert rich.client.post(f"/jobs/{job}/cancel?dry_run=true").status_code == 200
    assert holds(rich) == ["open"]
    assert rich.client.post(f"/jobs/{job}/cancel").json()["state"] == "cancelled"
    assert (available(rich), holds(rich)) == (100, ["released"])
    assert EventRow.objects.get(tenant_id=rich.tenant.pk, name="ai.generation_failed").data["code"] == "cancelled"


def test_one_whose_workers_died_again_and_again_gives_its_credits_back_when_it_is_given_up(rich: Committed) -> None:
    done, lost = (write(rich, model="", sync_mode=False).json()["id"] for _ in range(2))
    jobs.run(done)
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk__in=[done, lost]).update(state="running", attempts=jobs.MAX_ATTEMPTS, lease_until=past)
    jobs.requeue_lost()
    assert {str(job.pk): job.state for job in Job.objects.filter(pk__in=[done, lost])} == dict.fromkeys(
        [done, lost], "failed"
    )
    assert (available(rich), holds(rich)) == (99, ["settled", "released"])
    assert EventRow.objects.get(tenant_id=rich.tenant.pk, name="ai.generation_failed").data["code"] == "lost"
    ledger_is_clean()


def test_one_that_is_cancelled_at_work_ends_at_its_next_step(rich: Committed, at_once: None, broken: Any) -> None:
    def wait(call: Call) -> Output:
        Job.objects.filter(tenant_id=rich.tenant.pk, kind="ai.write").update(cancel_requested=True)
        _ = call.seconds
        return Output(texts=("too late",))

    broken(wait)
    answer = write(rich)
    assert (answer.status_code, answer.json()["code"]) == (409, "ai.generation.cancelled")
    assert (available(rich), holds(rich)) == (100, ["released"])


def test_a_result_whose_hold_has_ended_is_not_handed_out(rich: Committed, at_once: None, broken: Any) -> None:
    from apps.billing.services import holds as service
    from apps.core.actor import Actor

    def outlast(call: Call) -> Output:
        hold = Hold.objects.get(tenant_id=rich.tenant.pk)
        service.expire(actor=Actor.system(because="tests"), tenant_id=rich.tenant.pk, hold_id=hold.pk)
        return Output(texts=("unpaid",), used={"tokens": 10})

    broken(outlast)
    answer = write(rich)
    assert (answer.status_code, answer.json()["code"]) == (409, "ai.generation.unpaid")
    assert (available(rich), holds(rich)) == (100, ["expired"])
    assert Generation.objects.get(tenant_id=rich.tenant.pk).result is None


def test_models_are_told_with_limits_and_this_tenants_prices(rich: Committed) -> None:
    told = rich.client.get(f"/{rich.site.identifier}/generation/models?task=image").json()
    assert [(model["id"], model["default"], model["prices"]) for model in told] == [
        ("local/painter", True, {"image": "4.000000"})
    ]
    tasks = {model["task"] for model in rich.client.get(f"/{rich.site.identifier}/generation/models").json()}
    assert tasks == set(OPERATIONS)


def test_a_model_that_is_not_here_is_the_tasks_default_and_both_are_told(rich: Committed) -> None:
    body = PICTURE | {"model": "vendor/unknown-9", "sync_mode": False}
    told = rich.client.post(f"/{rich.site.identifier}/media/generate", body).json()
    assert (told["model"], told["requested_model"]) == ("local/painter", "vendor/unknown-9")


def test_a_quote_holds_when_the_price_has_changed(rich: Committed, at_once: None) -> None:
    client, path = rich.client, f"/{rich.site.identifier}/media/generate"
    client.post(path, PICTURE)
    counted = Generation.objects.get(tenant_id=rich.tenant.pk).quantities
    asked = {"operation": "media_generate_image", "model": "local/painter", "quantities": counted}
    quote = client.post("/credits/quote", asked).json()
    assert quote["credits"] == 4
    Price.objects.filter(setting__operation="media_generate_image").update(credits=9)
    assert client.post(path, PICTURE | {"quote": quote["quote"]}).headers["X-Credits-Charged"] == "4"
    assert client.post(path, PICTURE).headers["X-Credits-Charged"] == "9"


@pytest.mark.parametrize(
    "wrong",
    [{"aspect_ratio": "wide"}, {"num_images": 0}, {"num_images": 11}, {"output_format": "tiff"}, {"prompt": ""}],
)
def test_what_cannot_be_asked_is_400_and_costs_nothing(wrong: dict[str, Any], rich: Committed) -> None:
    answer = rich.client.post(f"/{rich.site.identifier}/media/generate", PICTURE | wrong)
    assert answer.status_code == 400
    assert (available(rich), holds(rich)) == (100, [])
