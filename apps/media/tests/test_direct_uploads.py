"""Large files in parts, straight into the storage: here, and in a bucket of a real S3 server."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.models import DirectUpload, Media
from apps.media.services import direct
from apps.media.tests import factories
from apps.sites.models import Tenant
from conftest import AsRole, Users
from tests.client import ApiClient

pytestmark = pytest.mark.slow

UPLOADS = "/alpha-site/media/uploads"
BUCKET = "media"
RunDue = Callable[[], int]


def begun(client: ApiClient, content: bytes, filename: str = "large.png", **about: Any) -> Any:
    answer = client.post(UPLOADS, {"filename": filename, "size": len(content), **about})
    assert answer.status_code == 201, answer.content
    return answer.json()


def pieces(upload: Any, content: bytes) -> list[tuple[str, bytes]]:
    size = upload["part_size"]
    return [(part["url"], content[size * n : size * (n + 1)]) for n, part in enumerate(upload["parts"])]


def put(api: ApiClient, url: str, body: bytes) -> Any:
    return api.generic("PUT", url.removeprefix("http://testserver"), body, "application/octet-stream")


def rows(site: Any) -> tuple[int, int]:
    with inside(site.tenant):
        return Media.objects.count(), DirectUpload.objects.count()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "PART", 40)


def test_a_file_comes_in_parts_and_is_media_when_it_is_whole(
    as_role: AsRole, api: ApiClient, site_a: Any, small_parts: None, run_due: RunDue, users: Users
) -> None:
    author, content, before = as_role("author"), factories.camera("PNG"), factories.stored(site_a)
    upload = begun(author, content, "my-photo.bin", alt_text="A quay", tags="sea")
    assert [part["size"] for part in upload["parts"]] == [40] * (len(content) // 40) + [len(content) % 40]
    for url, body in reversed(pieces(upload, content)):
        assert put(api, url, body).status_code == 204
    url, body = pieces(upload, content)[0]
    assert put(api, url, body).status_code == 204
    answer = author.post(f"{UPLOADS}/{upload['id']}/complete")
    made = answer.json()
    assert (answer.status_code, made["media_type"], made["filename"]) == (201, "image/png", "my-photo.png")
    assert (made["alt_text"], made["tags"], made["width"], made["author_id"]) == (
        "A quay", ["sea"], 32, users["alpha"]["author"].pk,
    )  # fmt: skip
    with inside(site_a.tenant), default_storage.open(Media.objects.get(pk=made["id"]).file) as file:
        stored = file.read()
    assert (b"CAMERA" in stored, len(stored)) == (False, made["file_size"])
    assert author.post(f"{UPLOADS}/{upload['id']}/complete").status_code == 404
    assert run_due() == 1
    assert len(factories.stored(site_a) - before) == 1
    assert Tenant.objects.get(pk=site_a.tenant_id).used_storage_bytes == made["file_size"]
    names = EventRow.objects.filter(tenant_id=site_a.tenant_id).order_by("pk").values_list("name", flat=True)
    assert list(names)[-2:] == ["media.upload_begun", "media.media_uploaded"]


def test_a_file_with_parts_missing_is_not_completed(
    as_role: AsRole, api: ApiClient, site_a: Any, small_parts: None
) -> None:
    author, content = as_role("author"), b"x" * 100
    upload = begun(author, content, "a.txt")
    parts = pieces(upload, content)
    put(api, *parts[1])
    answer = author.post(f"{UPLOADS}/{upload['id']}/complete")
    assert (answer.status_code, answer.json()["code"]) == (409, "media.upload.parts")
    assert answer.json()["detail"]["parts"] == [1, 3]
    assert rows(site_a) == (0, 1)
    put(api, *parts[0])
    put(api, *parts[2])
    assert author.post(f"{UPLOADS}/{upload['id']}/complete").status_code == 201


@pytest.mark.parametrize("content", [b"<html><script>x</script>", b"\x89PNG\r\n\x1a\nbroken", b"MZ\x90\0"])
def test_what_is_unsafe_stays_outside_whatever_way_it_comes(
    as_role: AsRole, api: ApiClient, site_a: Any, content: bytes
) -> None:
    author = as_role("author")
    upload = begun(author, content)
    for url, body in pieces(upload, content):
        put(api, url, body)
    assert author.post(f"{UPLOADS}/{upload['id']}/complete").status_code in (400, 415)
    assert rows(site_a) == (0, 1)


def test_a_picture_is_no_larger_in_parts_than_in_one(
    as_role: AsRole, api: ApiClient, site_a: Any, settings: Any
) -> None:
    author, content = as_role("author"), factories.picture()
    settings.UPLOAD_MAX_BYTES = len(content) - 1
    for name, given, status in (("a.png", content, 413), ("a.txt", b"x" * len(content), 201)):
        upload = begun(author, given, name)
        for url, body in pieces(upload, given):
            put(api, url, body)
        assert author.post(f"{UPLOADS}/{upload['id']}/complete").status_code == status
    assert rows(site_a) == (1, 1)


def test_a_part_is_as_long_as_was_said_and_of_an_upload_that_is_under_way(
    as_role: AsRole, api: ApiClient, site_a: Any, run_due: RunDue
) -> None:
    author, content, before = as_role("author"), b"words", factories.stored(site_a)
    upload = begun(author, content, "a.txt")
    ((url, body),) = pieces(upload, content)
    assert put(api, url, b"word").status_code == 400
    assert put(api, url, b"words!").status_code == 400
    assert put(api, url[:-3] + "abc", body).status_code == 404
    assert api.get(url.removeprefix("http://testserver")).status_code == 405
    assert factories.stored(site_a) == before
    assert put(api, url, body).status_code == 204
    (hidden,) = factories.stored(site_a) - before
    assert api.get(f"/files/{hidden}").status_code == 404
    assert author.delete(f"{UPLOADS}/{upload['id']}").status_code == 204
    assert put(api, url, body).status_code == 404
    assert run_due() == 1
    assert (factories.stored(site_a), rows(site_a)) == (before, (0, 0))
    assert EventRow.objects.filter(name="media.upload_aborted", subject_id=upload["id"]).exists()


def test_an_upload_that_nobody_completes_is_forgotten_after_a_day(
    as_role: AsRole, api: ApiClient, site_a: Any, run_due: RunDue
) -> None:
    author, before = as_role("author"), factories.stored(site_a)
    upload = begun(author, b"words", "a.txt")
    ((url, body),) = pieces(upload, b"words")
    put(api, url, body)
    plan = Due.objects.get(kind=direct.END)
    assert timedelta(hours=23) < plan.at - timezone.now() <= timedelta(hours=24)
    Due.objects.filter(pk=plan.pk).update(at=timezone.now())
    assert run_due() == 1
    assert (factories.stored(site_a), rows(site_a)) == (before, (0, 0))
    assert author.post(f"{UPLOADS}/{upload['id']}/complete").status_code == 404


def test_too_much_and_too_many_are_refused_before_a_byte_is_sent(
    as_role: AsRole, site_a: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    author = as_role("author")
    settings.DIRECT_UPLOAD_MAX_BYTES = 1000
    assert author.post(UPLOADS, {"filename": "a", "size": 1001}).status_code == 413
    Tenant.objects.filter(pk=site_a.tenant_id).update(limits={"storage_bytes": 500})
    answer = author.post(UPLOADS, {"filename": "a", "size": 501})
    assert answer.json()["code"].endswith("storage_limit") or answer.status_code in (402, 403, 409, 413)
    for size in (0, -1, "x", None):
        assert author.post(UPLOADS, {"filename": "a", "size": size}).status_code == 400
    monkeypatch.setattr(direct, "MOST", 1)
    begun(author, b"x", "a.txt")
    assert author.post(UPLOADS, {"filename": "a", "size": 1}).json()["code"] == "media.upload.limit"
    assert rows(site_a) == (0, 1)


def test_an_upload_is_its_beginners_own(as_role: AsRole, site_a: Any) -> None:
    upload = begun(as_role("editor"), b"words", "a.txt")
    assert as_role("author").post(f"{UPLOADS}/{upload['id']}/complete").status_code == 403
    assert as_role("author").delete(f"{UPLOADS}/{upload['id']}").status_code == 403
    assert as_role("editor", tenant="beta").delete(f"/beta-site/media/uploads/{upload['id']}").status_code == 404
    assert rows(site_a) == (0, 1)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """A process that speaks S3; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    os.kill(process.pid, signal.SIGTERM)
    process.wait(10)


@pytest.fixture
def bucket(s3_server: str, settings: Any) -> Any:
    """The settings' storage is a bucket of that server, as `S3_BUCKET` makes it."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "apps.media.providers.s3.Bucket",
            "OPTIONS": {
                "bucket_name": BUCKET,
                "endpoint_url": s3_server,
                "region_name": "eu-central-1",
                "access_key": "key",
                "secret_key": "secret",
                "querystring_auth": False,
                "file_overwrite": False,
            },
        }
    }
    storage: Any = default_storage
    client = storage.connection.meta.client
    if BUCKET not in [one["Name"] for one in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        client.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
    return client


def fetched(url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes, Any]:
    kind = {"Content-Type": "application/octet-stream"} if body else {}
    request = urllib.request.Request(url, data=body, method=method, headers=kind)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_in_a_bucket_files_lie_at_unsigned_addresses_that_never_change(
    as_role: AsRole, api: ApiClient, site_a: Any, bucket: Any, s3_server: str, run_due: RunDue
) -> None:
    author, editor, content = as_role("author"), as_role("editor"), factories.picture("JPEG", (300, 200))
    made = author.upload("/alpha-site/media", {"file": factories.file("a.jpg", content)}).json()
    assert made["url"].startswith(f"{s3_server}/{BUCKET}/uploads/site_{site_a.pk}/")
    assert "?" not in made["url"]
    head = bucket.head_object(Bucket=BUCKET, Key=made["url"].split(f"/{BUCKET}/")[1])
    assert (head["ContentType"], "immutable" in head["CacheControl"]) == ("image/jpeg", True)
    text = author.upload("/alpha-site/media", {"file": factories.file("a.pdf", b"%PDF-1.4 x")}).json()
    head = bucket.head_object(Bucket=BUCKET, Key=text["url"].split(f"/{BUCKET}/")[1])
    assert head["ContentDisposition"] == "attachment"
    view = api.get(f"/public/alpha-site/media/{made['id']}/view")
    assert (view.status_code, view["Location"]) == (302, made["url"])
    small = api.get(f"/public/alpha-site/media/{made['id']}/view?w=64")
    assert (small.status_code, small["Location"].endswith("_64x43.webp")) == (302, True)
    assert api.get(f"/files/{head['ETag']}").status_code == 404
    assert editor.delete(f"/alpha-site/media/{made['id']}").status_code == 204
    assert run_due() == 2
    left = bucket.list_objects_v2(Bucket=BUCKET, Prefix=f"uploads/site_{site_a.pk}/").get("Contents", [])
    assert [one["Key"] for one in left] == [text["url"].split(f"/{BUCKET}/")[1]]


def test_into_a_bucket_a_file_comes_in_parts_by_presigned_addresses(
    as_role: AsRole, site_a: Any, bucket: Any, monkeypatch: pytest.MonkeyPatch, run_due: RunDue
) -> None:
    monkeypatch.setattr(direct, "PART", 5 * 1024 * 1024)
    author = as_role("author")
    content = b"ID3\x04\0\0\0\0\0\0" + os.urandom(6 * 1024 * 1024)
    upload = begun(author, content, "song.mp3", name="A song")
    parts = pieces(upload, content)
    assert len(parts) == 2
    assert author.post(f"{UPLOADS}/{upload['id']}/complete").json()["detail"]["parts"] == [1, 2]
    for url, body in parts:
        assert fetched(url, "PUT", body)[0] == 200
    made = author.post(f"{UPLOADS}/{upload['id']}/complete").json()
    assert (made["name"], made["media_type"], made["file_size"]) == ("A song", "audio/mpeg", len(content))
    with default_storage.open(made["url"].split(f"/{BUCKET}/")[1]) as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()
    assert run_due() == 1
    left = bucket.list_objects_v2(Bucket=BUCKET, Prefix=f"uploads/site_{site_a.pk}/").get("Contents", [])
    assert made["url"].split(f"/{BUCKET}/")[1] in [one["Key"] for one in left]
    assert not [one for one in left if "/." in one["Key"]]
    other = begun(author, content, "b.mp3")
    assert author.delete(f"{UPLOADS}/{other['id']}").status_code == 204
    assert run_due() == 1
    assert bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
