"""Mails queued and sent by the outbox, against bare smtplib on a kept connection to the same server.

The reference is given its mails ready made: all it does is to speak SMTP. The outbox fills the texts, writes the rows,
claims each before it is sent, makes the message in text and HTML, and writes that it went, each on the disk.
"""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

from benchmarks.harness import Figure, timed
from navette.core import clock
from navette.mail.delivery import Sender
from navette.mail.letters import Letterhead
from navette.mail.models import MailState, OutgoingMail
from navette.mail.outbox import Letter, queue_mails
from navette.mail.transport import SMTPBackend
from navette.portal.profiles import load_profile
from navette.portal.queries import current_portal
from navette.subscriptions import mails as _kinds  # noqa: F401 - registers the kinds

COUNT = 2_000
TURN = 250


@contextmanager
def sink() -> Iterator[int]:
    """Run an SMTP server that accepts everything, in a process of its own, and give its port."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.sink"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def run() -> list[Figure]:
    """Queue and send COUNT mails both ways, in turns, so that what else the machine does weighs on both."""
    load_profile("gironde", contact_email="bibnum@example.org", contact_phone="05 56 00 00 00")
    with sink() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        _through_outbox(TURN)  # templates, statements and connections warm
        _bare(port)
        turns = [(timed(lambda: _through_outbox(TURN)), _bare(port)) for _ in range(COUNT // TURN)]
    ours, bare = (COUNT / sum(seconds) for seconds in zip(*turns, strict=True))
    return [Figure(f"{COUNT:,} mails queued and sent, to bare smtplib", ours, "mails/s", bare, aim=0.4, at_least=True)]


def _through_outbox(count: int) -> None:
    before = OutgoingMail.objects.filter(state=MailState.SENT).count()
    with transaction.atomic():
        queue_mails(_letter(number) for number in range(count))
    sender = Sender(SMTPBackend())
    while sender.round().busy:
        pass
    sender.close()
    assert OutgoingMail.objects.filter(state=MailState.SENT).count() == before + count


def _letter(number: int) -> Letter:
    values = {"prenom": "Camille", "nom": f"Durand {number}", "bibliotheque": "Sauveterre-de-Guyenne"}
    url = f"{settings.SITE_URL}/mon-compte"
    return Letter("accepted", f"lecteur{number}@example.org", values, button_url=url, signed_by="Sauveterre-de-Guyenne")


def _bare(port: int) -> float:
    letterhead, at = Letterhead(current_portal), clock.now()
    rows = OutgoingMail.objects.filter(created_at__lte=at).order_by("-pk")[:TURN]
    ready = [(mail.to_email, letterhead.message(mail).message().as_bytes(linesep="\r\n")) for mail in rows]
    with smtplib.SMTP("127.0.0.1", port) as server:
        return timed(lambda: [server.sendmail("navette@example.org", to, data) for to, data in ready])
