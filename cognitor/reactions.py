"""Who reacts to what: the one page on which the apps meet.

`REACTIONS`: what follows an event, after its commit, at least once, in order per subject, in the event's tenant.
`DUE`: what is done when its time has come. `JOBS`: long work by kind. All must bear being done twice.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.accounts import events as accounts
from apps.accounts.services import mails, sessions
from apps.content import events as content
from apps.content.services import indexes, publishing, refreezing
from apps.core.events import Event
from apps.core.models import Due, EventRow, Job
from apps.core.services import housekeeping
from apps.media import events as media
from apps.media.services import files
from apps.sites import events as tenants
from apps.sites.services import sites
from cognitor import archive, purge

REACTIONS: Mapping[type[Event], Sequence[Callable[[EventRow], Any]]] = {
    accounts.PasswordForgotten: [mails.send_reset],
    accounts.VerificationWanted: [mails.send_verification],
    accounts.SignupRepeated: [mails.tell_of_signup],
    accounts.UserInvited: [mails.invite],
    accounts.PasswordChanged: [mails.tell_of_new_password],
    accounts.PasswordReset: [mails.tell_of_new_password],
    content.PostPublished: [refreezing.refreeze_referrers],
    content.PostUnpublished: [refreezing.refreeze_referrers],
    content.PostDeleted: [refreezing.refreeze_referrers],
    content.ElementPublished: [refreezing.refreeze_referrers],
    content.ElementUnpublished: [refreezing.refreeze_referrers],
    content.ElementDeleted: [refreezing.refreeze_referrers],
    content.PagePublished: [refreezing.refreeze_referrers],
    content.PageUnpublished: [refreezing.refreeze_referrers],
    content.PageDeleted: [refreezing.refreeze_referrers],
    content.TypeCreated: [indexes.follow_schema],
    content.TypeChanged: [refreezing.refreeze_type, indexes.follow_schema],
    content.TypeDeleted: [indexes.follow_schema],
    media.MediaDeleted: [refreezing.refreeze_referrers],
    tenants.TenantDeleted: [sessions.end_of_tenant, archive.archive_deleted],
    tenants.TenantSuspended: [sessions.end_of_tenant],
}

DUE: Mapping[str, Callable[[Due], Any]] = {
    "content.publish": publishing.publish_due,
    "content.unpublish": publishing.unpublish_due,
    "content.build_indexes": indexes.build_due,
    "media.discard_file": files.discard,
    "sites.purge_site": sites.purge,
    "sites.purge_tenant": purge.purge,
    "sites.purge_files": purge.discard_files,
    "core.housekeeping": housekeeping.run,
}

JOBS: Mapping[str, Callable[[Job], Any]] = {
    "content.refreeze": refreezing.refreeze_job,
    "content.build_indexes": indexes.build_job,
    "sites.archive_tenant": archive.archive_job,
}
