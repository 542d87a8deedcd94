from apps.sites.services import sites, tenants

__all__ = ["sites", "tenants"]
