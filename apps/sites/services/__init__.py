from apps.sites.services import prompts, settings, sites, tenants, usage

__all__ = ["prompts", "settings", "sites", "tenants", "usage"]
