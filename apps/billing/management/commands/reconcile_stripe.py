"""`manage.py reconcile_stripe`: after an outage, does what webhooks could not tell, and mends the mirror."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.billing.services import mirror, webhooks
from apps.core.refusal import Refusal


class Command(BaseCommand):
    help = "Lists the payment provider's events and applies those that were missed. Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", metavar="WHEN", help="ISO 8601 time; default: three days ago")
        parser.add_argument("--mirror", action="store_true", help="Copy all that the provider has of our customers.")

    def handle(self, *_: Any, **options: Any) -> None:
        since = timezone.now() - datetime.timedelta(days=3)
        if options["since"]:
            found = parse_datetime(options["since"])
            if found is None:
                raise CommandError("--since takes a time such as 2026-11-01T00:00:00Z.")
            since = found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
        try:
            seen, missed = webhooks.reconcile(since=since)
            copied, failed = mirror.whole() if options["mirror"] else mirror.heal(since)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{copied} objects copied into the mirror, {failed} could not be")
        self.stdout.write(f"{seen} events, {missed} of them applied now")
