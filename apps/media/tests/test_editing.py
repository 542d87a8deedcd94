"""Pictures that a model changes: the same media with another file, or another media, or nothing at all."""

import contextvars
import io
from collections.abc import Callable
from typing import Any

import pytest
from defusedxml import ElementTree
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image

from apps.accounts.models import Membership, User
from apps.ai.models import Generation
from apps.ai.providers.local import darkroom
from apps.ai.services import calling
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.serializers.operations import OPERATIONS
from apps.media.tests import factories
from apps.media.tests.conftest import Studio
from tests.client import ApiClient

GRAY = {"operations": [{"op": "grayscale"}, {"op": "crop", "x": 0, "y": 0, "width": 32, "height": 32}]}


def opened(row: Media) -> Any:
    with default_storage.open(row.file) as file:
        return Image.open(io.BytesIO(file.read()))


def note_of(image: Any) -> dict[str, str]:
    """The properties of the XMP packet in the picture."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    if not packet:
        return {}
    tree = ElementTree.fromstring(packet.decode().split("?>", 1)[1].rsplit("<?", 1)[0])
    return {key.rpartition("}")[2]: value for element in tree.iter() for key, value in element.attrib.items()}


@pytest.fixture
def meanwhile(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Has something done, by a request, while the model is at work."""

    def install(deed: Callable[[], Any]) -> None:
        call = calling.call

        def called(*given: Any) -> Any:
            output = call(*given)
            contextvars.Context().run(deed)
            connection.set_tenant(studio.own.tenant)
            return output

        monkeypatch.setattr(calling, "call", called)

    return install


def test_an_edit_is_a_new_file_of_the_same_media_and_the_former_one_is_kept(studio: Studio, at_once: None) -> None:
    source = studio.picture(alt_text="Two halves")
    answer = studio.post(f"{source.pk}/edit", GRAY)
    assert (answer.status_code, answer.headers["X-Credits-Charged"], studio.spent) == (200, "4", 4)
    told = answer.json()
    assert (told["id"], told["revision"], told["alt_text"]) == (source.pk, 2, "Two halves")
    assert (told["width"], told["height"], told["media_type"]) == (32, 32, "image/png")
    assert told["url"] != source.url
    [before] = studio.client.get(f"/{studio.site}/media/{source.pk}/versions").json()["items"]
    assert (before["number"], before["url"], before["width"]) == (1, source.url, 64)
    said = told["provenance"]
    assert (said["model"], said["credits"], said["digital_source_type"]) == (
        "local/darkroom",
        4,
        "algorithmicallyEnhanced",
    )
    assert said["source"] == {"media": source.pk, "revision": 1, "generation": None}
    assert said["parameters"]["operations"] == GRAY["operations"]
    row = studio.row(source.pk)
    image = opened(row)
    red, green, blue = image.convert("RGB").getpixel((5, 5))
    assert red == green == blue
    assert note_of(image) == {
        "about": "",
        "DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced",
        "Credit": "Made with local/darkroom by Cognitor",
    }
    with inside(studio.own.tenant):
        names = EventRow.objects.filter(subject_type="media", subject_id=source.pk, site_id=studio.own.site.pk)
        assert list(names.order_by("pk").values_list("name", flat=True))[-1] == "media.media_replaced"
    again = studio.client.upload(
        f"/{studio.site}/media/{source.pk}/file",
        {"file": factories.file("b.png", default_storage.open(row.file).read())},
        method="PUT",
    ).json()
    assert again["provenance"] is None, "nobody knows where what was uploaded comes from"
    assert note_of(opened(studio.row(source.pk))) == {}


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_with_as_new_it_is_another_media_with_the_same_texts(format: str, studio: Studio, at_once: None) -> None:
    source = studio.picture(name="quay.png", alt_text="A quay", tags=["sea"])
    answer = studio.post(
        f"{source.pk}/edit", {"instruction": "Mirror it, please", "as_new": True, "output_format": format}
    )
    assert (answer.status_code, studio.spent) == (201, 4)
    told = answer.json()
    assert (told["alt_text"], told["tags"], told["revision"]) == ("A quay", ["sea"], 1)
    assert (told["media_type"], told["provenance"]["prompt"]) == (f"image/{format}", "Mirror it, please")
    assert studio.row(source.pk).revision == 1
    image = opened(studio.row(told["id"]))
    assert note_of(image)["DigitalSourceType"].endswith("/algorithmicallyEnhanced")
    red, _, blue = image.convert("RGB").getpixel((5, 5))
    assert red > blue, "blue was at the left"


def test_only_where_the_mask_is_opaque_anything_changes(studio: Studio, at_once: None) -> None:
    source = studio.picture()
    mask = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    mask.paste((255, 255, 255, 255), (0, 0, 32, 48))
    target = io.BytesIO()
    mask.save(target, "PNG")
    body = {"operations": [{"op": "invert"}], "mask_media_id": studio.picture(target.getvalue(), name="mask.png").pk}
    told = studio.post(f"{source.pk}/edit", body).json()
    image = opened(studio.row(told["id"])).convert("RGB")
    assert (image.getpixel((5, 5)), image.getpixel((60, 5))) == ((235, 195, 35), (200, 40, 40))
    small = studio.picture(factories.picture(size=(8, 8)), name="small.png").pk
    refused = studio.post(f"{source.pk}/edit", body | {"mask_media_id": small})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "mask_media_id")
    assert studio.holds == ["settled"]


@pytest.mark.parametrize("path", ["remove-background", "upscale"])
def test_a_cut_out_and_an_enlargement_come_back_the_same_way(path: str, studio: Studio, at_once: None) -> None:
    image = Image.new("RGB", (600, 400), "white")
    image.paste((180, 30, 30), (250, 150, 350, 250))
    target = io.BytesIO()
    image.save(target, "AVIF" if path == "upscale" else "JPEG")
    source = studio.picture(target.getvalue(), name="square.avif" if path == "upscale" else "square.jpg")
    answer = studio.post(f"{source.pk}/{path}", {})
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    made = opened(studio.row(source.pk))
    if path == "upscale":
        # 1200 × 800 pixels are 0.96 megapixels, at a credit each.
        assert (made.size, made.format, studio.spent) == ((1200, 800), "PNG", 1)
    else:
        assert (made.size, made.format, studio.spent) == ((600, 400), "PNG", 1)
        assert (made.getpixel((5, 5))[3], made.getpixel((300, 200))[3]) == (0, 255)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"instruction": "x", "operations": [{"op": "sepia"}]},
        {"operations": []},
        {"operations": [{"op": "explode"}]},
        {"operations": [{"op": "sepia", "amount": 1}]},
        {"operations": [{"op": "blur", "radius": "nan"}]},
        {"operations": [{"op": "crop"}]},
        {"operations": [{"op": "crop", "aspect_ratio": "1:1", "x": 3}]},
        {"operations": [{"op": "tint", "colour": "red"}]},
        {"operations": ["sepia"]},
        {"operations": [{"op": "sepia"}] * 21},
        {"operations": [{"op": "sepia"}], "mask_media_id": 2**62},
    ],
)
def test_what_cannot_be_asked_is_400_and_costs_nothing(body: Any, studio: Studio) -> None:
    source = studio.picture()
    assert studio.post(f"{source.pk}/edit", body).status_code == 400
    assert (studio.holds, studio.row(source.pk).revision) == ([], 1)


def test_what_may_be_asked_is_what_the_darkroom_knows() -> None:
    assert set(OPERATIONS) == set(darkroom.OPERATIONS)


def test_what_is_no_picture_and_what_the_model_cannot_take_is_refused(studio: Studio, at_once: None) -> None:
    text = studio.picture(b"words", name="a.txt")
    answer = studio.post(f"{text.pk}/upscale", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "media.picture.needed")
    source = studio.picture(factories.bomb(4000, 4000), name="large.png")
    answer = studio.post(f"{source.pk}/upscale", {})
    assert (answer.status_code, answer.json()["detail"]["limit"]) == (422, "pixels")
    assert studio.holds == []
    answer = studio.post(f"{studio.picture().pk}/edit", {"instruction": "Make the people smile"})
    assert (answer.status_code, answer.json()["code"]) == (422, "ai.request.beyond_model")
    assert (studio.holds, studio.spent) == (["released"], 0)


def test_a_file_that_somebody_replaced_meanwhile_is_not_overwritten(
    studio: Studio, at_once: None, meanwhile: Any
) -> None:
    source = studio.picture()
    path = f"/{studio.site}/media/{source.pk}/file"
    other = studio.own.client
    form = {"file": factories.file("b.png", factories.picture(size=(9, 9)))}
    meanwhile(lambda: other.upload(path, form, method="PUT"))
    answer = studio.post(f"{source.pk}/edit", GRAY)
    assert (answer.status_code, answer.json()["code"]) == (409, "media.changed")
    assert (studio.spent, studio.holds) == (0, ["released"])
    row = studio.row(source.pk)
    assert (row.revision, row.width, row.provenance) == (2, 9, None)


def test_another_media_is_made_of_the_file_that_it_was_asked_of(studio: Studio) -> None:
    source = studio.picture()
    begun = studio.post(f"{source.pk}/edit", GRAY | {"as_new": True, "sync_mode": False}).json()["id"]
    late = studio.post(f"{source.pk}/edit", GRAY | {"sync_mode": False}).json()["id"]
    form = {"file": factories.file("b.png", factories.picture(size=(9, 9)))}
    studio.client.upload(f"/{studio.site}/media/{source.pk}/file", form, method="PUT")
    jobs.run(begun)
    jobs.run(late)
    made = Generation.objects.get(job_id=begun)
    assert made.result is not None
    assert studio.row(made.result["media"][0]).width == 32
    error = Job.objects.get(pk=late).error
    assert error is not None
    assert error["code"] == "media.changed"
    assert (studio.holds, studio.spent) == (["settled", "released"], 4)


def test_an_edit_of_what_is_deleted_meanwhile_is_404_and_costs_nothing(
    studio: Studio, at_once: None, meanwhile: Any
) -> None:
    source = studio.picture()
    other = studio.own.client
    meanwhile(lambda: other.delete(f"/{studio.site}/media/{source.pk}"))
    answer = studio.post(f"{source.pk}/edit", GRAY)
    assert (answer.status_code, studio.spent, studio.holds) == (404, 0, ["released"])


def test_somebody_elses_picture_is_left_alone_by_who_may_not_change_it_even_when_that_is_taken_away_meanwhile(
    studio: Studio, at_once: None, meanwhile: Any
) -> None:
    name = studio.own.tenant.identifier
    person = studio.client.post("/users", {"email": f"author@{name}.test", "role": "author"}).json()["id"]
    author = ApiClient().login(User.objects.get(pk=person))
    source = studio.picture()
    answer = studio.post(f"{source.pk}/edit", GRAY, author)
    assert (answer.status_code, studio.holds) == (403, [])
    assert studio.post(f"{source.pk}/edit", GRAY | {"as_new": True}, author).status_code == 201
    own = studio.picture(author=User.objects.get(pk=person))
    before = studio.spent
    meanwhile(lambda: Membership.objects.filter(user_id=person).update(is_active=False))
    begun = studio.post(f"{own.pk}/edit", GRAY | {"sync_mode": False}, author).json()["id"]
    error = Job.objects.get(pk=begun).error
    assert error is not None
    assert (error["code"], studio.row(own.pk).revision, studio.spent - before) == ("auth.forbidden", 1, 0)
