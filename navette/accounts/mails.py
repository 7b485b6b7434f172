"""The mails about an account itself, and the links in them. Links begin with SITE_URL, never with a request's Host."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.accounts.tokens import confirmation_token, encode_id, password_tokens
from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.queries import current_portal

PASSWORD_LINK = register(
    MailKind(
        "password_link",
        _("Lien pour choisir un mot de passe"),
        _("Choisissez votre mot de passe pour {portail}"),
        _(
            "Bonjour {nom},\n\n"
            "Quelqu’un, sans doute vous, a demandé à choisir un nouveau mot de passe pour votre compte de {portail}. "
            "Le lien ci-dessous le permet : il sert une seule fois et pendant une heure.\n\n"
            "Si vous n’avez rien demandé, laissez ce message de côté : votre mot de passe ne change pas."
        ),
        ("nom", "portail"),
        _("Choisir mon mot de passe"),
    )
)
PASSWORD_CHANGED = register(
    MailKind(
        "password_changed",
        _("Mot de passe changé"),
        _("Votre mot de passe de {portail} a changé"),
        _(
            "Bonjour {nom},\n\n"
            "Le mot de passe de votre compte de {portail} vient d’être changé. Les sessions ouvertes ailleurs sont "
            "terminées.\n\n"
            "Si ce changement ne vient pas de vous, choisissez tout de suite un autre mot de passe à l’aide du lien "
            "ci-dessous, puis prévenez-nous : {contact}"
        ),
        ("nom", "portail", "contact"),
        _("Je n’ai rien changé"),
    )
)
EMAIL_CONFIRMATION = register(
    MailKind(
        "email_confirmation",
        _("Confirmation de l’adresse mail"),
        _("Confirmez votre adresse mail pour {portail}"),
        _(
            "Bonjour {nom},\n\n"
            "Confirmez que cette adresse mail est bien la vôtre : sans cela, aucune ressource ne s’ouvre depuis votre "
            "compte de {portail}."
        ),
        ("nom", "portail"),
        _("Confirmer mon adresse"),
    )
)


def site_link(view: str, *args: str) -> str:
    """Return the full address of the page `view` (a url name), for a mail."""
    return f"{settings.SITE_URL}{reverse(view, args=args)}"


def confirmation_url(user: User) -> str:
    """Return the link by which `user` confirms their present mail address (SUB-13)."""
    return site_link("site:confirm_email", confirmation_token(user))


def password_link(user: User) -> Letter:
    """Return the mail with the link by which `user` chooses a password (AUTH-05)."""
    url = site_link("site:password_choose", encode_id(user), password_tokens.make_token(user))
    return _letter(PASSWORD_LINK, user, url)


def password_changed(user: User) -> Letter:
    """Return the notice that the password of `user` has changed."""
    return _letter(PASSWORD_CHANGED, user, site_link("site:password_forgotten"))


def email_confirmation(user: User) -> Letter:
    """Return the mail that asks `user` to confirm their address."""
    return _letter(EMAIL_CONFIRMATION, user, confirmation_url(user))


def _letter(kind: MailKind, user: User, url: str) -> Letter:
    portal = current_portal()
    values = {"nom": user.name, "portail": portal.name, "contact": portal.contact_email}
    return Letter(kind.name, user.email, values, button_url=url, signed_by=portal.name)
