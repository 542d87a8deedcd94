from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.content import errors, selectors, services
from apps.content.models import ContentType
from apps.content.selectors import Graph, Impact
from apps.content.serializers import (
    DistributeIn,
    DistributionOut,
    ForceQuery,
    TypeChangedOut,
    TypeDependenciesOut,
    TypeDuplicateIn,
    TypeGraphOut,
    TypeImpactIn,
    TypeImpactOut,
    TypeImpactQuery,
    TypeIn,
    TypeOut,
    TypePatch,
    TypeVersionOut,
)
from apps.core.errors import NotFound, VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, PageQuery
from apps.core.viewsets import OperationViewSet
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
        gives=TypeChangedOut,
        effects="rows",
        refuses=[errors.SchemaRefused, errors.RenameTaken, errors.DoublesExist, VersionMismatch],
    )
    def update(self, request: Request, site: Site, type_id: int) -> ContentType:
        """Changes a content type; a schema is replaced whole, also when elements exist that do not fit it.

        `renames` carries the elements' data along; `impact` of the answer says what the change did, counted over up
        to 20,000 elements. An older version is restored by sending its schema.
        """
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
        """Deletes a content type with the elements in its trash.

        409 while others exist, or types and pages refer to it, unless `force=true`.
        """
        services.types.delete(actor=request.actor, site=site, type_id=type_id, force=request.q["force"])

    @operation("contenttypes_versions", allow="schema.read", rate="read", gives=TypeVersionOut, query=PageQuery)
    def versions(self, request: Request, site: Site, type_id: int) -> Page:
        """What the type was after each change, newest first: who changed it, when, and which fields."""
        kind = selectors.type_for(actor=request.actor, site=site, type_id=type_id)
        return selectors.version_page(kind, request.q)

    @operation(
        "contenttypes_impact",
        allow="schema.read",
        rate="write",
        takes=TypeImpactIn,
        gives=TypeImpactOut,
        query=TypeImpactQuery,
        refuses=[errors.SchemaRefused],
    )
    def impact(self, request: Request, site: Site, type_id: int) -> Impact:
        """What a change of the schema would do, counted exactly over all elements, in batches; nothing is changed."""
        page = {name: request.q[name] for name in ("page", "size")}
        return services.types.impact(actor=request.actor, site=site, type_id=type_id, **request.valid, **page)

    @operation("contenttypes_graph", allow="schema.read", rate="read", gives=TypeGraphOut, timeout="write")
    def graph(self, request: Request, site: Site) -> Graph:
        """The site's whole schema graph: types and what else is referred to, what refers to what, and the cycles."""
        return selectors.graph_of(actor=request.actor, site=site)

    @operation(
        "contenttypes_dependencies", allow="schema.read", rate="read", gives=TypeDependenciesOut, timeout="write"
    )
    def dependencies(self, request: Request, site: Site, type_id: int) -> dict[str, Any]:
        """What a type refers to and what refers to it, with counts."""
        kind = selectors.type_for(actor=request.actor, site=site, type_id=type_id)
        return selectors.dependencies_of(actor=request.actor, site=site, kind=kind)

    @operation(
        "contenttypes_duplicate",
        allow="schema.write",
        rate="write",
        takes=TypeDuplicateIn,
        gives=TypeOut,
        status=201,
        effects="rows",
        refuses=[errors.TypeKeyTaken, NotFound],
    )
    def duplicate(self, request: Request, site: Site, type_id: int) -> ContentType:
        """Copies a content type without its elements, within the site or to another one of the tenant."""
        asked = dict(request.valid)
        to = asked.pop("site", "")
        return services.copies.duplicate(actor=request.actor, site=site, type_id=type_id, to=to, **asked)


class DistributionViewSet(OperationViewSet):
    """Content types brought to many sites by those who run the installation."""

    category = "content"

    @operation(
        "contenttypes_distribute",
        allow="platform.content",
        rate="write",
        takes=DistributeIn,
        gives=DistributionOut,
        effects="rows",
    )
    def distribute(self, request: Request) -> dict[str, Any]:
        """Copies types, with those that their fields name, to many sites or tenants, each target in a transaction of
        its own. More than 20 targets become a job, whose result has what came of each."""
        return services.distribution.distribute(actor=request.actor, **request.valid)
