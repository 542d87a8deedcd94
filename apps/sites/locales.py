"""Locales: which tags are well-formed, how they are written, and what a site shows in the place of which."""

import re
from typing import Any

from django.conf.locale import LANG_INFO

from apps.core import errors
from apps.sites import settings
from apps.sites.models import Site

LONGEST = 35
MOST = 8

# The grammar of RFC 5646, section 2.1, without grandfathered tags and those of private use alone.
_WELL_FORMED = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
)


def canonical(tag: str) -> str:
    """The tag as RFC 5646 (section 2.1.1) writes it: `de-at` is `de-AT`. `ValueError` for one not well-formed."""
    lowered = tag.lower()
    if len(tag) > LONGEST or not tag.isascii() or not _WELL_FORMED.fullmatch(lowered):
        raise ValueError(f"{tag[:LONGEST]!r} is not a locale as BCP 47 has them.")
    first, *rest = lowered.split("-")
    written, alone = [first], False
    for subtag in rest:
        alone = alone or len(subtag) == 1
        if not alone and len(subtag) == 2:
            subtag = subtag.upper()
        elif not alone and len(subtag) == 4 and subtag.isalpha():
            subtag = subtag.title()
        written.append(subtag)
    return "-".join(written)


def named(tag: str, field: str = "locale") -> str:
    """The tag in canonical case; refused as that field's fault when it is none."""
    try:
        return canonical(tag)
    except ValueError as error:
        raise errors.Invalid(errors=[{"field": field, "message": str(error), "code": "locale"}]) from None


def written(document: dict[str, Any]) -> dict[str, Any]:
    """A site's settings with its locales in canonical case; refuses what is none, and one that replaces itself."""
    found = dict(document)
    if "default_locale" in document:
        found["default_locale"] = named(document["default_locale"], "default_locale")
    if "locales" in document:
        found["locales"] = _all(document["locales"], "locales")
    if "fallback" in document:
        chains = document["fallback"].items()
        found["fallback"] = {named(tag, f"fallback.{tag}"): _all(others, f"fallback.{tag}") for tag, others in chains}
        for tag, others in found["fallback"].items():
            if tag in others:
                message = "A locale cannot stand in for itself."
                raise errors.Invalid(errors=[{"field": f"fallback.{tag}", "message": message, "code": "circular"}])
    if "locale_labels" in document:
        labels = document["locale_labels"].items()
        found["locale_labels"] = {named(tag, f"locale_labels.{tag}"): text for tag, text in labels}
    return found


def _all(tags: list[str], field: str) -> list[str]:
    return [*dict.fromkeys(named(tag, f"{field}.{index}") for index, tag in enumerate(tags))]


def chain(site: Site, locale: str) -> list[str]:
    """What is taken for a reader of the locale, best first; a document in none of them comes in its own.

    The locale with what the settings put in its place, each shorter form of it with that of its own, the site's
    default. What stands in for a stand-in is not asked, so circles do no harm. At most eight.
    """
    if not locale:
        return []
    fallback = site.settings.get("fallback", {})
    found: list[str] = []
    parts = canonical(locale).split("-")
    while parts:
        tag = "-".join(parts)
        found += [tag, *fallback.get(tag, [])]
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()  # a singleton says nothing without what follows it (RFC 4647, section 3.4)
    best = [*dict.fromkeys(found)][: MOST - 1]
    return [*dict.fromkeys([*best, site.default_locale])]


def of(site: Site) -> settings.Settings:
    """The part of the site's settings that is about locales, with a label for each that the site offers."""
    document = settings.of(site).document
    labels = document["locale_labels"]
    return settings.Settings(
        {
            "default": document["default_locale"],
            "enabled": document["locales"],
            "fallback": document["fallback"],
            "labels": {tag: labels.get(tag) or label(tag) for tag in document["locales"]},
        },
        site.etag,
    )


def label(tag: str) -> str:
    """How speakers call the language, as far as known: `Deutsch (AT)`; else the tag."""
    language, *rest = tag.split("-")
    known: dict[str, Any] = LANG_INFO.get(tag.lower()) or LANG_INFO.get(language, {})
    name = known.get("name_local")
    if not name:
        return tag
    name = str(name)[:1].upper() + str(name)[1:]
    return name if tag.lower() in LANG_INFO or not rest else f"{name} ({'-'.join(rest)})"
