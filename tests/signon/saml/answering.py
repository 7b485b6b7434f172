"""Answer one request many times at once, in a process of its own: `python -m tests.signon.saml.answering TOKEN READER`.

It says "ready", waits for a line, and then says how many of its answers held an assertion.
"""

import os
import sys

import django


def main(token: str, reader_id: str, count: str) -> None:
    """Answer from `count` threads."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navette.config.settings")
    django.setup()
    from navette.readers.models import Reader  # noqa: PLC0415  # Django has to be set up first
    from navette.signon.saml import doors  # noqa: PLC0415
    from navette.signon.saml.refusals import SamlRefused  # noqa: PLC0415
    from tests.at_once import at_once  # noqa: PLC0415

    reader = Reader.objects.select_related("user").get(pk=reader_id)
    asked = doors.restored(token)

    def answered(_number: int) -> bool:
        try:
            return "SAMLResponse" in doors.answer(asked, reader).fields
        except SamlRefused as refused:
            return refused.reason != "saml_answered"

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{sum(at_once(answered, int(count)))}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
