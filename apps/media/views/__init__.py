from apps.media.views.folders import FolderViewSet
from apps.media.views.generation import MediaGenerationViewSet
from apps.media.views.media import MediaViewSet
from apps.media.views.public import PublicMediaViewSet, files

__all__ = ["FolderViewSet", "MediaGenerationViewSet", "MediaViewSet", "PublicMediaViewSet", "files"]
