"""Every table that knows a reader is in what a person takes away (R9), or said here not to be, and why."""

from django.apps import apps

from navette.accounts.models import User
from navette.lifecycle.takeout import PARTS
from navette.readers.models import Reader
from navette.subscriptions.models import Subscription

PEOPLE = (User, Reader, Subscription)
# Tables with a key to a person that hold nothing about a reader beyond what other parts say.
LEFT_OUT = {
    "account.EmailAddress": "unused: addresses are kept on the account",
    "accounts.User_groups": "unused: roles and memberships give permissions",
    "accounts.User_user_permissions": "unused: roles and memberships give permissions",
    "accounts.StaffRole": "staff only",
    "libraries.Territory": "an officer is of the staff",
    "libraries.Membership": "professionals only",
    "libraries.ContactAnswer": "its author is of the staff; the answers stand with the questions",
    "subscriptions.RegistrationBatch": "its user is a librarian; what it registered stands in the other parts",
    "lifecycle.Job": "started by the staff",
    "editorial.Pick": "written by librarians",
    "editorial.PurchaseSuggestion": "written by librarians",
}


def known() -> set[str]:
    """Return the tables with a key to an account, a reader or a subscription."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label
        for model in models
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model in PEOPLE
    }


def test_r9_every_table_that_knows_a_person_is_taken_along_or_explained() -> None:
    covered = {label for part in PARTS for label in part.covers}
    assert known() - covered == set(LEFT_OUT)
    assert not covered & set(LEFT_OUT)


def test_parts_have_keys_of_their_own() -> None:
    keys = [part.key for part in PARTS]
    assert len(keys) == len(set(keys))
    assert "about" not in keys
