"""« Exporter » (L3): the whole filtered list, the library's own, as a workbook."""

import datetime as dt
import io
from typing import Any

import openpyxl
from django.test import Client

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library
from navette.subscriptions.models import GrantState
from tests import factories
from tests.web.browsing import client_of, queries_of

EXPORT = "/pro/abonnes/export.xlsx"


def rows(client: Client, query: str = "") -> list[tuple[Any, ...]]:
    """Return the rows of the workbook, header first."""
    answer = client.get(EXPORT + query)
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(b"".join(answer)))["Abonnés"].iter_rows(values_only=True))


def test_sub_08_only_the_librarys_own_rows(client: Client, library: Library) -> None:
    other = factories.SubscriptionFactory()
    factories.SubscriptionFactory(library=library, reader__last_name="Ici")
    assert [row[1] for row in rows(client)[1:]] == ["Ici"]
    assert [row[1] for row in rows(client, f"?bibliotheque={other.library_id}")[1:]] == ["Ici"]


def test_an_impossible_filter_exports_nobody_rather_than_everybody(client: Client, library: Library) -> None:
    factories.SubscriptionFactory(library=library)
    assert rows(client, "?statut=nope")[1:] == []


def test_what_a_person_wrote_stays_text(client: Client, library: Library) -> None:
    name = '=HYPERLINK("http://evil.example.org")'
    factories.SubscriptionFactory(library=library, reader__first_name=name, reader__last_name="@SUM(1)")
    assert rows(client)[1][:2] == (name, "@SUM(1)")


def test_the_whole_filtered_list_in_the_order_shown(client: Client, library: Library) -> None:
    for number in range(30):
        factories.SubscriptionFactory(library=library, reader__last_name=f"Nom {number:02}")
    factories.SubscriptionFactory(library=library, active=True)
    names = [row[1] for row in rows(client, "?statut=pending&tri=-last_name&page=2")[1:]]
    assert names == [f"Nom {number:02}" for number in reversed(range(30))]


def test_headers_dates_status_of_today_and_resources(client: Client, library: Library) -> None:
    over = factories.SubscriptionFactory(library=library, active=True, starts_on=clock.today() - dt.timedelta(days=400))
    factories.GrantFactory(subscription=over, resource__name="Cinéma")
    factories.GrantFactory(subscription=over, resource__name="Assimil", state=GrantState.REQUESTED)
    factories.GrantFactory(subscription=over, resource__name="Retirée", state=GrantState.REMOVED)
    header, row = rows(client)
    assert header == (
        "Prénom",
        "Nom",
        "Adresse mail",
        "Date de naissance",
        "Statut",
        "Date de demande",
        "À décider avant le",
        "Début d’abonnement",
        "Fin de validité",
        "Bibliothèque",
        "Ressources",
    )
    found = dict(zip(header, row, strict=True))
    assert found["Statut"] == "Expiré"
    assert found["Ressources"] == "Assimil, Cinéma"
    assert found["Date de naissance"] == dt.datetime(1990, 3, 13)  # noqa: DTZ001 - a spreadsheet's dates have no zone
    assert found["Fin de validité"].date() == over.ends_on
    assert found["À décider avant le"] is None


def test_the_file_is_named_after_the_library_and_the_day(client: Client, library: Library) -> None:
    answer = client.get(EXPORT)
    list(answer)
    name = f"abonnes-sauveterre-de-guyenne-{clock.today():%Y-%m-%d}.xlsx"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_queries_do_not_grow_with_the_rows(account: User, library: Library) -> None:
    client = client_of(account)
    counts = []
    for size in (5, 60):
        for _ in range(size):
            factories.SubscriptionFactory(library=library)
        counts.append(queries_of(rows, client))
    assert counts[0] == counts[1]
