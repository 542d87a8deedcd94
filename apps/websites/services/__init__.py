from apps.websites.services import building, expiry, generating, life

__all__ = ["building", "expiry", "generating", "life"]
