from apps.sites.services import prompts, settings, sites, tenants

__all__ = ["prompts", "settings", "sites", "tenants"]
