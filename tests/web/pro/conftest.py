import pytest
from django.test import Client

from navette.accounts.models import User
from navette.libraries.models import Library
from tests import factories
from tests.web.browsing import client_of


@pytest.fixture
def library(portal: object) -> Library:
    return factories.LibraryFactory(name="Sauveterre-de-Guyenne", slug="sauveterre-de-guyenne")


@pytest.fixture
def account(library: Library) -> User:
    """The shared account of the library."""
    return factories.library_account(library)


@pytest.fixture
def client(account: User) -> Client:
    """A browser in which the library is logged in."""
    return client_of(account)
