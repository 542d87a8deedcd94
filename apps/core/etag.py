"""Strong validators (RFC 9110, section 8.8.3)."""

import hashlib

from apps.core import errors


def of_bytes(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=10).hexdigest()


def matches(header: str, tag: str) -> bool:
    """Whether `If-None-Match` names the tag (weak comparison, as the header asks for)."""
    names = [name.strip() for name in header.split(",") if name.strip()]
    return "*" in names or any(name.removeprefix("W/").strip('"') == tag for name in names)


def require(header: str, tag: str) -> None:
    """Refuses with 412 unless `If-Match` is absent, `*`, or names the tag (strong comparison).

    Services call this with the row locked, so that a change between check and write cannot slip through.
    """
    names = [name.strip() for name in header.split(",") if name.strip()]
    if names and "*" not in names and f'"{tag}"' not in names:
        raise errors.VersionMismatch
