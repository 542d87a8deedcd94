from django.apps import AppConfig
from django_tenants.apps import DjangoTenantsConfig


class CognitorConfig(AppConfig):
    name = "cognitor"
    verbose_name = "Cognitor"


class TenantsConfig(DjangoTenantsConfig):
    """django-tenants without its look into the database at start: `serve` starts that database later."""

    def ready(self) -> None:
        pass
