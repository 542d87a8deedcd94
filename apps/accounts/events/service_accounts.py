"""Machines."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ServiceAccountCreated(Event):
    subject: ClassVar[str] = "service_account"
    codes: list[str]
    sites: list[int]


@dataclass(frozen=True, kw_only=True)
class ServiceAccountChanged(Event):
    subject: ClassVar[str] = "service_account"
    codes: list[str]
    sites: list[int]


@dataclass(frozen=True, kw_only=True)
class ServiceAccountRotated(Event):
    subject: ClassVar[str] = "service_account"
    overlap_seconds: int


@dataclass(frozen=True, kw_only=True)
class ServiceAccountRevoked(Event):
    subject: ClassVar[str] = "service_account"
