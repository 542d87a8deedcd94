from rest_framework.request import Request

from apps.core.actor import Actor
from apps.core.operation import operation
from apps.core.query import Page, PageQuery, page_of
from apps.sites import errors, selectors, services
from apps.sites.models import Domain, Site
from apps.sites.serializers import DomainOut
from apps.sites.viewsets import SiteViewSet


def ask(request: Request, site: Site, domain_id: int) -> str:
    """First step of a check: asks DNS, before the transaction that settles what was found."""
    return services.domains.ask(actor=request.actor, site=site, domain_id=domain_id)


class DomainsViewSet(SiteViewSet):
    """Host names that the site's settings claim, and what each has proven."""

    category = "users"

    def authorise(self, actor: Actor, code: str) -> None:
        super().authorise(actor, code)
        if domain_id := self.kwargs.get("domain_id"):
            selectors.domain_for(actor=actor, site=self.site, domain_id=domain_id)

    @operation("sites_domains_list", allow="sites.read", rate="read", gives=DomainOut, query=PageQuery)
    def list(self, request: Request, site: Site) -> Page:
        """Lists the site's domains with their states and the DNS record that proves each."""
        return page_of(selectors.domains_of(actor=request.actor, site=site), request.q)

    @operation(
        "sites_domains_verify",
        allow="sites.write",
        rate="lookup",
        timeout="write",
        gives=DomainOut,
        effects="outside",
        prepare=ask,
        refuses=[errors.DomainTaken],
    )
    def verify(self, request: Request, site: Site, domain_id: int) -> Domain:
        """Looks for the domain's DNS record now and tells what was found, be it there or not, in `outcome`."""
        return services.domains.settle(actor=request.actor, site=site, domain_id=domain_id, outcome=request.prepared)
