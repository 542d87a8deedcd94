from django import template

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """`1000` of `usd` as `10.00 USD`."""
    return f"{amount / 100:,.2f} {currency.upper()}"
