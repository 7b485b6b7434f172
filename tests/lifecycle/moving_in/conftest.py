import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library
from tests import factories


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(IMPORTS_FOLDER=tmp_path / "imports"):
        yield


@pytest.fixture
def today() -> Iterator[dt.date]:
    """It is 1 March 2027."""
    with clock.set_today(dt.date(2027, 3, 1)):
        yield clock.today()


@pytest.fixture
def bazas(db: None) -> Library:
    factories.portal()
    factories.ResourceFactory(name="Presse")
    factories.ResourceFactory(name="Ciné")
    return factories.LibraryFactory(name="Bazas", insee_code="33036")


@pytest.fixture
def administrator(bazas: Library) -> User:
    return factories.staff()
