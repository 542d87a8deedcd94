"""`manage.py reset_second_factor`: for somebody who lost the app and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import User, normal
from apps.accounts.services import second_factor
from apps.core.actor import Actor


class Command(BaseCommand):
    help = "Takes the second factor from a person and ends all sessions of it. Make sure first who is asking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, **options: Any) -> None:
        user = User.objects.filter(email=normal(options["email"])).first()
        if user is None:
            raise CommandError("No account has this address.")
        if user.second_factor_at is None:
            raise CommandError("This account has no second factor.")
        ended = second_factor.reset(actor=Actor.system(because="reset_second_factor command"), user_id=user.pk)
        self.stdout.write(f"{user.email} signs in without a code now; {ended} sessions ended")
