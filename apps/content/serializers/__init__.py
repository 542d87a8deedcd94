from apps.content.serializers.distribution import DistributeIn, DistributionOut
from apps.content.serializers.documents import DraftQuery, ForceQuery
from apps.content.serializers.elements import ElementIn, ElementOut, ElementPatch, ElementQuery
from apps.content.serializers.posts import PostIn, PostOut, PostPatch, PostQuery
from apps.content.serializers.public import PublicElementOut, PublicElementQuery, PublicPostOut
from apps.content.serializers.types import (
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

__all__ = [
    "DistributeIn",
    "DistributionOut",
    "DraftQuery",
    "ElementIn",
    "ElementOut",
    "ElementPatch",
    "ElementQuery",
    "ForceQuery",
    "PostIn",
    "PostOut",
    "PostPatch",
    "PostQuery",
    "PublicElementOut",
    "PublicElementQuery",
    "PublicPostOut",
    "TypeChangedOut",
    "TypeDependenciesOut",
    "TypeDuplicateIn",
    "TypeGraphOut",
    "TypeImpactIn",
    "TypeImpactOut",
    "TypeImpactQuery",
    "TypeIn",
    "TypeOut",
    "TypePatch",
    "TypeVersionOut",
]
