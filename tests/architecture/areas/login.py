"""Who gets in: invitations, second factors, households."""

from typing import Any

from navette.accounts.actions import invite
from navette.accounts.models import Kind
from navette.accounts.second_factor import add_application, propose_application, remove_factor, reset_second_factor
from tests import factories
from tests.accounts.authenticator import code_of
from tests.architecture.areas import Area

TABLE = """
site:choose_person       GET   in   go   go   go   go   go   go   go   go   go   go   go
site:choose_person       POST  in   go   go   go   go   go   go   go   go   go   go   go
site:second_factor       GET   in   go   go   go   go   go   go   go   go   go   go   go
site:second_factor       POST  in   go   go   go   go   go   go   go   go   go   go   go
site:security            GET   in   200  200  200  200  200  200  200  200  200  200  200
site:security            POST  405  405  405  405  405  405  405  405  405  405  405  405
site:security_application GET  in   200  200  200  200  200  200  200  go   go   go   go
site:security_application POST in   400  400  400  400  400  400  400  go   go   go   go
site:security_passkey    GET   in   200  200  200  200  200  200  200  200  200  200  200
site:security_passkey    POST  in   400  400  400  400  400  400  400  400  400  400  400
site:security_remove     GET   in   404  404  404  404  404  404  404  200  404  404  404
site:security_remove     POST  in   404  404  404  404  404  404  404  400  404  404  404
site:security_codes      GET   in   go   go   go   go   go   go   go   200  200  200  200
site:security_codes      POST  in   go   go   go   go   go   go   go   400  400  400  400
site:security_codes_file GET   in   404  404  404  404  404  404  404  404  404  404  404
site:security_codes_file POST  405  405  405  405  405  405  405  405  405  405  405  405
"""


def places(world: Any) -> dict[str, dict[str, Any]]:
    """Return what the addresses name: the application of the administrator."""
    return {"site:security_remove": {"pk": factories.enrol(world.people["administrator"]).pk}}


def invite_once() -> None:
    invited = factories.UserFactory(kind=Kind.STAFF, password="!")
    invite(invited, acting_user=factories.staff())


def add_once() -> None:
    user = factories.UserFactory()
    shown = propose_application(user)
    add_application(user, acting_user=user, token=shown.token, code=code_of(shown.secret))


def remove_once() -> None:
    user = factories.UserFactory()
    remove_factor(user, acting_user=user, factor_id=factories.enrol(user).pk)


def reset_once() -> None:
    reset_second_factor(factories.staff(), acting_user=factories.staff())


AREA = Area(
    table=TABLE,
    places=places,
    alone={
        "site:choose_person": "the people of one household, six at most",
        "site:second_factor": "a form",
        "site:security": "one's own factors, a handful",
        "site:security_application": "a form",
        "site:security_passkey": "a form",
        "site:security_codes": "a form",
        "site:security_codes_file": "ten codes",
    },
    forms=(
        ("manager", "site:security_application", ""),
        ("manager", "site:security_passkey", ""),
        ("administrator", "site:security_codes", ""),
        ("administrator", "site:security_remove", ""),
    ),
    mails={
        "invitation": invite_once,
        "second_factor_added": add_once,
        "second_factor_removed": remove_once,
        "second_factor_reset": reset_once,
    },
)
