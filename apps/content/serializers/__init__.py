from apps.content.serializers.documents import DraftQuery, ForceQuery
from apps.content.serializers.elements import ElementGetQuery, ElementIn, ElementOut, ElementPatch, ElementQuery
from apps.content.serializers.indexes import IndexOut
from apps.content.serializers.posts import PostIn, PostOut, PostPatch, PostQuery
from apps.content.serializers.public import PublicElementOut, PublicElementQuery, PublicPostOut
from apps.content.serializers.types import TypeIn, TypeOut, TypePatch

__all__ = [
    "DraftQuery",
    "ElementGetQuery",
    "ElementIn",
    "ElementOut",
    "ElementPatch",
    "ElementQuery",
    "ForceQuery",
    "IndexOut",
    "PostIn",
    "PostOut",
    "PostPatch",
    "PostQuery",
    "PublicElementOut",
    "PublicElementQuery",
    "PublicPostOut",
    "TypeIn",
    "TypeOut",
    "TypePatch",
]
