from django.db.models import QuerySet
from rest_framework.request import Request

from apps.content import errors, selectors, services
from apps.content.models import ContentType
from apps.content.serializers import ForceQuery, TypeIn, TypeOut, TypePatch
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class TypeViewSet(SiteViewSet):
    """Content types: what elements look like."""

    category = "content"

    @operation("contenttypes_list", allow="schema.read", rate="read", gives=TypeOut, many=True)
    def list(self, request: Request, site: Site) -> QuerySet[ContentType]:
        """All content types of the site, as a bare array."""
        return selectors.types_of(actor=request.actor, site=site)

    @operation(
        "contenttypes_create",
        allow="schema.write",
        rate="write",
        takes=TypeIn,
        gives=TypeOut,
        status=201,
        effects="rows",
        refuses=[errors.TypeKeyTaken, errors.SchemaRefused],
    )
    def create(self, request: Request, site: Site) -> ContentType:
        """Creates a content type from a JSON Schema with `post_id`, `media_id` and `element_id` reference formats."""
        return services.types.create(actor=request.actor, site=site, **request.valid)

    @operation("contenttypes_get", allow="schema.read", rate="read", gives=TypeOut)
    def retrieve(self, request: Request, site: Site, type_id: int) -> ContentType:
        """One content type."""
        return selectors.type_for(actor=request.actor, site=site, type_id=type_id)

    @operation(
        "contenttypes_update",
        allow="schema.write",
        rate="write",
        takes=TypePatch,
        gives=TypeOut,
        effects="rows",
        refuses=[errors.SchemaRefused, VersionMismatch],
    )
    def update(self, request: Request, site: Site, type_id: int) -> ContentType:
        """Changes a content type; a schema is replaced whole, also when elements exist that do not fit it."""
        match = request.headers.get("If-Match", "")
        return services.types.update(actor=request.actor, site=site, type_id=type_id, if_match=match, **request.valid)

    @operation(
        "contenttypes_delete",
        allow="schema.write",
        rate="write",
        query=ForceQuery,
        effects="rows",
        refuses=[errors.TypeInUse],
    )
    def destroy(self, request: Request, site: Site, type_id: int) -> None:
        """Deletes a content type with the elements in its trash; 409 while others exist, unless `force=true`."""
        services.types.delete(actor=request.actor, site=site, type_id=type_id, force=request.q["force"])
