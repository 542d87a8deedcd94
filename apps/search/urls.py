from django.urls import path

from apps.search.views import PublicSearchViewSet, SearchIndexViewSet, SiteIndexViewSet, TenantSearchViewSet

urlpatterns = [
    path("search/sites/<site:site>", PublicSearchViewSet.as_view({"get": "search"})),
    path("search/sites/<site:site>/suggest", PublicSearchViewSet.as_view({"get": "suggest"})),
    path("search/sites/<site:site>/reindex", SiteIndexViewSet.as_view({"post": "reindex"})),
    path("search", TenantSearchViewSet.as_view({"get": "search"})),
    path("search/reindex", SearchIndexViewSet.as_view({"post": "reindex"})),
    path("search/reindex/<uuid:job_id>", SearchIndexViewSet.as_view({"get": "status"})),
]
