"""Who works for a library: librarians by their own mail, and the library's shared account.

A place in one library is given, changed and taken by whoever manages professionals *there*: a manager for their
colleagues, an officer in their territories, the département. What touches the account itself (closing it, changing its
mail) is for the staff who hold that permission in every library that it works for.
"""

from itertools import count

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navette.accounts.actions import invite
from navette.accounts.models import Kind, User
from navette.accounts.people import open_account, require_email, set_active
from navette.accounts.queries import IDENTIFIER_LENGTH
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, Refusal
from navette.core.models import audit
from navette.core.text import fold_identifier
from navette.libraries.mails import access_given, shared_account_invitation
from navette.libraries.models import Library, Membership, Profile
from navette.mail.outbox import queue_mail
from navette.portal.models import ProIdentifier
from navette.portal.queries import current_portal

MANAGE = "accounts.manage_professionals"
OF_STAFF = "accounts.view"  # what every role of the staff holds, and no membership gives


# ---- places in a library
@transaction.atomic
def admit(library: Library, *, acting_user: Actor, name: str, email: str, profile: str) -> Membership:
    """Give a librarian a place in `library` and return it: a new account is invited, one that exists is told.

    Raises NotAllowed, Refusal for a library that has left the network, or Invalid with the field.
    """
    require(acting_user, MANAGE, library)
    _require_profile(profile)
    if not Library.objects.filter(pk=library.pk, closed_at__isnull=True).exists():
        raise Refusal(_("Cette bibliothèque a quitté le réseau."))
    known = User.objects.filter(identifier=fold_identifier(email)).first()
    if known is not None and (known.kind != Kind.LIBRARIAN or not known.is_active):
        raise Invalid(_("Cette adresse ne peut pas servir ici : choisissez-en une autre."), "email")
    user = known or open_account(Kind.LIBRARIAN, name=name, email=email)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, library=library, profile=profile)
    except IntegrityError as error:
        raise Invalid(_("Cette personne a déjà un accès à cette bibliothèque."), "email") from error
    audit(acting_user, "accounts.admit", user, library=library.pk, profile=profile)
    if known is None or not known.has_usable_password():
        invite(user, acting_user=acting_user, about=library)
    else:
        queue_mail(access_given(membership))
    return membership


@transaction.atomic
def change_profile(membership: Membership, *, acting_user: Actor, profile: str) -> Membership:
    """Make somebody « Gestionnaire » or « Consulter » in a library; return the place fresh.

    Raises NotAllowed, Invalid, or Refusal where the library's people would be left without a manager.
    """
    library = _locked(membership, acting_user)
    _require_profile(profile)
    rows = Membership.objects.filter(pk=membership.pk).exclude(profile=profile).update(profile=profile)
    if rows:
        _require_a_manager(library, acting_user)
        audit(acting_user, "accounts.change_profile", membership.user, library=library.pk, profile=profile)
    fresh = Membership.objects.select_related("user", "library").filter(pk=membership.pk).first()
    if fresh is None:
        raise _gone()
    return fresh


@transaction.atomic
def withdraw(membership: Membership, *, acting_user: Actor) -> None:
    """Take somebody's place in a library away; the account stays, and opens what else it has.

    Raises NotAllowed, or Refusal where the library's people would be left without a manager, or it is done already.
    """
    library = _locked(membership, acting_user)
    count, _models = Membership.objects.filter(pk=membership.pk).delete()
    if not count:
        raise _gone()
    _require_a_manager(library, acting_user)
    audit(acting_user, "accounts.withdraw", membership.user, library=library.pk)


# ---- the shared account
@transaction.atomic
def create_shared_account(library: Library, *, acting_user: Actor, identifier: str) -> User:
    """Open the account that a library's team shares, and mail the library the link to choose its password.

    Raises NotAllowed, Refusal where the portal or the library has no use for one, or Invalid for the identifier.
    """
    require(acting_user, MANAGE, library)
    require(acting_user, OF_STAFF, library)
    if current_portal().pro_identifier == ProIdentifier.INDIVIDUAL:
        raise Refusal(_("Sur ce portail, chaque personne a son propre compte : il n’y a pas de compte partagé."))
    locked = Library.objects.select_for_update().filter(pk=library.pk, closed_at__isnull=True).first()
    if locked is None:
        raise Refusal(_("Cette bibliothèque a quitté le réseau."))
    if locked.memberships.filter(user__kind=Kind.LIBRARY).exists():
        raise Refusal(_("Cette bibliothèque a déjà un compte partagé."))
    if not fold_identifier(identifier) or "@" in identifier or len(identifier) > IDENTIFIER_LENGTH:
        raise Invalid(_("Indiquez le nom de la commune ou le numéro de carte."), "identifier")
    user = open_account(Kind.LIBRARY, name=locked.name, email="", identifier=identifier)
    Membership.objects.create(user=user, library=locked, profile=Profile.MANAGER)
    audit(acting_user, "accounts.create_shared", user, library=locked.pk)
    _invite_shared(user, locked, acting_user)
    return user


def free_identifier(library: Library) -> str:
    """Return what the shared account of `library` may be called: its name, with what tells it from another's."""
    for name in (library.name, f"{library.name} {library.postcode}"):
        if not User.objects.filter(identifier=fold_identifier(name)).exists():
            return name
    numbered = (f"{library.name} {library.postcode} {number}" for number in count(2))
    return next(name for name in numbered if not User.objects.filter(identifier=fold_identifier(name)).exists())


# ---- the account itself
@transaction.atomic
def set_professional_active(user: User, *, acting_user: Actor, active: bool) -> User:
    """Close a professional's account, whose sessions end at once, or open it again; return it fresh."""
    require_over(user, acting_user)
    return set_active(user, acting_user=acting_user, active=active)


@transaction.atomic
def edit_librarian(user: User, *, acting_user: Actor, name: str, email: str) -> User:
    """Change a librarian's name and mail, which is what they log in by; return the account fresh.

    Raises NotAllowed, or Invalid with the field.
    """
    require_over(user, acting_user)
    if user.kind != Kind.LIBRARIAN:
        raise Refusal(_("Ce compte est celui d’une bibliothèque : son nom et son adresse sont sur sa fiche."))
    email, name = fold_identifier(email), " ".join(name.split())
    require_email(email)
    if not name:
        raise Invalid(_("Indiquez le nom de la personne."), "name")
    changed = sorted(field for field, value in (("name", name), ("email", email)) if getattr(user, field) != value)
    if not changed:
        return user
    values: dict[str, str | None] = {"name": name}
    if "email" in changed:
        values |= {"email": email, "identifier": email, "email_confirmed_at": None}
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**values)
    except IntegrityError as error:
        raise Invalid(_("Un compte existe déjà avec cette adresse."), "email") from error
    audit(acting_user, "accounts.edit", user, fields=changed)
    return User.objects.get(pk=user.pk)


def invite_again(user: User, *, acting_user: Actor, library: Library) -> None:
    """Mail once more the link to choose a first password, to somebody with a place in `library`.

    Raises NotAllowed, Refusal where the account has a password, or TooManyAttempts.
    """
    if not Membership.objects.filter(user=user, library=library).exists():
        raise _gone()
    if user.kind == Kind.LIBRARY:
        with transaction.atomic():
            require(acting_user, OF_STAFF, library)
            _invite_shared(user, library, acting_user)
    else:
        invite(user, acting_user=acting_user, about=library)


def require_over(user: User, acting_user: Actor) -> None:
    """Raise NotAllowed unless the actor manages professionals in every library that `user` works for.

    Of an account that works for none, only whoever manages professionals everywhere may dispose.
    """
    require(acting_user, OF_STAFF)
    places = [row.library for row in user.memberships.select_related("library")]
    for place in places:
        require(acting_user, MANAGE, place)
    if not places:
        require(acting_user, MANAGE, user)


def _invite_shared(user: User, library: Library, acting_user: Actor) -> None:
    require(acting_user, MANAGE, library)
    User.objects.filter(pk=user.pk).update(invited_at=clock.now())
    audit(acting_user, "accounts.invite_library", user, library=library.pk)
    queue_mail(shared_account_invitation(user, library))


def _require_profile(profile: str) -> None:
    if profile not in Profile.values:
        raise Invalid(_("Choisissez l’un des deux profils."), "profile")


def _locked(membership: Membership, acting_user: Actor) -> Library:
    """Return the place's library, locked: of two changes of its managers, the second sees what the first has left."""
    library = Library.objects.select_for_update().get(pk=membership.library_id)
    require(acting_user, MANAGE, library)
    if membership.user.kind == Kind.LIBRARY:
        require(acting_user, OF_STAFF, library)  # the team's own account is not one colleague's to take away
    return library


def _require_a_manager(library: Library, acting_user: Actor) -> None:
    """Raise Refusal where nobody active manages `library` any more; the staff may leave it so, and help it out."""
    if acting_user.has_perm(OF_STAFF, library):
        return
    if not library.memberships.filter(profile=Profile.MANAGER, user__is_active=True).exists():
        raise Refusal(
            _("Il faut au moins une personne avec le profil « Gestionnaire » : donnez-le d’abord à quelqu’un.")
        )


def _gone() -> Refusal:
    return Refusal(_("Cette personne n’a plus d’accès à cette bibliothèque."))
