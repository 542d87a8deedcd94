"""Keys of service accounts: `cog_<prefix>_<secret>`, shown once and kept as digests."""

import hashlib
import hmac
import re
import secrets

_KEY = re.compile(r"cog_([0-9a-f]{8})_[0-9a-f]{64}")
IN_ADDRESS = re.compile(r"cog_[0-9a-f]{8}_[0-9a-f]*", re.IGNORECASE)


def new_prefix() -> str:
    return secrets.token_hex(4)


def new(prefix: str) -> tuple[str, str]:
    """A key of 32 random bytes, and the digest that is kept of it."""
    key = f"cog_{prefix}_{secrets.token_hex(32)}"
    return key, digest(key)


def digest(key: str) -> str:
    """Plain SHA-256 does: what it digests cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_key(raw: str) -> bool:
    return raw.startswith("cog_")


def prefix_of(raw: str) -> str | None:
    found = _KEY.fullmatch(raw)
    return found[1] if found else None


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)
