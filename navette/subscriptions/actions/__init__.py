"""Everything that changes a subscription. Pages and commands import the actions from here."""

from navette.subscriptions.actions.batch import apply_batch, choose_columns, may_undo, read_batch
from navette.subscriptions.actions.bulk import Bulk, in_bulk
from navette.subscriptions.actions.by_library import NewReader, register_by_library
from navette.subscriptions.actions.decide import accept, default_start, end, refuse, renew
from navette.subscriptions.actions.edit import Changes, edit, edit_own, is_locked
from navette.subscriptions.actions.parents import (
    agree,
    ask_parent,
    ask_parent_again,
    check_parent,
    decline,
    needs_parent,
)
from navette.subscriptions.actions.register import Registration, register, register_household
from navette.subscriptions.actions.remind import remind_library
from navette.subscriptions.actions.renewal import ask_again, ask_renewal, renewal_opens_on
from navette.subscriptions.actions.seats import lock_seats, serve_newcomers, serve_queue
from navette.subscriptions.actions.tabs import Sheet, decide_resources, save_tabs
from navette.subscriptions.actions.terms import accept_terms

__all__ = [
    "Bulk",
    "Changes",
    "NewReader",
    "Registration",
    "Sheet",
    "accept",
    "accept_terms",
    "agree",
    "apply_batch",
    "ask_again",
    "ask_parent",
    "ask_parent_again",
    "ask_renewal",
    "check_parent",
    "choose_columns",
    "decide_resources",
    "decline",
    "default_start",
    "edit",
    "edit_own",
    "end",
    "in_bulk",
    "is_locked",
    "lock_seats",
    "may_undo",
    "needs_parent",
    "read_batch",
    "refuse",
    "register",
    "register_by_library",
    "register_household",
    "remind_library",
    "renew",
    "renewal_opens_on",
    "save_tabs",
    "serve_newcomers",
    "serve_queue",
]
