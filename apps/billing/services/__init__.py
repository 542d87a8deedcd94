from apps.billing.services import costs, holds, ledger, limits, pricing, quotes

__all__ = ["costs", "holds", "ledger", "limits", "pricing", "quotes"]
