"""Everything that changes a subscription. Pages and commands import the actions from here."""

from navette.subscriptions.actions.bulk import Bulk, in_bulk
from navette.subscriptions.actions.decide import accept, default_start, end, refuse, renew
from navette.subscriptions.actions.edit import Changes, edit, edit_own, is_locked
from navette.subscriptions.actions.register import Registration, register
from navette.subscriptions.actions.remind import remind_library
from navette.subscriptions.actions.renewal import ask_again, ask_renewal, renewal_opens_on

__all__ = [
    "Bulk",
    "Changes",
    "Registration",
    "accept",
    "ask_again",
    "ask_renewal",
    "default_start",
    "edit",
    "edit_own",
    "end",
    "in_bulk",
    "is_locked",
    "refuse",
    "register",
    "remind_library",
    "renew",
    "renewal_opens_on",
]
