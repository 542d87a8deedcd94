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
    DescribeIn,
    DescriptionOut,
    EditIn,
    FilmIn,
    FilmOut,
    GeneratedMediaOut,
    PaintIn,
    RemoveBackgroundIn,
    UpscaleIn,
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
    "DescribeIn",
    "DescriptionOut",
    "EditIn",
    "FilmIn",
    "FilmOut",
    "RemoveBackgroundIn",
    "UpscaleIn",
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
