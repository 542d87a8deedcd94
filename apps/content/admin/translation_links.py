"""From a document to its translations."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html_join

from apps.content.models import Document
from apps.content.selectors import freshness_of
from apps.content.selectors.translations import Freshness


def translate_link(document: Document, locale: str) -> str:
    """Where the translation of the document into the locale is written for the first time."""
    query = {"site": document.site_id, "doc_type": document.doc_type, "doc_id": document.pk, "locale": locale}
    return f"{reverse('admin:content_translation_add')}?{urlencode(query)}"


def translation_links(document: Document) -> str:
    """The locales of a document, each with its freshness and a link to its text."""
    shape = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a> {}'
    rows = [row for row in freshness_of(document) if row.state != "source"]
    found = ((_address(document, row), row.locale, _said(row)) for row in rows)
    return format_html_join(" \u00b7 ", shape, found) or "The site offers no other locale."


def _address(document: Document, row: Freshness) -> str:
    if row.translation is None:
        return translate_link(document, row.locale)
    return reverse("admin:content_translation_change", args=[row.translation.pk])


def _said(row: Freshness) -> str:
    if row.translation is None:
        return row.state
    said = row.state if row.translation.published else f"{row.state}, not published"
    return f"{said}, by a machine" if row.translation.generation else said
