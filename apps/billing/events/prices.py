from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CostSettingCreated(Event):
    subject: ClassVar[str] = "cost_setting"
    credits: str


@dataclass(frozen=True, kw_only=True)
class CostSettingChanged(Event):
    """A price from some moment on; the setting's history says from which."""

    subject: ClassVar[str] = "cost_setting"
    credits: str


@dataclass(frozen=True, kw_only=True)
class CostSettingDeleted(Event):
    subject: ClassVar[str] = "cost_setting"


@dataclass(frozen=True, kw_only=True)
class OverridesSet(Event):
    """The tenant's own prices were replaced."""

    subject: ClassVar[str] = "tenant"
    count: int


@dataclass(frozen=True, kw_only=True)
class DiscountsSet(Event):
    """The plans' discounts were replaced: percent by plan."""

    subject: ClassVar[str] = "discounts"
    discounts: dict[str, int]
