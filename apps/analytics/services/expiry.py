"""The end of a site in this app: its events and figures."""

from apps.analytics.models import PARTITIONED
from apps.core.models import EventRow


def forget(event: EventRow) -> None:
    """Reaction to `SiteExpired` and `SitePurged`: deletes what was counted of the site."""
    for model in PARTITIONED:
        model._base_manager.filter(tenant_id=event.tenant_id or 0, site_id=event.subject_id).delete()
