from apps.sites.services import domains, expiry, prompts, settings, sites, tenants, usage

__all__ = ["domains", "expiry", "prompts", "settings", "sites", "tenants", "usage"]
