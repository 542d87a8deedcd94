from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule
from django_tenants.apps import DjangoTenantsConfig


class CognitorConfig(AppConfig):
    name = "cognitor"
    verbose_name = "Cognitor"


class TenantsConfig(DjangoTenantsConfig):
    """django-tenants without its look into the database at start: `serve` starts that database later."""

    def ready(self) -> None:
        pass


class AdminConfig(SimpleAdminConfig):
    """Finds our own admin only: those of other apps are for a site that is not served, and dj-stripe's calls Stripe."""

    def ready(self) -> None:
        super().ready()
        for config in apps.get_app_configs():
            ours = config.name == "cognitor" or config.name.startswith("apps.")
            if ours and module_has_submodule(config.module, "admin"):
                import_module(f"{config.name}.admin")
