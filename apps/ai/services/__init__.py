from apps.ai.services import calling, generations, offers, texts

__all__ = ["calling", "generations", "offers", "texts"]
