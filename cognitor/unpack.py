"""Reading an archive without believing it: what it holds is checked before anything is made of it."""

import hashlib
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from orjson import JSONDecodeError

from apps.core.encoding import loads
from cognitor import archive

MAX_MEMBERS = 1_000_000
MAX_MANIFEST = 512 * 1024**2
MAX_LINE = 64 * 1024**2
MAX_PATH = 200
ROOM = 1024**3  # so much may come of the smallest archive
RATIO = 200  # and so many times its size of a large one
_CHUNK = 1024 * 1024
_SHOWN = 5
_KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_PART = re.compile(r"(?!\.+/?$)[\w.@+-]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Unrestorable(Exception):
    """The archive cannot be restored, and nothing was changed; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Package:
    """An archive whose table of contents was checked; `verify` checks the contents."""

    zip: zipfile.ZipFile
    manifest: dict[str, Any]

    def verify(self) -> None:
        """Reads all of it: each member is as long as the manifest says, has its digest and its number of rows."""
        for name, told in self.manifest["members"].items():
            digest, size, rows = hashlib.sha256(), 0, 0
            with self._open(name) as member:
                while chunk := member.read(_CHUNK):
                    digest.update(chunk)
                    size, rows = size + len(chunk), rows + chunk.count(b"\n")
            if (size, digest.hexdigest()) != (told["bytes"], told["sha256"]):
                raise Unrestorable(f"{name} is not what the manifest says: the archive is damaged.")
            if told.get("rows", rows) != rows:
                raise Unrestorable(f"{name} has {rows} rows; the manifest says {told['rows']}.")

    def rows(self, label: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, one after the other; none of a table that the archive does not have."""
        name = f"tables/{label}.jsonl"
        if name not in self.manifest["members"]:
            return
        with self._open(name) as member:
            while line := member.readline(MAX_LINE):
                try:
                    row = loads(line)
                except JSONDecodeError:
                    raise Unrestorable(f"{name} has a line that is no JSON.") from None
                if not isinstance(row, dict):
                    raise Unrestorable(f"{name} has a line that is no row.")
                yield row

    def files(self) -> list[str]:
        """Where its files belong in the storage."""
        return [name.removeprefix("files/") for name in self.manifest["members"] if name.startswith("files/")]

    @contextmanager
    def file(self, path: str) -> Iterator[IO[bytes]]:
        with self._open(f"files/{path}") as member:
            yield member

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self.zip.open(name) as member:
                yield member
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise Unrestorable(f"{name} cannot be read: {error}.") from error
        except RuntimeError as error:  # zipfile's word for a password
            raise Unrestorable(f"{name} cannot be read.") from error


@dataclass(frozen=True, slots=True)
class Form:
    """What an archive of one `kind` looks like: its version, its tables, and what its manifest says of its subject."""

    kind: str
    version: int
    tables: frozenset[str]
    tells: Callable[[dict[str, Any]], bool]


def of_tenant() -> Form:
    tables = frozenset(model._meta.label_lower for model, _ in archive.archived())
    return Form("tenant", archive.VERSION, tables, _tells_of_tenant)


@contextmanager
def opened(path: Path, *, form: Form | None = None, ratio: int = RATIO) -> Iterator[Package]:
    """The archive at `path`. `Unrestorable` when its table of contents is not one that an archive of this form has,
    by default that of a tenant.

    `ratio`: how many times its own size an archive of more than a few megabytes may become.
    """
    form = form or of_tenant()
    try:
        found = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unrestorable(f"{path} is no archive: {error}.") from error
    with found:
        _check_contents(found, form, path.stat().st_size, ratio)
        yield Package(found, _manifest(found, form))


def _check_contents(found: zipfile.ZipFile, form: Form, size: int, ratio: int) -> None:
    members = found.infolist()
    if len(members) > MAX_MEMBERS:
        raise Unrestorable(f"The archive has {len(members)} members; at most {MAX_MEMBERS} are read.")
    if sum(member.file_size for member in members) > max(ROOM, ratio * size):
        raise Unrestorable(f"The archive would become more than {ratio} times as large as it is.")
    if len({member.filename for member in members}) < len(members):
        raise Unrestorable("The archive has two members of one name.")
    tables = {f"tables/{label}.jsonl" for label in form.tables}
    for member in members:
        mode, name = member.external_attr >> 16, member.filename
        plain = not stat.S_IFMT(mode) or stat.S_ISREG(mode)
        if not plain or member.flag_bits & _ENCRYPTED or member.compress_type not in _KINDS:
            raise Unrestorable(f"{name!r} is no member of an archive: a link, encrypted, or packed otherwise.")
        if member.orig_filename != name or not (name == "manifest.json" or name in tables or _is_file(name)):
            raise Unrestorable(f"{member.orig_filename!r} does not belong into an archive of a {form.kind}.")


def _is_file(name: str) -> bool:
    """Whether it is `files/` and a path that stays in the storage, whatever the storage is."""
    head, _, path = name.partition("/")
    parts = path.split("/")
    return head == "files" and len(path) <= MAX_PATH and all(_PART.fullmatch(part) for part in parts)


def _manifest(found: zipfile.ZipFile, form: Form) -> dict[str, Any]:
    try:
        if found.getinfo("manifest.json").file_size > MAX_MANIFEST:
            raise Unrestorable("The manifest is too large.")
        manifest = loads(found.read("manifest.json"))
    except KeyError:
        raise Unrestorable("The archive has no manifest.") from None
    except (JSONDecodeError, zipfile.BadZipFile, RuntimeError) as error:
        raise Unrestorable("The manifest cannot be read.") from error
    if not isinstance(manifest, dict) or manifest.get("version") != form.version:
        raise Unrestorable(f"This installation reads archives of version {form.version} only.")
    if manifest.get("kind", "tenant") != form.kind:
        raise Unrestorable(f"This is no archive of a {form.kind}.")
    if not (_is_whole(manifest) and form.tells(manifest)):
        raise Unrestorable("The manifest is not one that an archive has.")
    if set(manifest["members"]) | {"manifest.json"} != set(found.namelist()):
        raise Unrestorable("The archive does not hold what its manifest names.")
    return manifest


def _is_whole(manifest: dict[str, Any]) -> bool:
    schema, members, digests = manifest.get("schema"), manifest.get("members"), manifest.get("digests")
    return (
        isinstance(schema, dict)
        and _are_texts(schema.get("applied"))
        and isinstance(digests, dict)
        and _are_texts(list(digests.values()))
        and _are_texts(manifest.get("missing"))
        and isinstance(members, dict)
        and all(_is_told(told) for told in members.values())
    )


def _tells_of_tenant(manifest: dict[str, Any]) -> bool:
    return has_texts(manifest.get("tenant"), "uid", "identifier", "name", "status")


def has_texts(found: Any, *names: str) -> bool:
    """Whether it is an object that has a text under each of the names."""
    return isinstance(found, dict) and all(isinstance(found.get(name), str) for name in names)


def _are_texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


def _is_told(told: Any) -> bool:
    return (
        isinstance(told, dict)
        and isinstance(told.get("bytes"), int)
        and isinstance(told.get("rows", 0), int)
        and bool(_DIGEST.fullmatch(str(told.get("sha256"))))
    )


def some(names: Any) -> str:
    """The first few, for people, and how many more there are."""
    found = sorted(map(str, names))
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
