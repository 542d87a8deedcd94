from apps.media.views.direct import DirectUploadViewSet
from apps.media.views.folders import FolderViewSet
from apps.media.views.generation import MediaGenerationViewSet
from apps.media.views.media import MediaViewSet
from apps.media.views.public import PublicMediaViewSet, files, parts
from apps.media.views.speaking import VoiceViewSet

__all__ = [
    "DirectUploadViewSet",
    "FolderViewSet",
    "MediaGenerationViewSet",
    "MediaViewSet",
    "PublicMediaViewSet",
    "VoiceViewSet",
    "files",
    "parts",
]
