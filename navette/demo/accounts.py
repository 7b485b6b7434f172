"""The demo's fixed accounts: what the login page lists and the README names. One password for all."""

from dataclasses import dataclass

from navette.libraries.models import Profile

PASSWORD = "Navette-demo-2026!"  # noqa: S105 - printed in the README: the demo hides nothing
ADMIN = "admin@example.org"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 - the second factor of the demo's staff, as public as the password


@dataclass(frozen=True)
class FixedReader:
    """A reader whose state is known beforehand: `life` names how `lives` writes it."""

    email: str
    first_name: str
    last_name: str
    life: str
    label: str = ""  # what the login page calls it; nothing where another of the household stands for it
    identifier: str = ""  # where another of the household has the address itself
    ages: tuple[int, int] = (30, 60)
    parent: str = ""  # the name of who agrees, or is asked to; their mail is PARENT


@dataclass(frozen=True)
class FixedPro:
    """A professional account of the profile's first library; without `email` it is the shared one."""

    identifier: str
    label: str
    profile: str = Profile.MANAGER
    email: str = ""
    name: str = ""


READERS = (
    FixedReader("active@example.org", "Agathe", "Bellegarde", "active", "Abonnement validé"),
    FixedReader("attente@example.org", "Anatole", "Attard", "waiting", "Demande en attente"),
    FixedReader("refuse@example.org", "Rosalie", "Fuzeau", "refused", "Demande refusée"),
    FixedReader("expire@example.org", "Émile", "Expert", "expired", "Abonnement expiré"),
)
# A household of two at one address, and a young reader whose parent has been asked.
FAMILY_MAIL, PARENT = "famille@example.org", "parent@example.org"
FAMILY = (
    FixedReader(FAMILY_MAIL, "Jeanne", "Hardouin", "active", "Foyer : Jeanne et Malo, à la même adresse"),
    FixedReader(
        FAMILY_MAIL, "Malo", "Hardouin", "active", "", f"{FAMILY_MAIL}#2", ages=(9, 12), parent="Jeanne Hardouin"
    ),
    FixedReader(
        "jeune@example.org",
        "Louna",
        "Aubert",
        "awaiting_parent",
        "Accord parental attendu",
        ages=(11, 13),
        parent="Claire Aubert",
    ),
)
FIXED = (*READERS, *FAMILY)
# The library where the demo's story takes place, for each profile, and who comes in for it.
FIRST_LIBRARY = {
    "gironde": "Sauveterre-de-Guyenne",
    "valdoise": "Marines",
    "oise": "Crèvecœur-le-Grand",
    "loiret": "Aillant-sur-Milleron",
}
PROS = {
    "gironde": (FixedPro("Sauveterre-de-Guyenne", "Bibliothèque de Sauveterre-de-Guyenne"),),
    "valdoise": (
        FixedPro(
            "gestion.marines",
            "Bibliothécaire de Marines (Gestionnaire)",
            Profile.MANAGER,
            "gestion.marines@example.org",
            "Solène Guerlain",
        ),
        FixedPro(
            "consult.marines",
            "Bibliothécaire de Marines (Consulter)",
            Profile.VIEWER,
            "consult.marines@example.org",
            "Yves Consigny",
        ),
    ),
    "oise": (FixedPro("Crèvecœur-le-Grand", "Bibliothèque de Crèvecœur-le-Grand"),),
    "loiret": (FixedPro("45004000017", "Bibliothèque d’Aillant-sur-Milleron (carte de prêt)"),),
}


def listed(profile: str) -> list[dict[str, str]]:
    """Return the accounts of `profile` for the login page: `label`, `identifier` and `block` (reader or pro)."""
    readers = [{"label": who.label, "identifier": who.email, "block": "reader"} for who in FIXED if who.label]
    pros = [{"label": who.label, "identifier": who.identifier, "block": "pro"} for who in PROS[profile]]
    return [*readers, *pros, _staff()]


def _staff() -> dict[str, str]:
    """Return the administrator's account, with the secret from which an application makes the second factor's codes."""
    return {"label": "Équipe départementale", "identifier": ADMIN, "block": "pro", "secret": TOTP_SECRET}
