"""Many files changed in one request."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from apps.core import bulk, errors
from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.media import selectors
from apps.media.errors import BulkRefused
from apps.media.models import Media
from apps.media.services import folders, media
from apps.sites.models import Site
from apps.sites.services import usage


@dataclass(frozen=True, slots=True)
class Item:
    """One change: `update`, `move`, `tag` or `delete` of which media, with the members that it takes.

    `refused`: why it was found to be no valid change before it came here.
    """

    action: str
    id: int = 0
    members: dict[str, Any] = field(default_factory=dict)
    force: bool = False
    if_match: str = ""
    refused: Refusal | None = None


@transaction.atomic
def run(*, actor: Actor, site: Site, items: list[Item], atomic: bool = False) -> bulk.Report:
    """Does the items in their order, each as its own operation would; what is refused leaves no trace.

    `atomic`: nothing is done unless all can be (409, `media.bulk.refused`, with the report).
    """
    folders.hold(item.members.get("folder_id") for item in items)
    ids = {item.id for item in items if item.id}
    rows = selectors.media_of(actor=actor, site=site).filter(pk__in=ids)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    with usage.together(site.tenant, "storage_bytes") as account:
        return bulk.run(items, lambda item: _do(actor, site, item), atomic=atomic, refused=BulkRefused, account=account)


def _do(actor: Actor, site: Site, item: Item) -> tuple[int, Media | None]:
    if item.refused:
        raise item.refused
    if item.action == "delete":
        if not actor.may("media.delete", site.pk):
            raise errors.Forbidden
        media.delete(actor=actor, site=site, media_id=item.id, force=item.force, if_match=item.if_match)
        return 204, None
    changes = dict(item.members)
    if item.action == "tag":
        before = selectors.media_for(actor=actor, site=site, media_id=item.id).tags
        kept = [tag for tag in before if tag not in changes["remove"]]
        changes = {"tags": list(dict.fromkeys([*kept, *changes["add"]]))}
    return 200, media.update(actor=actor, site=site, media_id=item.id, if_match=item.if_match, **changes)
