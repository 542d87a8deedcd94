"""Films that a model makes, and work that goes on where another process died over it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from apps.ai.models import Generation
from apps.billing.models import Hold
from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.tests import factories
from apps.media.tests.conftest import Studio
from tests.client import ApiClient

pytestmark = pytest.mark.slow

FILM = {"prompt": "A calm sea", "seconds": 1, "aspect_ratio": "1:1"}
KLING = "/fal-ai/kling-video/v1.6/standard"


def path_of(url: str) -> str:
    return url.removeprefix("http://testserver/files/")


def test_who_waits_for_a_film_is_answered_with_it_and_its_poster(studio: Studio, at_once: None) -> None:
    answer = studio.post("generate-video", FILM | {"sync_mode": True})
    assert (answer.status_code, answer.headers["X-Credits-Charged"], answer.json()["duration"]) == (201, "10", 1.0)
    assert default_storage.exists(path_of(answer.json()["poster"]))


def test_a_film_of_a_still_is_media_with_a_poster_and_charged_by_the_second(studio: Studio) -> None:
    still = studio.picture(factories.picture("AVIF", (64, 64)), name="still.avif")
    answer = studio.post("generate-video", FILM | {"media_ids": [still.pk], "captions": ["The sea"], "name": "Sea"})
    assert (answer.status_code, studio.spent) == (202, 10)
    begun = answer.json()
    assert (begun["operation"], begun["arguments"]["media_ids"]) == ("media_generate_video", [still.pk])
    jobs.run(begun["id"])
    told = studio.client.get(f"/{studio.site}/generation/jobs/{begun['id']}").json()
    assert (told["state"], told["charged"], told["trace"]["engine"], told["trace"]["stills"]) == (
        "succeeded", 10, "projector", 1,
    )  # fmt: skip
    film = studio.client.get(f"/{studio.site}/media/{told['result']['media'][0]}").json()
    assert film["url"].endswith("/sea.mp4")
    assert (film["media_type"], film["duration"], film["width"]) == ("video/mp4", 1.0, 960)
    assert film["placeholder"]
    assert film["provenance"]["digital_source_type"] == "algorithmicMedia"
    [poster] = studio.client.get(f"/{studio.site}/media/{film['id']}/renditions").json()["items"]
    assert poster["url"] == told["result"]["poster"]
    with Image.open(default_storage.open(path_of(poster["url"]))) as image:
        assert (image.format, image.size) == ("JPEG", (960, 960))
    studio.client.delete(f"/{studio.site}/media/{film['id']}")
    with inside(studio.own.tenant):
        assert not Media.objects.filter(pk=film["id"]).exists()


@pytest.mark.parametrize("body", [{"seconds": 0}, {"seconds": 61}, {"seconds": "nan"}, {"media_ids": [2**62]},
                                  {"media_ids": [1] * 11}, {"captions": ["a"] * 11}, {"prompt": ""}])  # fmt: skip
def test_a_film_that_cannot_be_asked_for_is_400_and_costs_nothing(body: Any, studio: Studio) -> None:
    assert studio.post("generate-video", FILM | body).status_code == 400
    assert (studio.holds, studio.spent) == ([], 0)


def test_a_still_of_another_site_is_none(studio: Studio) -> None:
    name = f"{studio.site}-two"
    studio.client.post("/sites", {"identifier": name, "name": "Two"})
    still = studio.picture()
    other = ApiClient().login(studio.own.admin)
    answer = other.post(f"/{name}/media/generate-video", FILM | {"media_ids": [still.pk]})
    assert (answer.status_code, answer.json()["errors"][0]["field"], studio.holds) == (400, "media_ids", [])


@pytest.mark.usefixtures("open_egress")
def test_a_film_of_a_vendor_is_as_long_as_it_makes_them_and_quoted_so(studio: Studio, vendors: Any) -> None:
    def quoted(seconds: int) -> str:
        asked = {"operation": "media_generate_video", "model": f"fal{KLING}/text-to-video",
                 "quantities": {"seconds": seconds}}  # fmt: skip
        quote: str = studio.client.post("/credits/quote", asked).json()["quote"]
        return quote

    body = {"prompt": "A calm sea", "seconds": 3}
    refused = studio.post("generate-video", body | {"quote": quoted(3)})
    assert (refused.status_code, refused.json()["code"]) == (400, "billing.quote.invalid")
    for beyond in ({"seconds": 11}, {"captions": ["None"]}, {"media_ids": [studio.picture().pk, studio.picture().pk]}):
        answer = studio.post("generate-video", body | beyond)
        assert (answer.status_code, answer.json()["code"]) == (422, "ai.request.beyond_model")
    assert studio.holds == []
    still = studio.picture()
    begun = studio.post("generate-video", body | {"quote": quoted(5), "media_ids": [still.pk]}).json()
    assert (begun["held"], begun["arguments"]["seconds"]) == (50, 5)
    jobs.run(begun["id"])
    told = studio.client.get(f"/{studio.site}/generation/jobs/{begun['id']}").json()
    assert (told["state"], told["charged"], studio.spent) == ("succeeded", 50, 50)
    [asked] = [one for one in vendors.seen() if one["method"] == "POST"]
    assert (asked["path"], asked["body"]["duration"]) == (f"{KLING}/image-to-video", "5")
    assert asked["body"]["image_url"].startswith("data:image/png;base64,")


@pytest.mark.usefixtures("open_egress")
def test_a_killed_worker_leaves_its_vendors_work_to_the_next_who_does_not_order_it_again(
    studio: Studio, vendors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = studio.post("generate-video", {"prompt": "A calm sea"}).json()["id"]

    def die(*given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr("apps.ai.providers.fal.Fal._wait", die)
        jobs.run(begun)
    row = Generation.objects.get(job_id=begun)
    number, _, handle = row.handle.partition(" ")
    assert (number, handle.startswith("request-"), studio.holds) == ("", True, ["open"])
    Job.objects.filter(pk=begun).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.run(begun)
    told = studio.client.get(f"/{studio.site}/generation/jobs/{begun}").json()
    assert (told["state"], told["trace"]["request"], studio.spent) == ("succeeded", handle, 50)
    seen = [(one["method"], one["path"].rpartition("/requests/")[2]) for one in vendors.seen()]
    assert [what for method, what in seen if method == "POST"] == [f"{KLING}/text-to-video"]
    assert seen[-2] == ("GET", handle)
    assert Hold.objects.get(pk=row.hold_id).state == "settled"
