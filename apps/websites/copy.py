"""Sentences that a website has before anybody has written it, and the words of its pages, in English and German."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from apps.websites.brief import Brief

_FILE = Path(__file__).with_suffix(".toml")


@cache
def _all() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def words(locale: str) -> dict[str, Any]:
    """What the pages say around their content; English where the locale is not known."""
    found: dict[str, Any] = _all().get(locale.partition("-")[0].lower()) or _all()["en"]
    return found


def known(locale: str) -> bool:
    """Whether there are words in that language."""
    return locale.partition("-")[0].lower() in _all()


def drafted(brief: Brief, section: str) -> Any:
    """A section (or `posts`) filled with the words of the brief."""
    return _filled(words(brief.locales[0])[section], facts(brief))


def facts(brief: Brief) -> dict[str, str]:
    """What sentences may name. `first` is the purpose's first sentence, where it is short enough to be a title."""
    purpose = " ".join(brief.purpose.split())
    first = re.split(r"(?<=[.!?])\s", purpose)[0].rstrip(".")
    title = first if 8 <= len(first) <= 80 else brief.name
    audience = " ".join(brief.audience.split()).rstrip(".") or words(brief.locales[0])["audience"]
    return {"name": " ".join(brief.name.split()), "purpose": purpose, "audience": audience, "first": title}


def _filled(value: Any, given: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.strip().format(**given)
    if isinstance(value, list):
        return [_filled(one, given) for one in value]
    return {name: _filled(one, given) for name, one in value.items()}
