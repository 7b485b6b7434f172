"""The mails about a question asked by a contact form."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from navette.core import clock
from navette.libraries.models import ContactAnswer, ContactMessage
from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.models import Portal

# A stranger's words and name stay out of it: else the form would send anybody's text to anybody.
RECEIVED = register(
    MailKind(
        "contact_received",
        _("Question reçue (à la personne qui l’a posée)"),
        _("Votre question à {portail}"),
        _(
            "Bonjour,\n\n"
            "Nous avons bien reçu la question que vous avez posée le {date} à l’équipe de {portail}. "
            "Elle concerne : {theme}.\n\n"
            "Nous vous répondrons à cette adresse.\n\n"
            "Si vous n’avez rien demandé, ce message ne vous demande rien."
        ),
        ("portail", "date", "theme"),
    )
)
NEW = register(
    MailKind(
        "contact_new",
        _("Nouvelle question (à l’adresse de contact du portail)"),
        _("Une question sur {portail} : {theme}"),
        _(
            "Bonjour,\n\n"
            "{nom} ({adresse}) a posé une question le {date}. Elle concerne : {theme}. "
            "Bibliothèque : {bibliotheque}.\n\n"
            "« {question} »\n\n"
            "Répondez depuis {portail} : la réponse part par mail et toute l’équipe la voit."
        ),
        ("portail", "date", "theme", "nom", "adresse", "bibliotheque", "question"),
        _("Lire et répondre"),
    )
)
ANSWER = register(
    MailKind(
        "contact_answer",
        _("Réponse à une question (à la personne qui l’a posée)"),
        _("Réponse à votre question : {theme}"),
        _("Bonjour {nom},\n\n{reponse}\n\nVous nous aviez écrit le {date} :\n\n« {question} »"),
        ("portail", "date", "theme", "nom", "question", "reponse"),
    )
)


def received(message: ContactMessage, portal: Portal) -> Letter:
    """Return the word to the asker that the question has come in."""
    return _letter(RECEIVED, message.email, message, {}, portal)


def arrived(message: ContactMessage, portal: Portal) -> Letter:
    """Return the word to the portal's team that there is a question."""
    values = {
        "nom": message.name,
        "adresse": message.email,
        "bibliotheque": message.library.name if message.library else _("non précisée"),
        "question": message.body,
    }
    url = f"{settings.SITE_URL}{reverse('console:message', args=[message.pk])}"
    return _letter(NEW, portal.contact_email, message, values, portal, url)


def answered(message: ContactMessage, answer: ContactAnswer, portal: Portal) -> Letter:
    """Return the answer, with the question beneath it."""
    values = {"nom": message.name, "question": message.body, "reponse": answer.body}
    return _letter(ANSWER, message.email, message, values, portal)


def _letter(
    kind: MailKind, to: str, message: ContactMessage, values: Mapping[str, object], portal: Portal, url: str = ""
) -> Letter:
    day = f"{clock.day_of(message.received_at):%d/%m/%Y}"
    common: dict[str, object] = {"portail": portal.name, "date": day, "theme": message.get_theme_display()}
    return Letter(kind.name, to, common | dict(values), button_url=url, signed_by=portal.name, about=message.user_id)
