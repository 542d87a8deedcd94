"""The public door: the document, the bytes, and the headers around them."""

import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.http import http_date

from apps.core.encoding import loads
from apps.core.tenancy import inside
from apps.media import delivery
from apps.media.models import Media
from apps.media.tests import factories
from conftest import AsRole
from tests.client import ApiClient

TEXT = b"0123456789" * 10
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def view(media: Media) -> str:
    return f"/public/alpha-site/media/{media.pk}/view"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_public_document_has_its_members_in_the_order_that_clients_know(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a, name="b-c.png", alt_text="x", description="y", keywords=["sea", "shore"])
    response = api.get(f"/public/alpha-site/media/{media.pk}/")
    known, ours = response.content.decode().split(',"focal_x":')
    assert known == (
        f'{{"id":{media.pk},"filename":"b-c.png","name":"b-c.png","url":"http://testserver/files/{media.file}",'
        f'"file_size":{media.file_size},"media_type":"image/png","description":"y","keywords":"sea,shore",'
        '"alt_text":"x","status":"ready","width":8,"height":6'
    )
    assert list(loads('{"focal_x":' + ours)) == ["focal_x", "focal_y", "duration", "placeholder", "srcset", "sizes"]
    assert response["Cache-Control"] == "public, no-cache"
    again = api.get(f"/public/alpha-site/media/{media.pk}?category=x", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(f"/public/alpha-site/media/{factories.make(site_a).pk}").json()["keywords"] is None


@pytest.mark.parametrize("path", ["999999999", "0", "999999999999999999", "9999999999999999999", "-1", "1%00"])
def test_what_is_not_there_is_404(api: ApiClient, site_a: Any, path: str) -> None:
    assert api.get(f"/public/alpha-site/media/{path}").status_code == 404
    assert api.get(f"/public/alpha-site/media/{path}/view").status_code == 404


def test_a_media_is_not_found_through_another_tenants_site(api: ApiClient, site_a: Any, site_b: Any) -> None:
    one, other = factories.make(site_a), factories.make(site_b)
    with inside(site_b.tenant):
        Media.objects.filter(pk=other.pk).update(id=one.pk + 1000)
    assert api.get(f"/public/beta-site/media/{one.pk}").status_code == 404
    assert api.get(f"/public/beta-site/media/{one.pk}/view").status_code == 404
    assert api.get(f"/public/alpha-site/media/{one.pk + 1000}").status_code == 404
    assert api.get(f"/public/beta-site/media/{one.pk + 1000}").status_code == 200


def test_the_whole_file_comes_with_headers_that_keep_it_harmless(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a, name="b-c.png")
    response = api.get(view(media) + "?width=10&unknown=1")
    assert response.status_code == 200
    assert body(response) == factories.picture()
    wanted = {
        "Content-Type": "image/png",
        "Content-Length": str(media.file_size),
        "Content-Disposition": 'inline; filename="b-c.png"',
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{media.content_hash}"',
        "Last-Modified": http_date(media.created_at.timestamp()),
        "Access-Control-Allow-Origin": "*",
    }
    assert {name: response[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "content", "disposition", "type"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "inline", "image/svg+xml"),
        ("a.mp3", b"ID3\x04" + bytes(60), "inline", "audio/mpeg"),
        ("a.pdf", b"%PDF-1.7\n", "attachment", "application/pdf"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "attachment", "application/zip"),
        ("a.txt", b"hello", "attachment", "text/plain; charset=utf-8"),
    ],
)
def test_only_what_a_browser_shows_harmlessly_is_shown(
    api: ApiClient, site_a: Any, name: str, content: bytes, disposition: str, type: str
) -> None:
    media = factories.make(site_a, name=name, content=content)
    for path in (view(media), f"/files/{media.file}"):
        response = api.get(path)
        assert response["Content-Disposition"] == f'{disposition}; filename="{name}"'
        assert (response["Content-Type"], response["X-Content-Type-Options"]) == (type, "nosniff")
        assert response["Content-Security-Policy"] == SANDBOX
        body(response)


def test_a_name_beyond_ascii_is_written_as_the_standard_says(api: ApiClient, site_a: Any) -> None:
    response = api.get(view(factories.make(site_a, name='Grüße "x".txt', content=b"hello")))
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%20%22x%22.txt"
    body(response)


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=95-", 95, 99),
        ("bytes=-7", 93, 99),
        ("bytes=90-1000", 90, 99),
        ("bytes=-1000", 0, 99),
        ("bytes=99-99", 99, 99),
    ],
)
def test_a_range_of_bytes(api: ApiClient, site_a: Any, wanted: str, first: int, last: int) -> None:
    media = factories.make(site_a, name="a.txt", content=TEXT)
    for path in (view(media), f"/files/{media.file}"):
        response = api.get(path, headers={"Range": wanted})
        assert response.status_code == 206
        assert body(response) == TEXT[first : last + 1]
        assert response["Content-Range"] == f"bytes {first}-{last}/100"
        assert response["Content-Length"] == str(last - first + 1)
        assert response["Content-Security-Policy"] == SANDBOX


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=1000-2000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_length(api: ApiClient, site_a: Any, wanted: str) -> None:
    media = factories.make(site_a, name="a.txt", content=TEXT)
    response = api.get(view(media), headers={"Range": wanted})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")
    assert response.json()["code"] == "media.range"


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "lines=0-1", "bytes=9-2", "bytes=a-b", "bytes=-", "bytes"])
def test_what_is_no_single_range_gives_the_whole_file(api: ApiClient, site_a: Any, wanted: str) -> None:
    response = api.get(view(factories.make(site_a, name="a.txt", content=TEXT)), headers={"Range": wanted})
    assert (response.status_code, body(response)) == (200, TEXT)


def test_a_range_of_another_version_gives_the_whole_file(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a, name="a.txt", content=TEXT)
    given = {
        f'"{media.content_hash}"': 206,
        http_date(media.created_at.timestamp()): 206,
        '"other"': 200,
        f'W/"{media.content_hash}"': 200,
        http_date(media.created_at.timestamp() - 60): 200,
    }
    for condition, status in given.items():
        response = api.get(view(media), headers={"Range": "bytes=0-9", "If-Range": condition})
        assert response.status_code == status, condition
        body(response)


def test_a_client_that_has_the_file_is_told_so(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a)
    later = http_date((timezone.now() + datetime.timedelta(minutes=1)).timestamp())
    for headers in ({"If-None-Match": f'"{media.content_hash}"'}, {"If-Modified-Since": later}):
        response = api.get(view(media), headers=headers)
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == f'"{media.content_hash}"'
        assert response["Cache-Control"] == "public, no-cache"
    response = api.get(view(media), headers={"If-None-Match": '"other"'})
    assert response.status_code == 200
    body(response)


def test_head_gives_the_headers_alone(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a, name="a.txt", content=TEXT)
    for path in (view(media), f"/files/{media.file}"):
        response = api.head(path, headers={"Range": "bytes=0-9"})
        assert (response.status_code, response.content, response["Content-Length"]) == (200, b"", "100")
    assert api.head(f"/public/alpha-site/media/{media.pk}").status_code == 200


def test_a_file_that_the_storage_lost_is_404(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a)
    default_storage.delete(media.file)
    assert api.get(view(media)).status_code == 404


def test_a_file_in_a_remote_storage_is_redirected_to(
    api: ApiClient, site_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = factories.make(site_a)
    monkeypatch.setattr(delivery, "is_local", lambda: False)
    response = api.get(view(media))
    assert (response.status_code, response["Location"]) == (302, f"http://testserver/files/{media.file}")
    assert response["Cache-Control"] == "public, no-cache"
    assert api.get(f"/files/{media.file}").status_code == 404


def test_a_stored_file_may_be_kept_for_good(api: ApiClient, site_a: Any) -> None:
    media = factories.make(site_a, name="b-c.png")
    response = api.get(f"/files/{media.file}")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Disposition"] == 'inline; filename="b_c.png"'
    assert len(body(response)) == media.file_size
    assert api.get(f"/files/{media.file}", headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "uploads/site_1/../../../etc/passwd",
        "uploads/site_1/..%2f..%2fetc%2fpasswd",
        "uploads/site_1/..",
        "uploads/site_1",
        "uploads/",
        "%2fetc/passwd",
        "uploads/site_1/a%00.png",
        "uploads/site_1/..%5c..%5cx",
        "uploads/site_x/a.png",
        "uploads/site_1/nothing.png",
        "uploads/site_1/" + "a" * 5000,
    ],
)
def test_no_path_leads_out_of_the_uploads(api: ApiClient, site_a: Any, path: str) -> None:
    assert api.get(f"/files/{path}").status_code == 404


def test_stored_files_are_only_read(api: ApiClient, as_role: AsRole, site_a: Any) -> None:
    media = factories.make(site_a)
    for response in (api.post(f"/files/{media.file}"), as_role("tenant_admin").delete(f"/files/{media.file}")):
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert default_storage.exists(media.file)
