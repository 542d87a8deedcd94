from apps.billing.selectors import payments, revenue
from apps.billing.selectors.ledger import any_transaction_for, available, held_of, hold_for, spendable
from apps.billing.selectors.limits import limits_of

__all__ = ["any_transaction_for", "available", "held_of", "hold_for", "limits_of", "payments", "revenue", "spendable"]
