"""The mails about an account itself, and the links in them. Links begin with SITE_URL, never with a request's Host."""

from dataclasses import replace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import Kind, User
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
            "Le lien ci-dessous le permet : il sert une seule fois et pendant une heure.\n\n"
            "Si vous n’avez rien demandé, laissez ce message de côté : votre mot de passe ne change pas."
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
            "ci-dessous, puis prévenez-nous : {contact}"
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
            "Confirmez que cette adresse mail est bien la vôtre : sans cela, aucune ressource ne s’ouvre depuis votre "
            "compte de {portail}."
        ),
        ("nom", "portail"),
        _("Confirmer mon adresse"),
    )
)
INVITATION = register(
    MailKind(
        "invitation",
        _("Invitation à choisir un mot de passe"),
        _("Votre compte sur {portail}"),
        _(
            "Bonjour {nom},\n\n"
            "{invitant} vous a ouvert un compte sur {portail}. Choisissez votre mot de passe à l’aide du lien "
            "ci-dessous. Vous vous connecterez ensuite avec votre identifiant : {identifiant}\n\n"
            "Ce lien sert une seule fois et pendant une heure. S’il est trop tard quand vous l’ouvrez, la page vous en "
            "envoie un autre en un clic.\n\n"
            "Vous ne savez pas d’où vient ce message ? Écrivez-nous : {contact}"
        ),
        ("nom", "portail", "invitant", "identifiant", "contact"),
        _("Choisir mon mot de passe"),
    )
)
SECOND_FACTOR_ADDED = register(
    MailKind(
        "second_factor_added",
        _("Second facteur ajouté"),
        _("Un second facteur protège votre compte de {portail}"),
        _(
            "Bonjour {nom},\n\n"
            "Un second facteur vient d’être ajouté à votre compte de {portail} : {facteur}. Il vous sera demandé à "
            "chaque connexion, après le mot de passe.\n\n"
            "Si ce n’est pas vous, changez tout de suite de mot de passe à l’aide du lien ci-dessous, puis "
            "prévenez-nous : {contact}"
        ),
        ("nom", "portail", "contact", "facteur"),
        _("Ce n’est pas moi"),
    )
)
SECOND_FACTOR_REMOVED = register(
    MailKind(
        "second_factor_removed",
        _("Second facteur retiré"),
        _("Un second facteur est retiré de votre compte de {portail}"),
        _(
            "Bonjour {nom},\n\n"
            "Un second facteur vient d’être retiré de votre compte de {portail} : {facteur}. Il ne permet plus de se "
            "connecter.\n\n"
            "Si ce n’est pas vous, changez tout de suite de mot de passe à l’aide du lien ci-dessous, puis "
            "prévenez-nous : {contact}"
        ),
        ("nom", "portail", "contact", "facteur"),
        _("Ce n’est pas moi"),
    )
)
SECOND_FACTOR_RESET = register(
    MailKind(
        "second_factor_reset",
        _("Second facteur réinitialisé"),
        _("Le second facteur de votre compte de {portail} est réinitialisé"),
        _(
            "Bonjour {nom},\n\n"
            "Une personne de l’équipe du portail a réinitialisé le second facteur de votre compte de {portail} : "
            "application, clés d’accès et codes de secours ne servent plus. À votre prochaine connexion, ajoutez-en un "
            "nouveau.\n\n"
            "Si vous ne l’aviez pas demandé, prévenez-nous tout de suite : {contact}"
        ),
        ("nom", "portail", "contact"),
        _("Me connecter"),
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
    return _letter(PASSWORD_LINK, user, _choose_url(user))


def invitation(user: User, inviter: str) -> Letter:
    """Return the mail by which `inviter` invites `user` to choose their first password."""
    letter = _letter(INVITATION, user, _choose_url(user))
    name = user.email if user.kind == Kind.READER else user.identifier
    return replace(letter, values={**letter.values, "invitant": inviter, "identifiant": name})


def password_changed(user: User) -> Letter:
    """Return the notice that the password of `user` has changed."""
    return _letter(PASSWORD_CHANGED, user, site_link("site:password_forgotten"))


def email_confirmation(user: User) -> Letter:
    """Return the mail that asks `user` to confirm their address."""
    return _letter(EMAIL_CONFIRMATION, user, confirmation_url(user))


def second_factor_added(user: User, factor: str) -> Letter:
    """Return the notice that `user` has one more second factor, described by `factor`."""
    return _about_factor(SECOND_FACTOR_ADDED, user, factor)


def second_factor_removed(user: User, factor: str) -> Letter:
    """Return the notice that `user` has one second factor less."""
    return _about_factor(SECOND_FACTOR_REMOVED, user, factor)


def _about_factor(kind: MailKind, user: User, factor: str) -> Letter:
    letter = _letter(kind, user, site_link("site:password_forgotten"))
    return replace(letter, values={**letter.values, "facteur": factor})


def second_factor_reset(user: User) -> Letter:
    """Return the notice that the second factors of `user` are gone."""
    return _letter(SECOND_FACTOR_RESET, user, site_link("site:login"))


def _choose_url(user: User) -> str:
    return site_link("site:password_choose", encode_id(user), password_tokens.make_token(user))


def _letter(kind: MailKind, user: User, url: str) -> Letter:
    portal = current_portal()
    values = {"nom": user.name, "portail": portal.name, "contact": portal.contact_email}
    return Letter(kind.name, user.email, values, button_url=url, signed_by=portal.name, about=user.pk)
