"""The mails about the end of an account: before it is erased, and when its owner has closed it."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.models import Portal
from navette.subscriptions.mails import OF_READER, french_day, site_url, values_of
from navette.subscriptions.models import Subscription

register(
    MailKind(
        "account_ends",
        _("Compte bientôt effacé, 30 jours avant (à l’usager)"),
        _("Votre compte de {portail} sera effacé le {date_effacement}"),
        _(
            "Bonjour {prenom},\n\n"
            "Votre abonnement aux ressources numériques de {portail} est terminé depuis longtemps. Nous ne gardons pas "
            "vos données plus qu’il n’est utile : le {date_effacement}, votre compte sera effacé.\n\n"
            "Pour le garder, connectez-vous avant cette date et demandez le renouvellement de votre abonnement dans "
            "« Mon compte ». Sinon, vous n’avez rien à faire ; vous pourrez vous réinscrire quand vous voudrez."
        ),
        (*OF_READER, "date_effacement"),
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "account_closed",
        _("Compte fermé à sa demande (à l’usager)"),
        _("Votre compte de {portail} est fermé"),
        _(
            "Bonjour {prenom},\n\n"
            "Comme vous l’avez demandé, votre compte de {portail} est fermé, et vos données sont effacées. Ce message "
            "est le dernier que vous recevrez de nous ; votre adresse mail est effacée après son envoi.\n\n"
            "Vous pourrez vous réinscrire quand vous voudrez. Merci, et à bientôt peut-être."
        ),
        ("prenom", "portail"),
    )
)


def account_ends(subscription: Subscription, erased_on: dt.date, portal: Portal) -> Letter:
    """Return the warning that the reader's account will be erased on `erased_on`."""
    return Letter(
        "account_ends",
        subscription.reader.user.email,
        values_of(subscription, portal) | {"date_effacement": french_day(erased_on)},
        button_url=site_url("site:account"),
        signed_by=portal.name,
        about=subscription.reader.user_id,
    )


def account_closed(user: User, first_name: str, portal: Portal) -> Letter:
    """Return the farewell to the reader whose account `user` was."""
    values = {"prenom": first_name, "portail": portal.name}
    return Letter("account_closed", user.email, values, signed_by=portal.name, about=user.pk)
