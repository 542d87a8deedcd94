from apps.sites.services import domains, prompts, settings, sites, tenants, usage

__all__ = ["domains", "prompts", "settings", "sites", "tenants", "usage"]
