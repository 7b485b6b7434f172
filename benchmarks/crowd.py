"""Fill a database with one library of so many subscribers, and print the sessions of who works there.

Run as a process, on the database of its environment: `lists` measures two of them at once.
"""

import json
import sys

from django.core.management import call_command
from django.db import connection

from benchmarks import ready as _ready  # noqa: F401 - before the models
from benchmarks.site import make_data, session_of
from navette.accounts.models import User
from navette.demo.accounts import ADMIN
from navette.demo.plan import Size
from navette.portal.models import Portal

COLUMNS = ["first_name", "last_name", "status", "ends_on", "requested_on", "library", "operations"]
WHO = {"librarian": "sauveterre de guyenne", "staff": ADMIN}


def main(subscribers: int) -> dict[str, str]:
    """Write the data; return a session's key by role."""
    call_command("migrate", verbosity=0)
    make_data(Size(libraries=120, readers=subscribers, first=subscribers))
    Portal.objects.update(subscriber_columns=COLUMNS)  # all those that sort
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM ANALYZE")  # what the server does by itself, minutes after such a load
    return {role: session_of(User.objects.get(identifier=identifier)) for role, identifier in WHO.items()}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
