"""Categories and tags: keywords of posts, and where WordPress has a description of one, an element with it."""

from apps.content.models import Imported
from apps.content.services import elements
from apps.content.services.wordpress.kinds import TERM, type_for
from apps.content.services.wordpress.summary import made_before, origin_of
from apps.content.services.wordpress.texts import Import
from apps.content.wordpress.markup import to_markdown
from apps.content.wordpress.records import Term
from apps.core import etag


def described(run: Import) -> list[Term]:
    return [term for term in run.export.terms if term.kind in ("category", "tag") and term.description.strip()]


def bring_term(run: Import, term: Term) -> None:
    """Makes a public element of the term."""
    origin = origin_of(run.export, f"{term.kind}:{etag.of_bytes(term.slug.encode())}")  # slugs may be long
    if made_before(run.site, origin):
        run.summary.unchanged["term"] += 1
        return
    data = {"kind": term.kind, "name": term.name, "slug": term.slug, "description": to_markdown(term.description)}
    if term.parent:
        data["parent"] = term.parent
    kind = type_for(run.actor, run.site, TERM)
    element = elements.create(actor=run.actor, site=run.site, type_id=kind.pk, data=data, published=True)
    Imported.objects.create(site=run.site, origin=origin, doc_type="element", doc_id=element.pk)
    run.summary.imported["term"] += 1
