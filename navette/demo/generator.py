"""Makes the demo's data: a département's network with its readers, the same for the same seed and day."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from navette.demo.accounts import FIXED, PARENT, PASSWORD
from navette.demo.editorial import make_editorial
from navette.demo.libraries import FICTION, make_network
from navette.demo.mails import make_mails
from navette.demo.messages import make_messages
from navette.demo.past import make_past
from navette.demo.people import People
from navette.demo.plan import Plan
from navette.demo.queue import make_queue
from navette.demo.resources import make_collection
from navette.demo.subscribers import make_readers
from navette.demo.work import make_work
from navette.portal.models import Portal
from navette.portal.profiles import PROFILES, load_profile


def make_demo(plan: Plan) -> None:
    """Write all of the demo's data into an empty database."""
    password = make_password(PASSWORD)  # one hash for all: Argon2 is slow on purpose
    people = People(plan.rng("people"), plan.today)
    for email in dict.fromkeys([*(reader.email for reader in FIXED), PARENT]):
        people.mail_taken(email)
    with transaction.atomic():
        portal = _make_portal(plan)
        network = make_network(plan, portal, people, password)
        collection = make_collection(plan, portal)
        make_editorial(plan, portal, network)
    make_readers(plan, portal, network, collection, people, password)
    make_queue(plan, collection)
    make_mails(plan, portal)
    make_messages(plan, portal)
    make_work(plan, portal)
    make_past(plan, portal)


def _make_portal(plan: Plan) -> Portal:
    start = FICTION[PROFILES[plan.profile]["department_code"]]
    return load_profile(plan.profile, contact_email="bibnum@example.org", contact_phone=f"{start} 20 26")
