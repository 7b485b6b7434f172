from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.core.errors import Invalid
from navette.libraries.models import ContactMessage, Library, Membership


def open_libraries() -> QuerySet[Library]:
    """Return the libraries that readers may join, by name."""
    return Library.objects.filter(is_open=True).order_by("name")


def require_open(library: Library) -> None:
    """Raise Invalid unless readers may still join `library`, and keep it so to the end of the caller's transaction.

    Its row is locked, as by a merger: nobody is registered at the moment when the library leaves the network.
    """
    if open_libraries().select_for_update(no_key=True).filter(pk=library.pk).first() is None:
        raise Invalid(_("Cette bibliothèque ne prend pas d’inscription : choisissez-en une autre."), "library")


def sees_every_library(user: User) -> bool:
    """Say whether `user` is of the staff with a role that is not bound to territories."""
    wide = {StaffRoleName.ADMINISTRATOR, StaffRoleName.DIGITAL}
    return user.kind == Kind.STAFF and any(row.role in wide for row in user.staff_roles.all())


def libraries_seen_by(user: User) -> QuerySet[Library]:
    """Return the libraries whose work `user` may see: their own, their territories', or all of them."""
    if sees_every_library(user):
        return Library.objects.all()
    if user.kind == Kind.STAFF:
        holds_role = any(row.role == StaffRoleName.TERRITORY for row in user.staff_roles.all())
        return Library.objects.filter(territory__officer=user) if holds_role else Library.objects.none()
    return Library.objects.filter(memberships__user=user)


def professionals_seen_by(user: User) -> QuerySet[User]:
    """Return the accounts of libraries and librarians that `user` of the staff looks after (SUB-08).

    Those who see every library see those accounts too that work for none.
    """
    people = User.objects.filter(kind__in=[Kind.LIBRARY, Kind.LIBRARIAN])
    if sees_every_library(user):
        return people
    if user.kind != Kind.STAFF:
        return people.none()
    places = Membership.objects.filter(library__in=libraries_seen_by(user))
    return people.filter(pk__in=places.values("user_id"))


def messages_seen_by(user: User) -> QuerySet[ContactMessage]:
    """Return the questions that `user`, of the staff, may read: an officer's territories', and those of no library."""
    if sees_every_library(user):
        return ContactMessage.objects.all()
    if user.kind != Kind.STAFF:
        return ContactMessage.objects.none()
    return ContactMessage.objects.filter(Q(library=None) | Q(library__in=libraries_seen_by(user)))
