#!/usr/bin/env python
"""Runs a management command on the installation that `--data`, COGNITOR_DATA or `.data` names."""

import os
import sys

from cognitor import installation
from cognitor.embedded.process import EmbeddedError


def main() -> None:
    try:
        installation.enter(sys.argv)
    except EmbeddedError as error:
        sys.exit(f"cognitor: {error}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
