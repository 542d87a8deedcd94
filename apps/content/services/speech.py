"""Documents and texts said aloud, as audio among the site's media."""

from typing import Any

from apps.ai.errors import AskedTooMuch
from apps.ai.models import Generation
from apps.content import markdown, selectors
from apps.content.models import Document
from apps.content.prose import Prose, prose_in
from apps.core import errors
from apps.core.actor import Actor
from apps.media.services.generating import speaking
from apps.sites.models import Site

READ = 4 * speaking.MOST
"""Characters of a document's texts with all their marks; more are not looked through for what is said."""


def start(
    *,
    actor: Actor,
    site: Site,
    text: str | None = None,
    post_id: int | None = None,
    element_id: int | None = None,
    locale: str = "",
    name: str = "",
    **how: Any,
) -> Generation:
    """Begins to say the text, the post or the element, one of which is given; the job's result is `{media: [id]}`.

    A document is said as it is being worked on, in the locale as a reader of it gets it; that takes `content.read`.
    """
    if text is not None:
        said, source, title = markdown.sentences(text), None, ""
    else:
        doc_type, doc_id = ("post", post_id) if post_id is not None else ("element", element_id)
        document = _document(actor, site, str(doc_type), doc_id, locale)
        said, title, locale = _said(document), document.label, document.locale
        source = {"doc_type": doc_type, "doc_id": document.pk, "version": document.version, "locale": locale}
    if not said:
        field = next(name for name, one in (("text", text), ("post_id", post_id), ("element_id", element_id)) if one)
        message = "There is nothing in it that can be said."
        raise errors.Invalid(errors=[{"field": field, "message": message, "code": "empty"}])
    return speaking.start(
        actor=actor, site=site, text=said, locale=locale, name=name or title or said[:80], source=source, **how
    )


def _document(actor: Actor, site: Site, doc_type: str, doc_id: Any, locale: str) -> Document:
    if not actor.may("content.read", site.pk):
        raise errors.Forbidden
    found: Document = selectors.document_for(doc_type, actor=actor, site=site, doc_id=doc_id)
    return selectors.in_locale([found], site, locale)[0]


def _said(document: Document) -> str:
    found = prose_in(document, document.snapshot())
    if document.doc_type == "post":
        found = [one for one in found if one.member in ("title", "content")]
    if sum(len(one.text) for one in found) > READ:
        raise AskedTooMuch(limit="characters", most=speaking.MOST)
    return "\n".join(filter(None, map(_spoken, found)))


def _spoken(prose: Prose) -> str:
    match prose.format:
        case "markdown":
            return markdown.said(prose.text)
        case "html":
            return markdown.sentences(markdown.bare(prose.text))
        case _:
            return markdown.sentences(prose.text)
