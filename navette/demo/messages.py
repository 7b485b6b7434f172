"""The demo's questions: some that wait for an answer, one answered."""

import datetime as dt

from django.db import transaction

from navette.demo.plan import Calendar, Plan
from navette.libraries.models import ContactAnswer, ContactMessage, Library, MessageState, Theme
from navette.portal.models import Portal

QUESTIONS = (
    (Theme.RESOURCES, "Mireille Castaing", "Je ne retrouve pas le bouton pour lire la presse sur ma tablette.", False),
    (Theme.ACCOUNT, "Hugo Lescure", "J’ai changé de nom : comment le corriger sur mon compte ?", False),
    (Theme.SUBSCRIBERS, "Solange Pujol", "Une lectrice inscrite lundi n’apparaît pas dans notre liste.", True),
)
ANSWERED = (Theme.LIBRARIES, "Bastien Roux", "Ma bibliothèque fait-elle partie du réseau ?")
ANSWER = "Oui : vous la trouverez dans « Ma bibliothèque », avec ses horaires."


@transaction.atomic
def make_messages(plan: Plan, portal: Portal) -> None:
    """Write the questions of the last days."""
    rng, cal = plan.rng("messages"), Calendar(plan.today, portal)
    library = Library.objects.order_by("pk").first()
    for number, (theme, name, body, is_professional) in enumerate(QUESTIONS):
        at = cal.moment(rng, cal.day(1 + number))
        _write(theme, name, body, at, library=library if is_professional else None, is_professional=is_professional)
    at = cal.moment(rng, cal.day(9))
    answered = _write(*ANSWERED, at, state=MessageState.ANSWERED)
    ContactAnswer.objects.create(message=answered, author_label=portal.name, body=ANSWER, at=at + dt.timedelta(hours=3))


def _write(theme: Theme, name: str, body: str, at: dt.datetime, **fields: object) -> ContactMessage:
    email = f"{name.lower().replace(' ', '.')}@example.org"
    return ContactMessage.objects.create(theme=theme, name=name, email=email, body=body, received_at=at, **fields)
