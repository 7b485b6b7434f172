"""SAML's doors, which vendors' servers and readers' browsers come to."""

from typing import Any

from navette.signon import keys
from navette.signon.models import KeyUse
from tests.architecture.areas import Area, Values
from tests.signon.saml import provider

TABLE = """
saml:metadata GET    200  200  200  200  200  200  200  200  200  200  200  200
saml:metadata POST   405  405  405  405  405  405  405  405  405  405  405  405
saml:sso      GET    400  400  400  400  400  400  400  400  400  400  400  400
saml:sso      POST   go   go   go   go   go   go   go   go   go   go   go   go
saml:answer   GET    400  400  400  400  400  400  400  400  400  400  400  400
saml:answer   POST   405  405  405  405  405  405  405  405  405  405  405  405
"""


def prepare(world: Any) -> None:
    """Register a vendor that speaks SAML, and make the portal's key, which the first asked for makes."""
    provider.registered()
    keys.current(KeyUse.SAML)


def posts(world: Any) -> Values:
    """Return a vendor's request."""
    return {"saml:sso": provider.form(provider.request())}


AREA = Area(
    table=TABLE,
    prepare=prepare,
    posts=posts,
    called=frozenset({"saml:sso"}),
    alone={
        "saml:metadata": "a file about the portal",
        "saml:sso": "reads one request",
        "saml:answer": "answers one request",
    },
)
