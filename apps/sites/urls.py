from django.urls import path

from apps.sites.views import SitesViewSet

urlpatterns = [
    path("sites", SitesViewSet.as_view({"get": "list", "post": "create"})),
    path("sites/<site:site>", SitesViewSet.as_view({"get": "retrieve"})),
]
