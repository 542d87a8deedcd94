"""Folders: a tree that people keep, without cycles and with each name once within its parent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from django.db import connection, transaction
from django.utils import timezone

from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.events import emit
from apps.media import selectors
from apps.media.errors import FolderCycle, FolderLimitReached, FolderNameTaken, FolderNotEmpty, FolderTooDeep
from apps.media.events import FolderCreated, FolderDeleted, FolderUpdated
from apps.media.models import Folder, Media
from apps.sites.models import Site

MAX_DEPTH = 20
MAX_FOLDERS = 5_000


class Changes(TypedDict, total=False):
    name: str
    parent_id: int | None


@transaction.atomic
def create(*, actor: Actor, site: Site, name: str, parent_id: int | None = None) -> Folder:
    """Makes a folder in another one or at the top; 400 when that one is not there, 409 when the name is taken."""
    _lock(site)
    if Folder.objects.filter(site=site).count() >= MAX_FOLDERS:
        raise FolderLimitReached
    now = timezone.now()
    folder = Folder(site=site, name=name, parent_id=parent_id, created_at=now, updated_at=now)
    _place(site, folder, height=1)
    folder.save()
    emit(FolderCreated(**_about(folder)), actor=actor, tenant_id=site.tenant_id)
    return folder


@transaction.atomic
def update(*, actor: Actor, site: Site, folder_id: int, if_match: str = "", **changes: Unpack[Changes]) -> Folder:
    """Renames or moves the folder with all that is in it; 409 for a name that is taken and for a place below itself."""
    _lock(site)
    folder = selectors.folder_for(actor=actor, site=site, folder_id=folder_id, lock=True)
    etag.require(if_match, folder.etag)
    for member, value in changes.items():
        setattr(folder, member, value)
    below = selectors.below(folder.pk)
    if folder.parent_id in {id for id, _ in below}:
        raise FolderCycle
    _place(site, folder, height=1 + max(depth for _, depth in below))
    folder.version += 1
    folder.updated_at = timezone.now()
    folder.save()
    emit(FolderUpdated(changed=tuple(changes), **_about(folder)), actor=actor, tenant_id=site.tenant_id)
    return folder


@transaction.atomic
def delete(*, actor: Actor, site: Site, folder_id: int, force: bool = False, if_match: str = "") -> None:
    """Deletes the folder; 409 with something in it. Forced, those below go too and all files move up out of them."""
    _lock(site)
    folder = selectors.folder_for(actor=actor, site=site, folder_id=folder_id, lock=True)
    etag.require(if_match, folder.etag)
    ids = [id for id, _ in selectors.below(folder.pk)]
    if not force:
        files = Media.objects.filter(folder=folder).count()
        if files or len(ids) > 1:
            raise FolderNotEmpty(media=files, folders=Folder.objects.filter(parent=folder).count())
    # Whoever is putting a file into one of them comes first, and is moved on with the others.
    list(Folder.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    moved = Media.objects.filter(folder_id__in=ids).update(folder_id=folder.parent_id)
    event = FolderDeleted(folders=len(ids), media=moved, **_about(folder))
    Folder.objects.filter(pk__in=ids).delete()
    emit(event, actor=actor, tenant_id=site.tenant_id)


def hold(folder_ids: Iterable[int | None]) -> None:
    """Keeps folders from going until our commit. Call it before any media is locked: a deletion takes them in that
    order too."""
    ids = sorted({id for id in folder_ids if id})
    if ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM media_folder WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [ids])


def require(site: Site, folder_id: int | None, *, member: str = "folder_id") -> None:
    """400 unless the folder (None: outside of all) is one of the site's."""
    if folder_id is not None and not Folder.objects.filter(site=site, pk=folder_id).exists():
        fault = {"field": member, "message": f"There is no folder {folder_id} here.", "code": "reference"}
        raise errors.Invalid(errors=[fault])


def _place(site: Site, folder: Folder, *, height: int) -> None:
    """Judges the folder's name and parent; `height`: levels of itself and what is below it."""
    require(site, folder.parent_id, member="parent_id")
    depth = len(selectors.above(folder.parent_id)) if folder.parent_id else 0
    if depth + height > MAX_DEPTH:
        raise FolderTooDeep
    siblings = Folder.objects.filter(site_id=folder.site_id, parent_id=folder.parent_id, name=folder.name)
    if siblings.exclude(pk=folder.pk).exists():
        raise FolderNameTaken


def _lock(site: Site) -> None:
    """Lets nobody else change the site's tree until our commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('media.folders:' || %s, 0))", [site.pk])


def _about(folder: Folder) -> dict[str, Any]:
    return {"subject_id": folder.pk, "label": folder.name, "version": folder.version, "site_id": folder.site_id}
