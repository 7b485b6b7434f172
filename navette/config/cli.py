"""The `navette` command: Django's management commands with Navette's own."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line, in French demo or server settings as the environment says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navette.config.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("NAVETTE_DEMO", "1")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
