"""The locales of a site, how tags are written, and what is taken in place of which."""

from typing import Any

import pytest

from apps.core.models import EventRow
from apps.sites import locales
from apps.sites.models import Site

pytestmark = pytest.mark.django_db

PATH = "/alpha-site/locales"


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("de-at", "de-AT"),
        ("EN", "en"),
        ("zh-hANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("SL-ROZAJ-BISKE", "sl-rozaj-biske"),
        ("de-CH-1901", "de-CH-1901"),
        ("en-u-CA-gregory", "en-u-ca-gregory"),
        ("en-x-US", "en-x-us"),
        ("zh-yue-HK", "zh-yue-HK"),
    ],
)
def test_a_tag_is_written_in_canonical_case(tag: str, written: str) -> None:
    assert locales.canonical(tag) == written


@pytest.mark.parametrize(
    "tag", ["", "e", "de_AT", "de-", "-de", "de--AT", "de-A", "not a locale", "de-u", "1", "d\u00e9", "a" * 36, "de\n"]
)
def test_what_bcp_47_does_not_know_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="is not a locale"):
        locales.canonical(tag)


def test_a_site_that_was_never_asked_has_its_default_locale(as_role: Any) -> None:
    expected = {"default": "en", "enabled": ["en"], "fallback": {}, "labels": {"en": "English"}}
    assert as_role("viewer").get(PATH).json() == expected


def test_locales_are_part_of_the_settings_and_written_canonically(as_role: Any, site_a: Site) -> None:
    admin = as_role("site_admin")
    admin.put("/sites/alpha-site/settings", {"title": "Kept", "locales": ["en"]})
    body = {
        "default": "DE",
        "enabled": ["de", "de-at", "en", "DE-AT", "tlh"],
        "fallback": {"de-at": ["DE-CH", "de-ch", "fr"]},
        "labels": {"EN": "Plain English"},
    }
    answer = admin.put(PATH, body)
    assert answer.status_code == 200
    assert answer.json() == {
        "default": "de",
        "enabled": ["de", "de-AT", "en", "tlh"],
        "fallback": {"de-AT": ["de-CH", "fr"]},
        "labels": {"de": "Deutsch", "de-AT": "Deutsch (AT)", "en": "Plain English", "tlh": "tlh"},
    }
    settings = admin.get("/sites/alpha-site/settings").json()
    assert (settings["title"], settings["default_locale"], settings["locales"], settings["fallback"]) == (
        "Kept", "de", ["de", "de-AT", "en", "tlh"], {"de-AT": ["de-CH", "fr"]},
    )  # fmt: skip
    assert EventRow.objects.filter(name="sites.site_settings_changed").count() == 2
    assert admin.put(PATH, {}).json() == {
        "default": "de", "enabled": ["de"], "fallback": {}, "labels": {"de": "Deutsch"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"default": "no locale"}, "default"),
        ({"enabled": ["en", "de_AT"]}, "enabled.1"),
        ({"fallback": {"de": ["de"]}}, "fallback.de"),
        ({"fallback": {"de-at": ["DE-AT"]}}, "fallback.de-AT"),
        ({"fallback": {"x": ["de"]}}, "fallback"),
        ({"labels": {"en": ""}}, "labels.en"),
        ({"title": "not of this"}, "title"),
    ],
)
def test_what_is_no_locale_is_400_and_changes_nothing(body: Any, field: str, as_role: Any, site_a: Site) -> None:
    before = Site.objects.filter(pk=site_a.pk).values().get()
    answer = as_role("site_admin").put(PATH, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert Site.objects.filter(pk=site_a.pk).values().get() == before


def test_locales_that_changed_meanwhile_are_412(as_role: Any) -> None:
    admin = as_role("site_admin")
    tag = admin.get(PATH).headers["ETag"]
    assert admin.put(PATH, {"enabled": ["fr"]}, headers={"If-Match": tag}).status_code == 200
    assert admin.put(PATH, {"enabled": ["it"]}, headers={"If-Match": tag}).status_code == 412
    assert admin.get(PATH).json()["enabled"] == ["en", "fr"]


def test_an_editor_sees_the_locales_and_may_not_change_them(as_role: Any) -> None:
    editor = as_role("editor")
    assert editor.put(PATH, {"enabled": ["fr"]}).status_code == 403
    assert editor.get(PATH).json()["enabled"] == ["en"]


@pytest.mark.parametrize(
    ("locale", "chain"),
    [
        ("", []),
        ("en", ["en"]),
        ("fr", ["fr", "en"]),
        ("DE-at", ["de-AT", "de-CH", "it", "de", "nl", "en"]),
        ("de-CH", ["de-CH", "de-AT", "de", "nl", "en"]),
        ("zh-Hant-TW", ["zh-Hant-TW", "zh-Hant", "zh", "en"]),
        ("en-u-ca-gregory", ["en-u-ca-gregory", "en-u-ca", "en"]),
        ("pt", ["pt", "aa", "bb", "cc", "dd", "ee", "ff", "en"]),
    ],
)
def test_a_chain_is_what_the_settings_say_then_shorter_forms_then_the_default(locale: str, chain: list[str]) -> None:
    fallback = {
        "de-AT": ["de-CH", "it"],
        "de-CH": ["de-AT"],  # a circle
        "de": ["nl"],
        "pt": ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"],
    }
    site = Site(default_locale="en", settings={"fallback": fallback})
    assert locales.chain(site, locale) == chain


def test_documents_keep_any_well_formed_locale_in_canonical_case(as_role: Any) -> None:
    editor = as_role("editor")
    made = editor.post("/alpha-site/posts", {"title": "X", "locale": "gsw-ch"})
    assert (made.status_code, made.json()["locale"]) == (201, "gsw-CH")
    assert editor.post("/alpha-site/posts", {"title": "X", "locale": "de_CH"}).status_code == 400
