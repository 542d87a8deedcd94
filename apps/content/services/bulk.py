"""Many changes in one request: one after another, in one transaction, each with its own answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from apps.content import selectors
from apps.content.errors import BulkRefused
from apps.content.models import ContentType, Document
from apps.content.services import elements, posts, scheduling, trash
from apps.core import bulk
from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.sites.models import Site
from apps.sites.services import usage


@dataclass(frozen=True, slots=True)
class Item:
    """One change: what to do with which document, with the members that its own operation takes.

    `id` is 0 for what is to be created. `refused`: why it was found to be no valid change before it came here.
    """

    action: str
    id: int = 0
    members: dict[str, Any] = field(default_factory=dict)
    draft: bool = False
    force: bool = False
    if_match: str = ""
    refused: Refusal | None = None


@transaction.atomic
def run(*, actor: Actor, site: Site, doc_type: str, items: list[Item], atomic: bool = False) -> bulk.Report:
    """Does the items in their order; each sees what those before it did, also to the same document.

    What is refused leaves no trace and does not keep the others from being done, unless `atomic`: then nothing is
    done at all and 409 (`content.bulk.refused`) says of every item how it would have gone; 424 is one that fails
    for the others. Permissions, limits, locks by `if_match` and events are those of each item's own operation.
    """
    _hold(actor, site, doc_type, items)
    with usage.together(site.tenant, "elements") as account:
        return bulk.run(
            items,
            lambda item: _do(actor, site, doc_type, item),
            atomic=atomic,
            refused=BulkRefused,
            account=account,
        )


def _do(actor: Actor, site: Site, doc_type: str, item: Item) -> tuple[int, Document | None]:
    if item.refused:
        raise item.refused
    if item.action == "create":
        return 201, _CREATE[doc_type](actor=actor, site=site, **item.members)
    who: dict[str, Any] = {"actor": actor, "site": site, "if_match": item.if_match}
    where = who | {"doc_type": doc_type, "doc_id": item.id}
    match item.action:
        case "update":
            return 200, _UPDATE[doc_type](who | {"draft": item.draft}, item.id, dict(item.members))
        case "publish":
            return 200, scheduling.publish(**where, **item.members)
        case "unpublish":
            return 200, scheduling.unpublish(**where, **item.members)
        case "restore":
            return 200, trash.restore(**where).document
        case _:
            trash.delete(**where, force=item.force, purge=item.action == "purge")
            return 204, None


def _post(who: dict[str, Any], id: int, members: dict[str, Any]) -> Document:
    now = {name: members.pop(name) for name in ("published", "times") if name in members}
    return posts.update(**who, post_id=id, changes=members, **now)


_CREATE: dict[str, Callable[..., Document]] = {"element": elements.create, "post": posts.create}
_UPDATE: dict[str, Callable[[dict[str, Any], int, dict[str, Any]], Document]] = {
    "element": lambda who, id, members: elements.update(**who, element_id=id, **members),
    "post": _post,
}


def _hold(actor: Actor, site: Site, doc_type: str, items: Iterable[Item]) -> None:
    """Locks all that is named, in one order, so that two batches never wait for each other."""
    kinds = {item.members["type_id"] for item in items if item.action == "create" and "type_id" in item.members}
    if kinds:
        list(ContentType.objects.select_for_update(no_key=True).filter(site=site, pk__in=kinds).order_by("pk"))
    ids = {item.id for item in items if item.id}
    rows = selectors.documents_of(doc_type, actor=actor, site=site, trashed=None).filter(pk__in=ids)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
