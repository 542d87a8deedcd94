from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "apps.sites"
    label = "sites"
    verbose_name = "Sites"

    def ready(self) -> None:
        from apps.sites.providers import cors

        cors.connect()
