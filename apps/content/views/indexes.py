from rest_framework.request import Request

from apps.content import selectors, services
from apps.content.serializers import IndexOut
from apps.content.services.indexes import DataIndex
from apps.core.operation import operation
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class IndexViewSet(SiteViewSet):
    """Indexes of the fields that a type marks with `x-index: true`."""

    category = "content"

    @operation("contenttypes_indexes", allow="schema.read", rate="read", gives=IndexOut, many=True)
    def list(self, request: Request, site: Site, type_id: int) -> "list[DataIndex]":
        """The fields of a type that its schema marks with `x-index: true`, and where their indexes stand. They are
        built and dropped by a job after the schema has changed."""
        kind = selectors.type_for(actor=request.actor, site=site, type_id=type_id)
        return services.indexes.indexes_of(kind)
