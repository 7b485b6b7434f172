"""Libraries' accounts taken over: known again by their identifier. None has a password before its owner chooses one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.models import Kind, User
from navette.core.actors import Actor
from navette.core.errors import Invalid
from navette.core.text import fold_identifier
from navette.files.columns import Wanted
from navette.files.values import without_decimals
from navette.libraries.models import Library, Membership, Profile
from navette.lifecycle.moving_in.importers import Importer, Outcome, Tried
from navette.lifecycle.moving_in.rows import Libraries, Reading

WANTED = (
    Wanted("identifier", gettext_lazy("Identifiant"), ("login", "nom d utilisateur", "numero de carte", "carte")),
    Wanted("library", gettext_lazy("Bibliothèque"), ("code insee", "insee", "structure")),
    Wanted("name", gettext_lazy("Nom affiché"), ("nom", "nom prenom", "nom et prenom"), required=False),
    Wanted("email", gettext_lazy("Adresse mail"), ("mail", "courriel", "email", "e mail"), required=False),
    Wanted("kind", gettext_lazy("Type"), ("type de compte",), required=False),
    Wanted("profile", gettext_lazy("Profil"), ("droits", "role"), required=False),
)
KINDS = {
    "bibliotheque": Kind.LIBRARY,
    "bibliothecaire": Kind.LIBRARIAN,
    "partenaire": Kind.LIBRARIAN,
}
PROFILES = {"gestionnaire": Profile.MANAGER, "consulter": Profile.VIEWER}


@dataclass(frozen=True)
class AccountRow:
    """An account as a file tells it; an empty name, address or profile leaves what there is."""

    line: int
    identifier: str
    kind: Kind
    name: str
    email: str
    library: Library
    profile: str


def _reader() -> Callable[[Reading], AccountRow]:
    libraries = Libraries.known()

    def read(row: Reading) -> AccountRow:
        identifier = _identifier(row)
        email = row.email("email", required=False) or (identifier if "@" in identifier else "")
        kind = row.choice("kind", KINDS, default=Kind.LIBRARIAN if "@" in identifier else Kind.LIBRARY)
        if kind == Kind.LIBRARIAN and not email:
            raise Invalid(_("Un compte individuel a besoin d’une adresse mail."), "email")
        profile = row.choice("profile", PROFILES, default="")
        return AccountRow(row.line, identifier, kind, row.text("name", 200), email, libraries.find(row), profile)

    return read


def _identifier(row: Reading) -> str:
    identifier = fold_identifier(without_decimals(row.text("identifier", 254, required=True)))
    if not identifier or "#" in identifier:
        raise Invalid(_("Cet identifiant ne convient pas."), "identifier")
    return identifier


def _write(rows: Sequence[AccountRow], actor: Actor, _tried: Tried) -> Outcome:
    outcome = Outcome()
    known = User.objects.filter(identifier__in=[row.identifier for row in rows]).prefetch_related("memberships")
    users = {user.identifier: user for user in known}
    for row in rows:
        user = users.get(row.identifier)
        if user is not None and user.kind != row.kind:
            outcome.rejects.append((row.line, "identifier", _("Un compte d’un autre type porte déjà cet identifiant.")))
            continue
        outcome.note(is_new=user is None, is_changed=_write_one(row, user))
    return outcome


def _write_one(row: AccountRow, user: User | None) -> bool:
    """Write one account; say whether anything changed."""
    if user is None:
        name = row.name or row.library.name
        user = User.objects.create_user(row.identifier, kind=row.kind, email=row.email, name=name)
        Membership.objects.create(user=user, library=row.library, profile=row.profile or Profile.MANAGER)
        return True
    changed = [name for name in ("name", "email") if getattr(row, name) and getattr(user, name) != getattr(row, name)]
    for name in changed:
        setattr(user, name, getattr(row, name))
    if changed:
        user.save(update_fields=changed)
    return _write_membership(row, user) or bool(changed)


def _write_membership(row: AccountRow, user: User) -> bool:
    membership = next((m for m in user.memberships.all() if m.library_id == row.library.pk), None)
    if membership is None:
        Membership.objects.create(user=user, library=row.library, profile=row.profile or Profile.MANAGER)
        return True
    if not row.profile or membership.profile == row.profile:
        return False
    Membership.objects.filter(pk=membership.pk).update(profile=row.profile)
    return True


ACCOUNTS = Importer(
    name="accounts",
    label=gettext_lazy("Comptes des bibliothèques"),
    wanted=WANTED,
    reader=_reader,
    write=_write,
    key=lambda row: f"{_identifier(row)}|{row.text('library', 200).casefold()}",
    example=("camille.durand@example.org", "Bazas", "Camille Durand", "camille.durand@example.org", "partenaire",
             "Gestionnaire"),
)  # fmt: skip
