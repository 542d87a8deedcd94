from django.urls import path

from apps.media.views import (
    DirectUploadViewSet,
    FolderViewSet,
    MediaGenerationViewSet,
    MediaViewSet,
    PublicMediaViewSet,
    VoiceViewSet,
    files,
    parts,
)

public_urlpatterns = [
    path("files/parts/<str:token>", parts),
    path("files/<path:path>", files),
    path("public/<site:site>/media/<id:media_id>", PublicMediaViewSet.as_view({"get": "document"})),
    path("public/<site:site>/media/<id:media_id>/view", PublicMediaViewSet.as_view({"get": "view"})),
]

urlpatterns = [
    path("<site:site>/media/folders", FolderViewSet.as_view({"get": "list", "post": "create"})),
    path("<site:site>/media/folders/tree", FolderViewSet.as_view({"get": "tree"})),
    path(
        "<site:site>/media/folders/<id:folder_id>",
        FolderViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "destroy"}),
    ),
    path("<site:site>/media/uploads", DirectUploadViewSet.as_view({"post": "create"})),
    path("<site:site>/media/uploads/<id:upload_id>/complete", DirectUploadViewSet.as_view({"post": "complete"})),
    path("<site:site>/media/uploads/<id:upload_id>", DirectUploadViewSet.as_view({"delete": "destroy"})),
    path("<site:site>/media/import", MediaViewSet.as_view({"post": "import_"})),
    path("<site:site>/media/bulk", MediaViewSet.as_view({"post": "bulk"})),
    path("<site:site>/media", MediaViewSet.as_view({"get": "list", "post": "upload"})),
    path("<site:site>/media/generate", MediaGenerationViewSet.as_view({"post": "image"})),
    path("<site:site>/media/generate-video", MediaGenerationViewSet.as_view({"post": "film"})),
    path("<site:site>/media/<id:media_id>/edit", MediaGenerationViewSet.as_view({"post": "edit"})),
    path(
        "<site:site>/media/<id:media_id>/remove-background",
        MediaGenerationViewSet.as_view({"post": "remove_background"}),
    ),
    path("<site:site>/media/<id:media_id>/upscale", MediaGenerationViewSet.as_view({"post": "upscale"})),
    path("<site:site>/media/<id:media_id>/metadata", MediaGenerationViewSet.as_view({"post": "describe"})),
    path("<site:site>/media/tts/voices", VoiceViewSet.as_view({"get": "list"})),
    path(
        "<site:site>/media/<id:media_id>",
        MediaViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "destroy"}),
    ),
    path("<site:site>/media/<id:media_id>/file", MediaViewSet.as_view({"put": "replace"})),
    path("<site:site>/media/<id:media_id>/renditions", MediaViewSet.as_view({"get": "renditions"})),
    path("<site:site>/media/<id:media_id>/usage", MediaViewSet.as_view({"get": "usage"})),
    path("<site:site>/media/<id:media_id>/versions", MediaViewSet.as_view({"get": "versions"})),
]
