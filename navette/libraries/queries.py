from django.db.models import QuerySet

from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.libraries.models import Library


def open_libraries() -> QuerySet[Library]:
    """Return the libraries that readers may join, by name."""
    return Library.objects.filter(is_open=True).order_by("name")


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
