from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from apps.billing.services import checking
from apps.sites.models import Tenant


class Command(BaseCommand):
    help = "Compares balances, lots and holds with the entries of the ledger; fails when anything differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="The identifier of one tenant; without, all.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant_id = None
        if options["tenant"]:
            tenant_id = Tenant.objects.filter(identifier=options["tenant"]).values_list("pk", flat=True).first()
            if tenant_id is None:
                raise CommandError(f"There is no tenant {options['tenant']}.")
        # At one moment: while credits are spent, two statements see two ledgers.
        with transaction.atomic(), connection.cursor() as cursor:
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL statement_timeout = 0")
            faults = checking.faults(tenant_id)
        if faults:
            raise CommandError("\n".join(["The ledger is not true:", *faults]))
        self.stdout.write("The ledger is true.")
