from apps.content.serializers.documents import DraftQuery, ForceQuery, LocaleQuery
from apps.content.serializers.elements import ElementIn, ElementOut, ElementPatch, ElementQuery
from apps.content.serializers.locales import LocalesIn, LocalesOut
from apps.content.serializers.posts import PostIn, PostOut, PostPatch, PostQuery
from apps.content.serializers.public import PublicElementOut, PublicElementQuery, PublicPostOut, PublicPostQuery
from apps.content.serializers.translations import (
    STATES,
    FreshnessOut,
    TranslationIn,
    TranslationOut,
    TranslationStatusOut,
    TranslationStatusQuery,
)
from apps.content.serializers.types import TypeIn, TypeOut, TypePatch

__all__ = [
    "STATES",
    "DraftQuery",
    "ElementIn",
    "ElementOut",
    "ElementPatch",
    "ElementQuery",
    "ForceQuery",
    "FreshnessOut",
    "LocaleQuery",
    "LocalesIn",
    "LocalesOut",
    "PostIn",
    "PostOut",
    "PostPatch",
    "PostQuery",
    "PublicElementOut",
    "PublicElementQuery",
    "PublicPostOut",
    "PublicPostQuery",
    "TranslationIn",
    "TranslationOut",
    "TranslationStatusOut",
    "TranslationStatusQuery",
    "TypeIn",
    "TypeOut",
    "TypePatch",
]
