from apps.content.serializers.bulk import BulkOut, ElementBulkIn, PostBulkIn
from apps.content.serializers.documents import DeleteQuery, DraftQuery, ForceQuery, PublishIn, UnpublishIn
from apps.content.serializers.elements import ElementIn, ElementOut, ElementPatch, ElementQuery
from apps.content.serializers.history import (
    ReferenceOut,
    ReferenceQuery,
    RestoredOut,
    TrashOut,
    TrashQuery,
    VersionEntryOut,
    VersionQuery,
    VersionWholeOut,
)
from apps.content.serializers.posts import PostIn, PostOut, PostPatch, PostQuery, PostSlugQuery
from apps.content.serializers.public import PublicElementOut, PublicElementQuery, PublicPostOut
from apps.content.serializers.types import TypeIn, TypeOut, TypePatch

__all__ = [
    "PostSlugQuery",
    "VersionWholeOut",
    "VersionQuery",
    "VersionEntryOut",
    "TrashQuery",
    "TrashOut",
    "RestoredOut",
    "ReferenceQuery",
    "ReferenceOut",
    "UnpublishIn",
    "PublishIn",
    "DeleteQuery",
    "PostBulkIn",
    "ElementBulkIn",
    "BulkOut",
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
    "TypeIn",
    "TypeOut",
    "TypePatch",
]
