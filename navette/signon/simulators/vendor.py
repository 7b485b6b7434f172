"""What all simulated vendors share: what they know of the portal, what arrives, and the steps that they show."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What the facts of a step are, in French; those of a protocol keep the protocol's name.
WORDS: Mapping[str, str | Promise] = {
    "address": _("adresse demandée"),
    "arrived": _("reçu"),
    "detail": _("détail"),
    "expected": _("attendu"),
    "keys": _("nombre de clés"),
    "portal": _("adresse au portail"),
    "registered": _("adresses enregistrées"),
    "service": _("adresse de service"),
    "status": _("réponse HTTP"),
    "today": _("aujourd’hui, chez le fournisseur"),
    "told": _("renseignements reçus"),
    "vendor": _("adresse chez le fournisseur"),
}


@dataclass(frozen=True)
class Known:
    """What a vendor's technicians have typed into their software, right or wrong.

    `portal` is the portal's address without a slash at the end, `address` the vendor's own, where readers arrive,
    `resource` the name of the resource in the portal's addresses.
    """

    portal: str
    address: str
    key: str = ""
    establishment: str = ""
    clock: str = "none"
    client_id: str = ""
    entity_id: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    resource: str = ""


@dataclass(frozen=True)
class Arrival:
    """A browser that arrives at the vendor: the whole address, what its form posted, the page that it came from."""

    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    referer: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the exchange, as staff read it: what was done, whether it went well, what it means, the facts."""

    title: str
    ok: bool
    meaning: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return the facts as they are shown: in French what each is, and its value; the empty ones are left out."""
        return [(str(WORDS.get(name, name)), value) for name, value in self.facts.items() if value]


@dataclass(frozen=True)
class Welcome:
    """How it ended: `identifier` is empty where the reader was not let in."""

    steps: tuple[Step, ...]
    identifier: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
