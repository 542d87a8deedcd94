from apps.media.serializers.bulk import (
    MediaBulkIn,
)
from apps.media.serializers.direct import (
    DirectUploadIn,
    DirectUploadOut,
)
from apps.media.serializers.folders import (
    FolderDeleteQuery,
    FolderIn,
    FolderNodeOut,
    FolderOut,
    FolderPatch,
    FolderQuery,
)
from apps.media.serializers.generation import (
    GeneratedMediaOut,
    PaintIn,
)
from apps.media.serializers.media import (
    FileIn,
    ImportIn,
    MediaDeleteQuery,
    MediaOut,
    MediaPatch,
    MediaQuery,
    MediaVersionOut,
    UploadedOut,
    UploadIn,
    UseOut,
)
from apps.media.serializers.public import (
    PublicMediaOut,
    RenditionOut,
    RenditionsOut,
    SizeQuery,
    ViewQuery,
)
from apps.media.serializers.speaking import (
    SpeakIn,
    VoiceOut,
    VoiceQuery,
)

__all__ = [
    "DirectUploadIn",
    "DirectUploadOut",
    "FileIn",
    "FolderDeleteQuery",
    "FolderIn",
    "FolderNodeOut",
    "FolderOut",
    "FolderPatch",
    "FolderQuery",
    "GeneratedMediaOut",
    "ImportIn",
    "MediaBulkIn",
    "MediaDeleteQuery",
    "MediaOut",
    "MediaPatch",
    "MediaQuery",
    "MediaVersionOut",
    "PaintIn",
    "PublicMediaOut",
    "RenditionOut",
    "RenditionsOut",
    "SizeQuery",
    "SpeakIn",
    "UploadIn",
    "UploadedOut",
    "UseOut",
    "ViewQuery",
    "VoiceOut",
    "VoiceQuery",
]
