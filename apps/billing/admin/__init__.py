from apps.billing.admin import offers, payments

__all__ = ["offers", "payments"]
