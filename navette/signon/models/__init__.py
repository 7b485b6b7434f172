"""The identity provider's data."""

from navette.signon.models.access import (
    KEYED,
    AddressUse,
    Attribute,
    ClockFormat,
    DateFormat,
    ReleasedAttribute,
    VendorAccess,
    VendorAddress,
    WayName,
)
from navette.signon.models.events import EventKind, SignonEvent
from navette.signon.models.openings import ActiveYear, Opening
from navette.signon.models.proofs import (
    KeyState,
    KeyUse,
    LogoutNotice,
    SigningKey,
    Ticket,
    TicketKind,
    VendorSession,
)

__all__ = [
    "KEYED",
    "ActiveYear",
    "AddressUse",
    "Attribute",
    "ClockFormat",
    "DateFormat",
    "EventKind",
    "KeyState",
    "KeyUse",
    "LogoutNotice",
    "Opening",
    "ReleasedAttribute",
    "SigningKey",
    "SignonEvent",
    "Ticket",
    "TicketKind",
    "VendorAccess",
    "VendorAddress",
    "VendorSession",
    "WayName",
]
