"""Reading figures: exact against the events that they are sums of."""

from apps.analytics.selectors import figures, searches, spans, top

__all__ = ["figures", "searches", "spans", "top"]
