"""`manage.py create_platform_admin`: somebody who runs the installation."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from apps.accounts.services import users
from apps.core.actor import Actor
from apps.core.refusal import Refusal


class Command(BaseCommand):
    help = (
        "Creates a platform administrator. The password comes from PLATFORM_ADMIN_PASSWORD or is asked for; the "
        "second factor is set up at the first sign-in, and nothing of the platform is open before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="What people read.")

    def handle(self, *_: Any, **options: Any) -> None:
        password = os.environ.get("PLATFORM_ADMIN_PASSWORD") or self._asked()
        actor = Actor.system(because="create_platform_admin command")
        try:
            validate_email(options["email"])
            user = users.create_platform_admin(
                actor=actor, email=options["email"], password=password, name=options["name"]
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except Refusal as refusal:
            faults = [fault["message"] for fault in refusal.data.get("errors", [])]
            raise CommandError(" ".join(faults) or refusal.message) from refusal
        self.stdout.write(
            f"Created platform administrator {user.email}; sign in at /admin/ to set up the second factor"
        )

    def _asked(self) -> str:
        password = getpass("Password: ")
        if password != getpass("Once more: "):
            raise CommandError("The two passwords differ.")
        return password
