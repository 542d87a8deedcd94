"""Who reacts to what: the one page on which the apps meet.

`TOUCHES`: what of the public's answers an event changes, said at its commit, before the writer has its answer.
`REACTIONS`: what follows an event, after its commit, at least once, in order per subject, in the event's tenant.
`DUE`: what is done when its time has come; of `ALWAYS` one is planned at any time. `JOBS`: long work by kind; `ENDED`:
what is settled of a job that ended while nobody ran it, in that transaction. All must bear being done twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from apps.accounts import events as accounts
from apps.accounts.services import housekeeping as people
from apps.accounts.services import mails, sessions
from apps.ai import events as ai
from apps.ai.services import generations, texts
from apps.analytics.services import expiry as figures
from apps.analytics.services import retention as months
from apps.billing.services import allowances, dunning, mirror, refunds, webhooks
from apps.billing.services import housekeeping as credits
from apps.content import events as content
from apps.content.delivery import tags_of
from apps.content.models import DOCUMENTS
from apps.content.services import distribution, indexes, refreezing, renaming, scheduling, translating, trash
from apps.content.services import expiry as content_expiry
from apps.core.actor import Actor
from apps.core.events import Event
from apps.core.models import Due, EventRow, Job
from apps.core.services import housekeeping
from apps.media import events as media
from apps.media.delivery import tags_of as media_tags_of
from apps.media.services import direct, files, generating
from apps.media.services import expiry as media_expiry
from apps.search.services import expiry as search_expiry
from apps.search.services import indexing, meanings, reindexing
from apps.sites import events as tenants
from apps.sites.services import domains, sites
from apps.websites.services import expiry as websites_expiry
from apps.websites.services import generating as websites
from cognitor import archive, purge, retention


def _document(row: EventRow) -> list[str]:
    return tags_of(row.site_id, row.subject_type, row.subject_id, row.data.get("type_key", ""))


def _media(row: EventRow) -> list[str]:
    return media_tags_of(row.site_id, row.subject_id)


def _site(row: EventRow) -> list[str]:
    return [f"site:{row.site_id}", "hosts"]


def _tenant(row: EventRow) -> list[str]:
    return [f"tenant:{row.tenant_id}"]


TOUCHES: Mapping[type[Event], Callable[[EventRow], Iterable[str]]] = {
    **dict.fromkeys(
        (
            content.ElementPublished,
            content.ElementUnpublished,
            content.ElementDeleted,
            content.PostPublished,
            content.PostUnpublished,
            content.PostDeleted,
            content.PagePublished,
            content.PageUnpublished,
            content.PageDeleted,
            content.PageMoved,
            content.PageReaddressed,
        ),
        _document,
    ),
    **dict.fromkeys((media.MediaUploaded, media.MediaUpdated, media.MediaReplaced, media.MediaDeleted), _media),
    **dict.fromkeys(
        (
            tenants.SiteChanged,
            tenants.SiteSettingsChanged,
            tenants.SiteDeleted,
            tenants.SiteRestored,
            tenants.SitePurged,
            tenants.DomainVerified,
            tenants.DomainLost,
            content.TypeDeleted,
        ),
        _site,
    ),
    **dict.fromkeys(
        (
            tenants.TenantChanged,
            tenants.TenantSuspended,
            tenants.TenantResumed,
            tenants.TenantDeleted,
            tenants.TenantRestored,
        ),
        _tenant,
    ),
}

_REACTIONS: Mapping[type[Event], Sequence[Callable[[EventRow], Any]]] = {
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
    content.PagePublished: [refreezing.readdress_below, refreezing.refreeze_referrers],
    content.PageUnpublished: [refreezing.readdress_below, refreezing.refreeze_referrers],
    content.PageDeleted: [refreezing.readdress_below, refreezing.refreeze_referrers],
    content.PageSaved: [refreezing.readdress_below],
    content.PageRestored: [refreezing.readdress_below],
    content.PageMoved: [refreezing.readdress_below, refreezing.refreeze_referrers],
    content.PageReaddressed: [refreezing.refreeze_referrers],
    content.TranslationPublished: [refreezing.refreeze_referrers_of_translated],
    content.TranslationUnpublished: [refreezing.refreeze_referrers_of_translated],
    content.TranslationDeleted: [refreezing.refreeze_referrers_of_translated],
    content.TypeCreated: [indexes.follow_schema],
    content.TypeChanged: [refreezing.refreeze_type, indexes.follow_schema],
    content.TypeDeleted: [indexes.follow_schema],
    media.MediaReplaced: [refreezing.refreeze_referrers],
    media.MediaDeleted: [refreezing.refreeze_referrers],
    tenants.SiteImported: [indexes.follow_schema],
    tenants.SiteExpired: [content_expiry.begin, media_expiry.begin, websites_expiry.begin, figures.begin],
    tenants.SitePurged: [figures.forget],
    ai.GenerationFailed: [websites.follow_failure],
    accounts.SecondFactorEnabled: [mails.tell_of_second_factor],
    accounts.SecondFactorDisabled: [mails.tell_of_lost_factor],
    accounts.SecondFactorReset: [mails.tell_of_lost_factor],
    accounts.RecoveryCodesMade: [mails.tell_of_recovery_codes],
    accounts.IdentityLinked: [mails.tell_of_identity],
    accounts.IdentityUnlinked: [mails.tell_of_identity],
    tenants.TenantDeleted: [sessions.end_of_tenant, archive.archive_deleted],
    tenants.TenantSuspended: [sessions.end_of_tenant],
}

# What the search index follows: what changes the public text of a document changes that of those that show it, too.
_INDEXED: Mapping[type[Event], Callable[[EventRow], Any]] = {
    **{content.of(kind, verb): indexing.follow for kind in DOCUMENTS for verb in ("Saved", "Scheduled", "Restored")},
    **{
        content.of(kind, verb): indexing.follow_public
        for kind in DOCUMENTS
        for verb in ("Published", "Unpublished", "Deleted", "Purged")
    },
    content.TranslationSaved: indexing.follow,
    **dict.fromkeys(
        (content.TranslationPublished, content.TranslationUnpublished, content.TranslationDeleted),
        indexing.follow_public,
    ),
    content.TypeChanged: indexing.follow_type,
    content.TypeDeleted: indexing.forget_elements,
    **dict.fromkeys(
        (media.MediaUploaded, media.MediaUpdated, media.MediaReplaced, media.MediaDeleted), indexing.follow
    ),
    tenants.SiteImported: reindexing.start_imported,
    tenants.SiteExpired: search_expiry.begin,
}
REACTIONS: Mapping[type[Event], Sequence[Callable[[EventRow], Any]]] = {
    event: [*_REACTIONS.get(event, ()), *([_INDEXED[event]] if event in _INDEXED else [])]
    for event in {**_REACTIONS, **_INDEXED}
}

DUE: Mapping[str, Callable[[Due], Any]] = {
    allowances.KIND: allowances.next_month,
    dunning.KIND: dunning.run,
    mirror.KIND: mirror.look,
    refunds.FINISH: refunds.finish_due,
    webhooks.KIND: webhooks.forget_due,
    "content.publish": scheduling.publish_due,
    "content.unpublish": scheduling.unpublish_due,
    "content.purge": trash.purge_due,
    "content.build_indexes": indexes.build_due,
    "media.discard_file": files.discard,
    direct.END: direct.end,
    websites.SETTLE: websites.settle,
    "sites.purge_site": sites.purge,
    "sites.review_domain": domains.review,
    "sites.purge_tenant": purge.purge,
    "sites.purge_files": purge.discard_files,
    housekeeping.KIND: housekeeping.run,
    people.KIND: people.run,
    people.ABANDONED: purge.abandon,
    credits.KIND: credits.run,
    retention.KIND: retention.run,
    months.KIND: months.run,
}

ALWAYS: Sequence[str] = (
    *(housekeeping.KIND, people.KIND, retention.KIND, credits.KIND, webhooks.KIND, mirror.KIND),
    months.KIND,
)

JOBS: Mapping[str, Callable[[Job], Any]] = {
    mirror.KIND: mirror.run_job,
    refunds.FINISH: refunds.finish_job,
    texts.KIND: texts.run,
    **generating.JOBS,
    translating.KIND: translating.run,
    websites.KIND: websites.run,
    "content.distribute": distribution.distribute_job,
    "content.readdress": refreezing.readdress_job,
    "content.refreeze": refreezing.refreeze_job,
    content_expiry.KIND: content_expiry.run,
    media_expiry.KIND: media_expiry.run,
    websites_expiry.KIND: websites_expiry.run,
    figures.KIND: figures.run,
    "content.rename_fields": renaming.rename_job,
    "content.build_indexes": indexes.build_job,
    indexing.OF_TYPE: indexing.index_type,
    indexing.REFERRERS: indexing.index_referrers,
    meanings.KIND: meanings.run,
    reindexing.KIND: reindexing.run,
    search_expiry.KIND: search_expiry.run,
    "sites.archive_tenant": archive.archive_job,
    "sites.check_domain": domains.check_job,
}

ENDED: Mapping[str, Callable[[Job, Actor], Any]] = dict.fromkeys(
    (texts.KIND, translating.KIND, websites.KIND, *generating.JOBS), generations.ended_unrun
)
