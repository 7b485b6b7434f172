"""What all simulated vendors share: what they know of the portal, what arrives, and the steps that they show."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class Welcome:
    """How it ended: `identifier` is empty where the reader was not let in."""

    steps: tuple[Step, ...]
    identifier: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
