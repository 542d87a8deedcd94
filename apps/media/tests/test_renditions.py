"""Pictures made of a picture: what may be asked for, what is made, where it is kept, and what it costs."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from apps.core import ratelimit
from apps.core.tenancy import inside
from apps.media.models import Media, Rendition
from apps.media.services import renditions
from apps.media.tests import factories
from apps.sites.models import Tenant
from conftest import AsRole
from tests.client import ApiClient


def view(api: ApiClient, media: Media, query: str, **options: Any) -> Any:
    return api.get(f"/public/alpha-site/media/{media.pk}/view?{query}", **options)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def opened(answer: Any) -> Image.Image:
    assert answer.status_code == 200
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def rows(site: Any) -> list[Rendition]:
    with inside(site.tenant):
        return list(Rendition.objects.order_by("pk"))


@pytest.fixture
def media(site_a: Any) -> Media:
    """600 × 400, its left half blue and its right half red."""
    return factories.make(site_a, content=factories.camera("JPEG", size=(600, 400)), name="quay.jpg")


@pytest.mark.parametrize(
    ("query", "format", "size"),
    [
        ("w=256", "WEBP", (256, 171)),
        ("w=200&format=jpeg", "JPEG", (256, 171)),
        ("h=128&format=png", "PNG", (192, 128)),
        ("w=256&h=256&format=avif", "AVIF", (256, 256)),
        ("w=256&h=256&fit=contain&format=png", "PNG", (256, 256)),
        ("w=256&h=256&fit=inside", "WEBP", (256, 171)),
        ("w=4000", "WEBP", (600, 400)),
        ("format=webp", "WEBP", (600, 400)),
    ],
)
def test_a_rendition_has_the_format_and_size_that_were_asked_for(
    api: ApiClient, media: Media, query: str, format: str, size: tuple[int, int]
) -> None:
    answer = view(api, media, query)
    with opened(answer) as picture:
        assert (picture.format, picture.size) == (format, size)
        assert not picture.getexif()
        assert "CAMERA" not in str(picture.info)
    assert answer["Content-Type"] == f"image/{format.lower()}"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_rendition_is_made_once_and_lies_at_an_address_of_its_own_for_ever(
    api: ApiClient, media: Media, site_a: Any
) -> None:
    first, again = view(api, media, "w=256"), view(api, media, "w=200&foo=bar")
    (row,) = rows(site_a)
    assert first["Content-Location"] == again["Content-Location"] == row.url
    assert first["Cache-Control"] == "public, no-cache"
    assert view(api, media, "w=256", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert re.fullmatch(rf"uploads/site_{site_a.pk}/[0-9a-f]{{8}}_quay_256x171\.webp", row.file)
    direct = api.get(row.url.removeprefix("http://testserver"))
    assert "immutable" in direct["Cache-Control"]
    assert body(direct) == body(first)
    tenant = Tenant.objects.get(pk=site_a.tenant_id)
    assert tenant.used_storage_bytes == media.file_size + row.file_size


def test_what_anybody_may_ask_for_is_bounded(api: ApiClient, media: Media, site_a: Any) -> None:
    for width in range(1, 700, 90):
        for quality in (1, 33, 49):
            view(api, media, f"w={width}&q={quality}")
    assert {row.width for row in rows(site_a)} == {64, 128, 256, 384, 512, 600}
    assert len(rows(site_a)) == 6


def test_past_a_number_of_renditions_it_is_the_file_itself(
    api: ApiClient, media: Media, site_a: Any, monkeypatch: pytest.MonkeyPatch, as_role: AsRole
) -> None:
    monkeypatch.setattr(renditions, "MOST", 1)
    view(api, media, "w=64")
    with opened(view(api, media, "w=128")) as picture:
        assert picture.size == (600, 400)
    url = as_role("viewer").get(f"/alpha-site/media/{media.pk}/renditions?w=128").json()["signed_url"]
    with opened(api.get(url.removeprefix("http://testserver"))) as picture:
        assert picture.size == (128, 85)
    assert len(rows(site_a)) == 2


def test_with_a_signature_nothing_is_rounded_and_it_holds_for_nothing_else(
    api: ApiClient, media: Media, site_a: Any, as_role: AsRole
) -> None:
    other = factories.make(site_a, content=factories.picture("JPEG", (600, 400)))
    path = f"/alpha-site/media/{media.pk}/renditions?w=123&h=77&q=41&fp=0.9,0.1&format=jpeg"
    url = as_role("viewer").get(path).json()["signed_url"].removeprefix("http://testserver")
    with opened(api.get(url)) as picture:
        assert picture.size == (123, 77)
    unsigned, moved = url.partition("&s=")[0], url.replace(f"media/{media.pk}/", f"media/{other.pk}/")
    for changed in (url.replace("w=123", "w=124"), f"{unsigned}&s=%C3%A9", unsigned, moved):
        with opened(api.get(changed)) as picture:
            assert picture.size == (128, 128)


def test_the_focal_point_stays_in_the_picture(api: ApiClient, media: Media, as_role: AsRole) -> None:
    def colour(query: str) -> str:
        with opened(view(api, media, f"w=64&h=128&format=png&{query}")) as picture:
            red, _, blue = picture.convert("RGB").getpixel((32, 64))  # type: ignore[misc]
            return "red" if red > blue else "blue"

    assert (colour("fp=0,0.5"), colour("fp=1,0.5")) == ("blue", "red")
    as_role("editor").patch(f"/alpha-site/media/{media.pk}", {"focal_x": 0.9, "focal_y": 0.5})
    assert colour("") == "red"
    as_role("editor").patch(f"/alpha-site/media/{media.pk}", {"focal_x": 0.1})
    assert colour("") == "blue"


@pytest.mark.parametrize("query", ["w=0", "w=x", "w=5000", "h=-1", "fit=tile", "format=gif", "q=101", "fp=2,0", "fp=1"])
def test_what_is_no_size_is_refused(api: ApiClient, media: Media, site_a: Any, query: str) -> None:
    assert view(api, media, f"format=webp&{query}").status_code == 400
    assert rows(site_a) == []


def test_what_is_no_picture_of_pixels_comes_as_it_is(api: ApiClient, site_a: Any) -> None:
    text = factories.make(site_a, content=b"hello", name="a.txt")
    answer = view(api, text, "w=64")
    assert b"".join(answer.streaming_content) == b"hello"
    drawing = factories.make(site_a, content=b'<svg xmlns="http://www.w3.org/2000/svg"/>', name="a.svg")
    answer = view(api, drawing, "w=64")
    assert (answer["Content-Type"], "sandbox" in answer["Content-Security-Policy"]) == ("image/svg+xml", True)
    assert rows(site_a) == []


def test_an_address_that_has_too_many_made_is_told_to_wait(
    api: ApiClient, media: Media, site_a: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setitem(ratelimit.RATES, "render", ratelimit.Rate("render", 1, 3600))
    assert view(api, media, "w=64").status_code == 200
    answer = view(api, media, "w=128")
    assert (answer.status_code, int(answer["Retry-After"]) > 1) == (429, True)
    assert view(api, media, "w=64").status_code == 200
    assert len(rows(site_a)) == 1


def test_of_two_who_ask_for_the_same_one_makes_it_and_the_other_waits(
    api: ApiClient, media: Media, site_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions, "_claimed", lambda lock: False)
    monkeypatch.setattr(renditions, "PATIENCE", 0.2)
    answer = view(api, media, "w=64")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert rows(site_a) == []


def test_a_full_storage_keeps_no_rendition_and_shows_the_file(api: ApiClient, media: Media, site_a: Any) -> None:
    Tenant.objects.filter(pk=site_a.tenant_id).update(limits={"storage_bytes": media.file_size})
    with opened(view(api, media, "w=64")) as picture:
        assert picture.size == (600, 400)
    assert rows(site_a) == []


def test_of_a_replaced_file_there_are_new_renditions(
    api: ApiClient, media: Media, site_a: Any, as_role: AsRole, run_due: Callable[[], int]
) -> None:
    view(api, media, "w=64")
    (old,) = rows(site_a)
    form = {"file": factories.file("b.png", factories.picture("PNG", (300, 300)))}
    body = as_role("editor").upload(f"/alpha-site/media/{media.pk}/file", form, method="PUT").json()
    with opened(view(api, media, "w=64")) as picture:
        assert picture.size == (64, 64)
    (new,) = rows(site_a)
    assert new.file != old.file
    used = Tenant.objects.get(pk=site_a.tenant_id).used_storage_bytes
    assert used == media.file_size + body["file_size"] + new.file_size
    assert as_role("editor").delete(f"/alpha-site/media/{media.pk}").status_code == 204
    assert Tenant.objects.get(pk=site_a.tenant_id).used_storage_bytes == 0
    assert (run_due(), rows(site_a)) == (3, [])


def test_a_media_says_its_widths_and_its_placeholder(
    api: ApiClient, media: Media, as_role: AsRole, site_a: Any
) -> None:
    body = as_role("viewer").get(f"/alpha-site/media/{media.pk}").json()
    base = f"http://testserver/public/alpha-site/media/{media.pk}/view"
    assert body["srcset"] == f"{base}?w=384 384w"
    assert re.fullmatch(r"[A-Za-z0-9+/]{20,40}=*", body["placeholder"])
    public = api.get(f"/public/alpha-site/media/{media.pk}").json()
    assert (public["srcset"], public["placeholder"], public["sizes"]) == (body["srcset"], body["placeholder"], "100vw")
    text = factories.make(site_a, content=b"hello", name="a.txt")
    body = api.get(f"/public/alpha-site/media/{text.pk}").json()
    assert (body["srcset"], body["placeholder"], body["sizes"]) == ("", "", "")


def test_another_tenants_renditions_are_not_listed(as_role: AsRole, media: Media) -> None:
    assert as_role("viewer", tenant="beta").get(f"/alpha-site/media/{media.pk}/renditions").status_code == 404
    assert as_role("viewer", tenant="beta").get(f"/beta-site/media/{media.pk}/renditions").status_code == 404
