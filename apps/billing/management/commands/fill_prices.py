"""`manage.py fill_prices`: prices for what has never had one, so that a new installation can be used."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.billing.services import defaults


class Command(BaseCommand):
    help = "Writes the default prices of operations for which nobody ever set one. Running it twice changes nothing."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **options: Any) -> None:
        if (count := defaults.fill()) and options["verbosity"]:
            self.stdout.write(f"Gave {count} operations their default prices")
