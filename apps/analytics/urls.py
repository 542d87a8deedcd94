from django.urls import path

from apps.analytics.views import AnalyticsOverviewViewSet, AnalyticsViewSet, EventsViewSet, SearchStatsViewSet

public_urlpatterns = [path("public/<site:site>/events", EventsViewSet.as_view({"post": "take"}))]

platform_urlpatterns = [
    path("search/stats", SearchStatsViewSet.as_view({"get": "stats"})),
    path("analytics/overview", AnalyticsOverviewViewSet.as_view({"get": "overview"})),
    path("analytics/sites/<site:site>/summary", AnalyticsViewSet.as_view({"get": "summary"})),
    path("analytics/sites/<site:site>/trends", AnalyticsViewSet.as_view({"get": "trends"})),
    path("analytics/sites/<site:site>/top", AnalyticsViewSet.as_view({"get": "top"})),
    path("analytics/sites/<site:site>/realtime", AnalyticsViewSet.as_view({"get": "realtime"})),
    path("analytics/sites/<site:site>/searches", AnalyticsViewSet.as_view({"get": "searches"})),
]
