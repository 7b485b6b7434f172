"""A vendor that speaks CAS, its reader, and the ways through the door, for the tests of CAS."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from django.test import Client

from navette.accounts.models import User
from navette.readers.models import Reader
from navette.signon.models import VendorAccess
from navette.subscriptions.models import Subscription
from tests import factories

SERVICE = "https://vendor.example.org/app"
LOGIN = "/cas/login"


@dataclass
class Cas:
    """A resource that opens by CAS, and a reader who may open it, logged in in `client`."""

    access: VendorAccess
    subscription: Subscription
    client: Client = field(default_factory=Client)
    service: str = SERVICE

    @property
    def reader(self) -> Reader:
        return self.subscription.reader

    @property
    def user(self) -> User:
        return self.reader.user

    def ask(self, **query: Any) -> Any:
        """Return the door's answer to the reader's browser, for the service unless `query` names another."""
        return self.client.get(f"{LOGIN}?{urlencode({'service': self.service} | query, doseq=True)}")

    def ticket(self, **query: Any) -> str:
        """Return a new ticket for the reader."""
        return ticket_in(self.ask(**query).headers["Location"])

    def check(self, ticket: str, path: str = "p3/serviceValidate", **query: Any) -> str:
        """Return what the vendor's server is answered about `ticket`; it has no cookie."""
        asked = {"service": self.service, "ticket": ticket} | query
        answer = Client().get(f"/cas/{path}?{urlencode(asked, doseq=True)}")
        assert answer.status_code == 200
        return str(answer.content.decode())


def cas(**tells: str) -> Cas:
    """Return the world; `tells` gives the vendor's name of each attribute that it is told."""
    access = factories.vendor(way="cas", addresses={SERVICE: "service"}, tells=tells, address=SERVICE)
    grant = factories.GrantFactory(resource=access.resource)
    world = Cas(access, grant.subscription)
    world.client.force_login(world.user, backend="navette.accounts.backends.IdentifierBackend")
    return world


def ticket_in(address: str) -> str:
    """Return the ticket that `address` carries."""
    return parse_qs(urlsplit(address).query)["ticket"][0]


def log_in(client: Client, user: User, address: str) -> Any:
    """Follow `address`, which leads to the login page, type the password, and return what is answered then."""
    page = client.get(address)
    assert page.status_code == 200, "the password is asked for"
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    data = {"bloc": "abonne", "abonne-identifier": user.identifier, "abonne-password": factories.PASSWORD}
    answer = client.post("/connexion", data | query)
    assert answer.status_code == 302
    return client.get(answer.headers["Location"])


def quoted(text: str) -> str:
    return quote(text, safe="")
