"""From a form to a row, a file and an event."""

import hashlib
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.tests import factories
from conftest import AsRole, Users
from tests.client import ApiClient

MEDIA = "/alpha-site/media/"


def test_an_upload_is_stored_and_answered_in_the_shape_that_clients_know(
    as_role: AsRole, site_a: Any, users: Users
) -> None:
    content = factories.picture(size=(8, 6))
    form = {"name": "A logo", "alt_text": "logo", "description": "", "file": factories.file("my-logo.png", content)}
    response = as_role("author").upload(MEDIA, form)

    assert response.status_code == 201
    body = response.json()
    with inside(site_a.tenant):
        media = Media.objects.get(pk=body["id"])
    stamps = {"created_at": body["created_at"], "updated_at": body["updated_at"]}
    assert body == stamps | {
        "id": media.pk,
        "url": f"http://testserver/files/{media.file}",
        "filename": "my-logo.png",
        "name": "A logo",
        "file_size": len(content),
        "media_type": "image/png",
        "alt_text": "logo",
        "description": "",
        "keywords": None,
        "status": "ready",
        "width": 8,
        "height": 6,
        "focal_x": None,
        "focal_y": None,
        "provenance": None,
        "author_id": users["alpha"]["author"].pk,
        "folder_id": None,
        "tags": [],
        "revision": 1,
        "duration": None,
        "placeholder": media.placeholder,
        "srcset": f"http://testserver/public/alpha-site/media/{media.pk}/view?w=8 8w",
        "duplicate_of": None,
    }
    assert list(body)[:10] == [
        "id", "url", "filename", "name", "file_size", "media_type", "alt_text", "description", "keywords", "status",
    ]  # fmt: skip
    assert re.fullmatch(rf"uploads/site_{site_a.pk}/[0-9a-f]{{8}}_my_logo\.png", media.file)
    assert media.content_hash == hashlib.sha256(content).hexdigest()
    assert response["ETag"] == f'"m{media.pk}-1"'
    with default_storage.open(media.file) as file:
        assert file.read() == content
    event = EventRow.objects.get(name="media.media_uploaded", subject_id=media.pk, tenant_id=site_a.tenant_id)
    assert (event.subject_version, event.site_id, event.operation) == (1, site_a.pk, "media_upload")
    assert event.data == {"media_type": "image/png", "file_size": len(content)}
    assert Due.objects.filter(kind="media.discard_file").count() == 0


def test_only_the_file_is_needed_and_gives_the_name(as_role: AsRole) -> None:
    body = as_role("author").upload(MEDIA, {"file": factories.file("Sea shore.JPG", factories.picture("JPEG"))}).json()
    assert (body["name"], body["filename"], body["alt_text"]) == ("Sea shore.jpg", "Sea shore.jpg", "")
    assert re.search(r"/[0-9a-f]{8}_Sea_shore\.jpg$", body["url"])


@pytest.mark.parametrize("given", ["sea, shore,,", ["sea", "shore"], ["sea,shore"]])
def test_keywords_are_one_text_with_commas_or_several_parts(as_role: AsRole, given: Any) -> None:
    form = {"keywords": given, "file": factories.file("a.png", factories.picture())}
    assert as_role("author").upload(MEDIA, form).json()["keywords"] == ["sea", "shore"]


@pytest.mark.parametrize(
    ("name", "content", "filename", "media_type"),
    [
        ("photo.png", factories.picture("JPEG"), "photo.jpg", "image/jpeg"),
        ("photo", factories.picture("GIF"), "photo.gif", "image/gif"),
        ("photo.jpeg", factories.picture("JPEG"), "photo.jpeg", "image/jpeg"),
        ("p.webp", factories.picture("WEBP"), "p.webp", "image/webp"),
        ("p.avif", factories.picture("AVIF"), "p.avif", "image/avif"),
        ("d.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>', "d.svg", "image/svg+xml"),
        ("paper.PDF", b"%PDF-1.7\n%%EOF", "paper.pdf", "application/pdf"),
        ("clip.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(40), "clip.mp4", "video/mp4"),
        ("clip.webm", b"\x1aE\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40), "clip.webm", "video/webm"),
        ("a.mp3", b"ID3\x04" + bytes(60), "a.mp3", "audio/mpeg"),
        ("a.mp3", (b"\xff\xfb\x90\x00" + bytes(413)) * 3, "a.mp3", "audio/mpeg"),
        ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24), "a.wav", "audio/wav"),
        ("a.ogg", b"OggS\x00\x02" + bytes(60), "a.ogg", "audio/ogg"),
        ("pack.zip", b"PK\x05\x06" + bytes(18), "pack.zip", "application/zip"),
        ("read.txt", "Grüße\n".encode(), "read.txt", "text/plain"),
        ("read.md", b"# Title\n<p align=center>fine</p>\n", "read.md", "text/markdown"),
        ("rows.csv", b"a,b\r\n1,2\r\n", "rows.csv", "text/csv"),
    ],
)  # fmt: skip
def test_the_stored_type_is_what_the_bytes_say(
    as_role: AsRole, name: str, content: bytes, filename: str, media_type: str
) -> None:
    response = as_role("author").upload(MEDIA, {"file": factories.file(name, content, "text/html")})
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["filename"], body["media_type"]) == (filename, media_type)
    assert body["url"].endswith(f"_{filename}")


def test_a_viewer_may_not_upload_and_nothing_is_stored(as_role: AsRole, site_a: Any) -> None:
    before = factories.stored(site_a)
    response = as_role("viewer").upload(MEDIA, {"file": factories.file("a.png", factories.picture())})
    assert (response.status_code, response.json()["code"]) == (403, "auth.forbidden")
    assert factories.stored(site_a) == before
    assert Due.objects.filter(kind="media.discard_file").count() == 0


def test_nobody_uploads_without_a_token_or_to_another_tenant(as_role: AsRole, api: ApiClient, site_a: Any) -> None:
    before = factories.stored(site_a)
    assert api.upload(MEDIA, {"file": factories.file("a.png", factories.picture())}).status_code == 401
    other = as_role("tenant_admin", tenant="beta")
    assert other.upload(MEDIA, {"file": factories.file("a.png", factories.picture())}).status_code == 404
    assert factories.stored(site_a) == before


def test_an_empty_file_and_no_file_are_refused(as_role: AsRole) -> None:
    empty = as_role("author").upload(MEDIA, {"file": factories.file("a.png", b"")})
    assert (empty.status_code, empty.json()["code"]) == (400, "media.empty")
    none = as_role("author").upload(MEDIA, {"name": "x"})
    assert none.status_code == 400
    assert [(e["field"], e["code"]) for e in none.json()["errors"]] == [("file", "required")]


def test_a_json_body_is_not_taken(as_role: AsRole) -> None:
    assert as_role("author").post(MEDIA, {"name": "x"}).status_code == 415


def test_a_file_over_the_limit_is_refused_and_nothing_is_stored(
    as_role: AsRole, site_a: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = factories.stored(site_a)
    settings.UPLOAD_MAX_BYTES = 1000
    over = as_role("author").upload(MEDIA, {"file": factories.file("a.txt", b"a" * 1001)})
    assert (over.status_code, over.json()["detail"]["limit"]) == (413, 1000)
    assert as_role("author").upload(MEDIA, {"file": factories.file("a.txt", b"a" * 1000)}).status_code == 201
    monkeypatch.setattr("apps.media.parsers.BESIDE", 0)
    unread = as_role("author").upload(MEDIA, {"file": factories.file("a.txt", b"a" * 2000)})
    assert (unread.status_code, unread.json()["code"]) == (413, "too_large")
    assert len(factories.stored(site_a) - before) == 1
