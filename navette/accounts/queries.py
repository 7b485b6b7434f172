"""Who an identifier names, and by which block of the login page it comes in."""

from django.db.models import prefetch_related_objects

from navette.accounts.models import PROFESSIONAL_KINDS, Kind, User
from navette.core.text import fold_identifier
from navette.portal.models import Portal, ProIdentifier

READER_KINDS = frozenset({Kind.READER})
IDENTIFIER_LENGTH = User._meta.get_field("identifier").max_length or 254


def professional_kinds(portal: Portal) -> frozenset[Kind]:
    """Return the kinds that the professionals' block lets in: not the shared accounts where the portal has none."""
    if portal.pro_identifier == ProIdentifier.INDIVIDUAL:
        return PROFESSIONAL_KINDS - {Kind.LIBRARY}
    return PROFESSIONAL_KINDS


def kinds_let_in(portal: Portal) -> frozenset[Kind]:
    """Return every kind of account that may log in at `portal`."""
    return READER_KINDS | professional_kinds(portal)


def is_storable(text: str) -> bool:
    """Say whether both databases can hold and compare `text`: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def find_account(identifier: str, kinds: frozenset[Kind]) -> User | None:
    """Return the account that `identifier`, as a person types it, names among `kinds`; None if there is none."""
    if not is_storable(identifier) or len(identifier) > IDENTIFIER_LENGTH:
        return None
    return User.objects.filter(identifier=fold_identifier(identifier), kind__in=kinds).first()


def roles_of(user: User) -> frozenset[str]:
    """Return the roles that `user` holds as active staff, read once for each request; none for anybody else."""
    if not user.is_active or not user.is_staff:
        return frozenset()
    prefetch_related_objects([user], "staff_roles")
    return frozenset(row.role for row in user.staff_roles.all())
