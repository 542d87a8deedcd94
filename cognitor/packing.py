"""How archives are written: a zip that appears whole or not at all, its members measured on the way."""

import hashlib
import io
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

_CHUNK = 1024 * 1024
_OFTEN = 5_000  # rows, or megabytes


@contextmanager
def appearing(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip that stands at `path`, readable by its owner only, once the block has ended well."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                yield archive
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Nowhere(io.RawIOBase):
    """Where an archive is written of which only the digests are wanted."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


class Pack:
    """The members of an archive. `members` tells bytes and SHA-256 of each, `missing` what the storage did not have.

    `step` is called with 0 in the midst of long ones.
    """

    def __init__(self, archive: zipfile.ZipFile, step: Callable[[int], None] = lambda done: None) -> None:
        self.zip, self.step = archive, step
        self.members: dict[str, dict[str, Any]] = {}
        self.missing: list[str] = []

    def add(self, name: str, parts: Iterable[bytes], *, rows: bool = False) -> None:
        size, count, digest = 0, 0, hashlib.sha256()
        with self.zip.open(name, "w", force_zip64=True) as member:
            for part in parts:
                member.write(part)
                digest.update(part)
                size, count = size + len(part), count + 1
                if count % _OFTEN == 0:
                    self.step(0)
        about: dict[str, Any] = {"bytes": size, "sha256": digest.hexdigest()}
        self.members[name] = about | ({"rows": count} if rows else {})

    def file(self, path: str) -> str:
        """Adds a file of the storage; its digest, empty when it is not there."""
        try:
            source = default_storage.open(path)
        except FileNotFoundError:
            self.missing.append(path)
            return ""
        with source:
            self.add(f"files/{path}", source.chunks(_CHUNK))
        return str(self.members[f"files/{path}"]["sha256"])
