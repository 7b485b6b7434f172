"""The mails about libraries and who works for them."""

from django.utils.translation import gettext_lazy as _

from navette.accounts.mails import site_link
from navette.accounts.models import User
from navette.accounts.tokens import encode_id, password_tokens
from navette.core.text import fold_identifier
from navette.libraries.models import Library, Membership
from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.queries import current_portal

ACCESS_GIVEN = register(
    MailKind(
        "access_given",
        _("Accès donné à une bibliothèque (à une personne qui a déjà un compte)"),
        _("Vous avez accès à l’espace de la bibliothèque de {bibliotheque} sur {portail}"),
        _(
            "Bonjour {nom},\n\n"
            "Votre compte professionnel de {portail} vous ouvre maintenant l’espace de la bibliothèque de "
            "{bibliotheque}, avec le profil « {profil} ». Vos identifiants ne changent pas.\n\n"
            "Si vous ne travaillez pas pour cette bibliothèque, dites-le-nous : {contact}"
        ),
        ("nom", "bibliotheque", "profil", "portail", "contact"),
        _("Ouvrir l’espace professionnel"),
    )
)
SHARED_ACCOUNT = register(
    MailKind(
        "shared_account_invitation",
        _("Invitation à choisir le mot de passe du compte partagé (à la bibliothèque)"),
        _("Le compte de la bibliothèque de {bibliotheque} sur {portail}"),
        _(
            "Bonjour,\n\n"
            "L’équipe de la bibliothèque de {bibliotheque} a un compte sur {portail}. Choisissez-en le mot de passe à "
            "l’aide du lien ci-dessous, puis transmettez-le aux personnes qui s’en serviront. L’identifiant à taper "
            "pour se connecter : {identifiant}\n\n"
            "Ce lien sert une seule fois et pendant une heure. S’il est trop tard quand vous l’ouvrez, demandez-en un "
            "autre à l’équipe du portail : {telephone}, {contact}"
        ),
        ("bibliotheque", "identifiant", "portail", "contact", "telephone"),
        _("Choisir le mot de passe"),
    )
)
LIBRARIES_MERGED = register(
    MailKind(
        "libraries_merged",
        _("Réunion de deux bibliothèques (aux deux bibliothèques)"),
        _("{ancienne} rejoint {bibliotheque} sur {portail}"),
        _(
            "Bonjour,\n\n"
            "La bibliothèque de {ancienne} rejoint la bibliothèque de {bibliotheque} : {abonnes}, et les comptes "
            "professionnels qui les suivaient, passent dès aujourd’hui à la bibliothèque de {bibliotheque}. Les "
            "usagers gardent leur compte, leurs dates et leurs ressources.\n\n"
            "{attente}\n\n"
            "Une question ? Écrivez-nous : {contact}"
        ),
        ("ancienne", "bibliotheque", "abonnes", "attente", "portail", "contact"),
        _("Voir les abonnés"),
    )
)


def access_given(membership: Membership) -> Letter:
    """Return the mail that tells somebody who has an account that it now opens one more library."""
    portal = current_portal()
    values = {
        "nom": membership.user.name,
        "bibliotheque": membership.library.name,
        "profil": membership.get_profile_display(),
        "portail": portal.name,
        "contact": portal.contact_email,
    }
    url = site_link("pro:dashboard")
    return Letter(
        ACCESS_GIVEN.name,
        membership.user.email,
        values,
        button_url=url,
        signed_by=portal.name,
        about=membership.user_id,
    )


def libraries_merged(source: Library, into: Library, to: str, *, moved: str, waiting: str) -> Letter:
    """Return the mail that tells one of two libraries, at the address `to`, that they are one from now on.

    `moved` says how many subscribers go along, `waiting` what is to be decided about them.
    """
    portal = current_portal()
    values = {
        "ancienne": source.name,
        "bibliotheque": into.name,
        "abonnes": moved,
        "attente": waiting,
        "portail": portal.name,
        "contact": portal.contact_email,
    }
    return Letter(
        LIBRARIES_MERGED.name,
        to,
        values,
        key=f"libraries_merged:{source.pk}:{into.pk}:{to}"[:120],
        button_url=site_link("pro:subscribers"),
        signed_by=portal.name,
    )


def shared_account_invitation(user: User, library: Library) -> Letter:
    """Return the mail that asks a library, at its own address, to choose its shared account’s password."""
    portal = current_portal()
    values = {
        "bibliotheque": library.name,
        "identifiant": user.name if fold_identifier(user.name) == user.identifier else user.identifier,
        "portail": portal.name,
        "contact": portal.contact_email,
        "telephone": portal.contact_phone,
    }
    url = site_link("site:password_choose", encode_id(user), password_tokens.make_token(user))
    return Letter(SHARED_ACCOUNT.name, library.email, values, button_url=url, signed_by=portal.name)
