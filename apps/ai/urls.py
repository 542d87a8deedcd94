from django.urls import path

from apps.ai.views import GenerationViewSet

urlpatterns = [
    path("<site:site>/generation/models", GenerationViewSet.as_view({"get": "models"})),
    path("<site:site>/generation/jobs", GenerationViewSet.as_view({"get": "list"})),
    path("<site:site>/generation/jobs/<uuid:job_id>", GenerationViewSet.as_view({"get": "retrieve"})),
    path("<site:site>/generation/jobs/<uuid:job_id>/cancel", GenerationViewSet.as_view({"post": "cancel"})),
    path("<site:site>/seo/generatetext", GenerationViewSet.as_view({"post": "write"})),
]
