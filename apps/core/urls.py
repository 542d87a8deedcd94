from django.urls import path

from apps.core.views import HealthViewSet, JobsViewSet, RootViewSet

urlpatterns = [
    path("", RootViewSet.as_view({"get": "root"})),
    path("health", HealthViewSet.as_view({"get": "live"})),
    path("health/ready", HealthViewSet.as_view({"get": "ready"})),
    path("jobs/<uuid:job_id>", JobsViewSet.as_view({"get": "retrieve"})),
    path("jobs/<uuid:job_id>/events", JobsViewSet.as_view({"get": "events"})),
    path("jobs/<uuid:job_id>/cancel", JobsViewSet.as_view({"post": "cancel"})),
]
