"""What the tests of the console share."""

import pytest
from django.test import Client

from tests import factories
from tests.web.browsing import client_of


@pytest.fixture
def admin(portal: object) -> Client:
    """A browser in which an administrator is logged in."""
    return client_of(factories.staff())
