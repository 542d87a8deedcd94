"""Slugs as WordPress stores them. `apps.content.slugs.clean_slug` makes of them what this product accepts."""

import re
from urllib.parse import unquote


def decode_slug(slug: str) -> str:
    """`%d7%90…`, cut at 200 bytes, in readable letters."""
    return unquote(re.sub(r"%[0-9a-fA-F]?$", "", slug), errors="ignore")
