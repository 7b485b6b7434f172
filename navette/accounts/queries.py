"""Who an identifier names, and by which block of the login page it comes in.

The people of one household may share a mail address. Their accounts' identifiers are the address itself, then the
address followed by `#2`, `#3`...: nobody types those, who comes in is chosen after the password.
"""

from django.db.models import Q, QuerySet, prefetch_related_objects

from navette.accounts.errors import HouseholdIsFull
from navette.accounts.models import PROFESSIONAL_KINDS, Kind, User
from navette.core.text import fold_identifier
from navette.portal.models import Portal, ProIdentifier

READER_KINDS = frozenset({Kind.READER})
IDENTIFIER_LENGTH = User._meta.get_field("identifier").max_length or 254
HOUSEHOLD = 6  # people who may share one mail address


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


def find_accounts(identifier: str, kinds: frozenset[Kind]) -> list[User]:
    """Return the accounts that `identifier`, as a person types it, names among `kinds`: several for a household.

    A reader is named by their mail address too, anybody else by their identifier alone.
    """
    if not is_storable(identifier) or len(identifier) > IDENTIFIER_LENGTH:
        return []
    typed = fold_identifier(identifier)
    if "#" in typed.rpartition("@")[2]:
        return []  # no address has one there: it is the number of somebody in a household
    named = Q(identifier=typed) | Q(email=typed, kind=Kind.READER) if "@" in typed else Q(identifier=typed)
    return list(User.objects.filter(named, kind__in=kinds).order_by("pk")[: HOUSEHOLD + 1])


def find_account(identifier: str, kinds: frozenset[Kind]) -> User | None:
    """Return the account that `identifier` names among `kinds`, the first of a household's; None if there is none."""
    return next(iter(find_accounts(identifier, kinds)), None)


def identifier_for(email: str) -> str:
    """Return the next free identifier of an account with the address `email`: itself, or with a number behind it.

    Raises HouseholdIsFull. Two that ask at once get the same: the unique column refuses the second.
    """
    first = fold_identifier(email)
    names = [first, *(f"{first}#{number}" for number in range(2, HOUSEHOLD + 1))]
    taken = set(User.objects.filter(identifier__in=names).values_list("identifier", flat=True))
    free = [name for name in names if name not in taken and len(name) <= IDENTIFIER_LENGTH]
    if not free:
        raise HouseholdIsFull
    return free[0]


def readers_at(email: str) -> QuerySet[User]:
    """Return the readers whose mail address is `email`, folded: one, or those of a household."""
    return User.objects.filter(email=email, kind=Kind.READER)


def roles_of(user: User) -> frozenset[str]:
    """Return the roles that `user` holds as active staff, read once for each request; none for anybody else."""
    if not user.is_active or not user.is_staff:
        return frozenset()
    prefetch_related_objects([user], "staff_roles")
    return frozenset(row.role for row in user.staff_roles.all())
