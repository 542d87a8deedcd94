"""An S3-compatible bucket as the storage, through django-storages."""

from __future__ import annotations

import mimetypes
import tempfile
from typing import IO, Any

from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from apps.media import naming
from apps.media.errors import PartsMissing
from apps.media.inspection import kinds
from apps.media.providers import Parts


class Bucket(S3Storage):
    """Says of each object what `/files/` says of a local file: its type, whether it never changes, and that what is no
    picture, sound or film is to be downloaded."""

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        media_type = kinds.TYPES.get(name.rpartition(".")[2].lower()) or mimetypes.guess_type(name)[0] or ""
        shown = media_type.startswith(("image/", "audio/", "video/")) and media_type != "image/svg+xml"
        _, drawn = naming.shown(name.rpartition("/")[2])
        found = {"CacheControl": "public, max-age=31536000, immutable" if drawn else "public, no-cache"}
        found |= {"ContentType": media_type or "application/octet-stream"}
        return found if shown else found | {"ContentDisposition": "attachment"}


def is_bucket(storage: Any) -> bool:
    # The default storage is a proxy.
    return isinstance(storage, S3Storage)


class BucketParts:
    """A multipart upload, whose parts clients put by presigned addresses."""

    def __init__(self, storage: Any) -> None:
        self.client, self.bucket, self.storage = storage.connection.meta.client, storage.bucket_name, storage

    def begin(self, path: str) -> str:
        made = self.client.create_multipart_upload(Bucket=self.bucket, Key=path, ContentDisposition="attachment")
        return str(made["UploadId"])

    def address(self, path: str, reference: str, number: int, size: int, *, seconds: int) -> str:
        asked = {"Bucket": self.bucket, "Key": path, "UploadId": reference, "PartNumber": number}
        return str(
            self.client.generate_presigned_url(
                "upload_part", Params=asked | {"ContentLength": size}, ExpiresIn=seconds, HttpMethod="PUT"
            )
        )

    def gather(self, path: str, reference: str, parts: Parts) -> File[bytes]:
        where = {"Bucket": self.bucket, "Key": path, "UploadId": reference}
        try:
            there = {
                part["PartNumber"]: part
                for page in self.client.get_paginator("list_parts").paginate(**where)
                for part in page.get("Parts", [])
            }
            if missing := [n for n, size in parts if n not in there or there[n]["Size"] != size]:
                raise PartsMissing(parts=missing[:100])
            listed = [{"PartNumber": number, "ETag": there[number]["ETag"]} for number, _ in parts]
            self.client.complete_multipart_upload(**where, MultipartUpload={"Parts": listed})
        except ClientError as error:
            # Completed before, by somebody who died over what follows.
            if error.response["Error"]["Code"] != "NoSuchUpload" or not self.storage.exists(path):
                raise
        whole: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self.client.download_fileobj(self.bucket, path, whole)
        whole.seek(0)
        return File(whole)

    def end(self, path: str, reference: str, parts: Parts) -> None:
        try:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=path, UploadId=reference)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
        self.storage.delete(path)
