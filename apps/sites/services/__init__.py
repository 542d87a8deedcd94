from apps.sites.services import expiry, prompts, settings, sites, tenants, usage

__all__ = ["expiry", "prompts", "settings", "sites", "tenants", "usage"]
