"""The trash: where deleted documents wait for 30 days. Call inside the transaction of the service that deletes."""

import datetime

from apps.content.errors import InUse
from apps.content.models import Document
from apps.content.selectors import referrers
from apps.content.services import publishing, references, slugs, uniques
from apps.core.actor import Actor

KEPT = datetime.timedelta(days=30)
PURGE = "content.purge"
MAX_REFERRERS = 50


def put(document: Document, *, actor: Actor, force: bool, now: datetime.datetime) -> None:
    """Takes the document out of everybody's sight and frees its slugs and unique values.

    409 with the referrers unless forced.
    """
    found = referrers(document.doc_type, document.pk).exclude(doc_type=document.doc_type, doc_id=document.pk)
    listed = list(found.values("doc_type", "doc_id", "field").distinct()[:MAX_REFERRERS])
    if listed and not force:
        raise InUse(referrers=listed)
    publishing.withdraw(document)
    references.forget(document)
    uniques.release(document)
    slugs.release(document.doc_type, document.pk)
    document.deleted_at = document.updated_at = now
    document.save()
    publishing.tell(document, "Deleted", actor=actor)
