"""OpenID Connect's doors: for vendors' servers, which have no account, and for browsers sent by a vendor."""

from typing import Any

from tests.architecture.areas import Area
from tests.signon.oidc.relying import ready_key

TABLE = """
oidc:discovery          GET    200  200  200  200  200  200  200  200  200  200  200  200
oidc:discovery          POST   405  405  405  405  405  405  405  405  405  405  405  405
oidc:jwks               GET    200  200  200  200  200  200  200  200  200  200  200  200
oidc:jwks               POST   405  405  405  405  405  405  405  405  405  405  405  405
oidc:authorize          GET    400  400  400  400  400  400  400  400  400  400  400  400
oidc:authorize          POST   303  303  303  303  303  303  303  303  303  303  303  303
oidc:token              GET    405  405  405  405  405  405  405  405  405  405  405  405
oidc:token              POST   400  400  400  400  400  400  400  400  400  400  400  400
oidc:revoke             GET    405  405  405  405  405  405  405  405  405  405  405  405
oidc:revoke             POST   400  400  400  400  400  400  400  400  400  400  400  400
oidc:userinfo           GET    401  401  401  401  401  401  401  401  401  401  401  401
oidc:userinfo           POST   401  401  401  401  401  401  401  401  401  401  401  401
oidc:logout             GET    go   200  200  200  200  200  200  200  200  200  200  200
oidc:logout             POST   303  303  303  303  303  303  303  303  303  303  303  303
oidc:logout_confirmed   GET    405  405  405  405  405  405  405  405  405  405  405  405
oidc:logout_confirmed   POST   go   go   go   go   go   go   go   go   go   go   go   go
"""


def prepare(world: Any) -> None:
    """Put a signing key into service, which the first to ask would make."""
    ready_key()


AREA = Area(
    table=TABLE,
    prepare=prepare,
    alone={
        "oidc:discovery": "a document",
        "oidc:jwks": "three keys",
        "oidc:authorize": "a door",
        "oidc:userinfo": "one person",
        "oidc:logout": "a question",
    },
    post_only=frozenset({"oidc:token", "oidc:revoke", "oidc:logout_confirmed"}),
    called=frozenset({"oidc:authorize", "oidc:token", "oidc:revoke", "oidc:userinfo", "oidc:logout"}),
    forms=(("active", "oidc:logout", ""),),
)
