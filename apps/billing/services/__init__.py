from apps.billing.services import holds, ledger

__all__ = ["holds", "ledger"]
