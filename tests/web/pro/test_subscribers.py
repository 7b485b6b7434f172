"""The list of subscribers (L3): what it selects, sorts, counts and shows."""

import datetime as dt

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library, Profile
from navette.web.pro import tables
from tests import factories
from tests.web.browsing import client_of, queries_of

LIST = "/pro/abonnes"
HOSTILE = [
    "?q=%00",
    "?q=" + "a" * 5_000,
    "?q=%25_%27%22%3B--",
    "?q=%F0%9F%92%A5%E2%80%AE",
    "?statut=<script>",
    "?statut=unconfirmed",
    "?bibliotheque=99999999999999999999999",
    "?bibliotheque=abc",
    "?attente=2",
    "?tri=reader__user__password",
    "?tri=-&tri=..",
    "?tri=-last_name,first_name",
    "?page=-1",
    "?page=" + "9" * 5_000,
    "?page=abc",
    "?retour=" + "%00" * 50,
    "?q[]=1&&&=",
]


def names(client: Client, address: str = LIST) -> list[str]:
    """Return the family names listed, in the order shown."""
    answer = client.get(address)
    assert answer.status_code == 200
    return [row.subscription.reader.last_name for row in answer.context["rows"]]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("path", [LIST, "/pro/abonnes/export.xlsx"])
def test_hostile_input_never_breaks_the_list_or_its_export(
    client: Client, library: Library, path: str, query: str
) -> None:
    factories.SubscriptionFactory(library=library)
    answer = client.get(path + query)
    assert answer.status_code == 200
    assert b"".join(answer)  # a file is closed once read


def test_an_impossible_filter_lists_nobody_and_says_so(client: Client, library: Library) -> None:
    factories.SubscriptionFactory(library=library)
    answer = client.get(LIST + "?statut=nope")
    assert answer.context["rows"] == []
    assert answer.context["chosen"].errors["statut"]


def test_sub_08_other_libraries_subscribers_are_never_listed(client: Client, library: Library) -> None:
    other = factories.SubscriptionFactory(reader__last_name="Ailleurs")
    factories.SubscriptionFactory(library=library, reader__last_name="Ici")
    assert names(client) == ["Ici"]
    for query in (f"?bibliotheque={other.library_id}", "?q=", "?attente=1", "?statut=pending"):
        assert names(client, LIST + query) == ["Ici"]
    assert names(client, LIST + "?q=ailleurs") == []


def test_sub_08_a_librarian_of_two_libraries_may_choose_only_among_those(library: Library) -> None:
    user = factories.library_account(library, Profile.VIEWER)
    second = factories.MembershipFactory(user=user).library
    stranger = factories.SubscriptionFactory(reader__last_name="Ailleurs").library
    factories.SubscriptionFactory(library=library, reader__last_name="Ici")
    factories.SubscriptionFactory(library=second, reader__last_name="Là")
    client = client_of(user)
    assert names(client) == ["Ici", "Là"]
    assert names(client, f"{LIST}?bibliotheque={second.pk}") == ["Là"]
    assert names(client, f"{LIST}?bibliotheque={stranger.pk}") == []


def test_people_are_found_by_part_of_name_or_mail_whatever_the_accents(client: Client, library: Library) -> None:
    factories.SubscriptionFactory(
        library=library, reader__last_name="Crèvecœur", reader__user__email="zoe.k@example.org"
    )
    factories.SubscriptionFactory(library=library)
    for query in ("crevecoeur", "CRÈVE", "dave crev", "zoe.k@", "k%40example"):
        assert names(client, f"{LIST}?q={query}") == ["Crèvecœur"], query


def test_status_is_that_of_today_even_before_the_nightly_work(client: Client, library: Library) -> None:
    factories.SubscriptionFactory(library=library, active=True, reader__last_name="Valide")
    over = clock.today() - dt.timedelta(days=400)
    factories.SubscriptionFactory(library=library, active=True, starts_on=over, reader__last_name="Fini")
    factories.SubscriptionFactory(library=library, refused=True, reader__last_name="Non")
    factories.SubscriptionFactory(library=library, reader__last_name="Attend")
    found = {status: names(client, f"{LIST}?statut={status}") for status in ("active", "expired", "refused", "pending")}
    assert found == {"active": ["Valide"], "expired": ["Fini"], "refused": ["Non"], "pending": ["Attend"]}


def test_what_waits_holds_requests_and_renewals(client: Client, library: Library) -> None:
    factories.SubscriptionFactory(library=library, reader__last_name="Attend")
    factories.SubscriptionFactory(library=library, renewal_asked=True, reader__last_name="Prolonge")
    factories.SubscriptionFactory(library=library, active=True)
    assert names(client, LIST + "?attente=1") == ["Attend", "Prolonge"]
    page = client.get(LIST).content.decode()
    assert "renouvellement demandé, avant le" in page
    assert page.count("Valider / Refuser") == 2


def test_columns_follow_the_portals_setting(client: Client, library: Library) -> None:
    factories.portal("loiret")
    factories.SubscriptionFactory(library=library)
    headers = [header.title for header in client.get(LIST).context["headers"]]
    assert headers == ["Statut", "Nom", "Prénom", "Inscription", "Ressources", "Opérations"]


def test_sorting_by_headers_both_ways(client: Client, library: Library) -> None:
    for first, last in (("Zoé", "Abel"), ("Anne", "Zola"), ("Marc", "Émile")):
        factories.SubscriptionFactory(library=library, reader__first_name=first, reader__last_name=last)
    assert names(client) == ["Abel", "Émile", "Zola"]
    assert names(client, LIST + "?tri=-last_name") == ["Zola", "Émile", "Abel"]
    assert names(client, LIST + "?tri=first_name") == ["Zola", "Émile", "Abel"]
    assert names(client, LIST + "?tri=resources") == ["Abel", "Émile", "Zola"]


def test_pages_of_25_and_the_nearest_page_for_one_that_is_not(client: Client, library: Library) -> None:
    for _ in range(27):
        factories.SubscriptionFactory(library=library)
    assert len(names(client)) == 25
    assert len(names(client, LIST + "?page=2")) == len(names(client, LIST + "?page=99")) == 2


def test_a_viewer_sees_all_and_is_offered_nothing_that_changes(library: Library) -> None:
    for trait in ("active", "expired", "refused"):
        factories.SubscriptionFactory(library=library, **{trait: True})
    factories.SubscriptionFactory(library=library)
    page = client_of(factories.library_account(library, Profile.VIEWER)).get(LIST).content.decode()
    assert page.count("Consulter") == 4
    for label in ("Valider / Refuser", "Editer", "Renouveler", "Arrêter"):
        assert label not in page
    assert "Exporter la sélection" in page


def test_row_operations_follow_the_status(client: Client, library: Library) -> None:
    expired = factories.SubscriptionFactory(library=library, expired=True)
    active = factories.SubscriptionFactory(library=library, active=True)
    page = client.get(LIST).content.decode()
    assert f'formaction="/pro/abonnes/{expired.pk}/renouveler"' in page
    assert f'formaction="/pro/abonnes/{active.pk}/renouveler"' not in page
    assert page.count(">Editer<") == 2


def test_the_list_says_what_to_do_when_it_is_empty(client: Client, library: Library) -> None:
    assert "Pas encore d’abonné" in client.get(LIST).content.decode()
    assert "Personne ne correspond" in client.get(LIST + "?q=personne").content.decode()


@pytest.mark.parametrize("path", [LIST, LIST + "?q=grohl&statut=pending", "/pro/"])
def test_as_many_queries_for_500_rows_as_for_5(account: User, library: Library, path: str) -> None:
    client = client_of(account)
    resource = factories.ResourceFactory()
    counts = []
    for size in (5, 40):
        for _ in range(size):
            sub = factories.SubscriptionFactory(library=library)
            factories.GrantFactory(subscription=sub, resource=resource)
        assert client.get(path).status_code == 200
        counts.append(queries_of(client.get, path))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize("profile", ["gironde", "loiret"])
def test_what_people_wrote_is_never_markup(client: Client, library: Library, profile: str) -> None:
    factories.portal(profile)
    wrong = "\"><script>alert(1)</script>'&"
    library.name = wrong
    library.save()
    sub = factories.SubscriptionFactory(library=library, reader__first_name=wrong, reader__last_name=wrong)
    factories.GrantFactory(subscription=sub, resource__name=wrong)
    page = client.get(LIST + "?q=%22%3E%3Cscript%3E").content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def test_links_carry_the_lists_state_and_nothing_else(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library)
    page = client.get(LIST + "?q=grohl&tri=-last_name&evil=%22onclick").content.decode()
    assert f'href="/pro/abonnes/{sub.pk}/decision?retour=q%3Dgrohl%26tri%3D-last_name"' in page
    assert 'href="/pro/abonnes?q=grohl&amp;tri=first_name"' in page
    assert "onclick" not in page


def test_far_pages_are_read_by_their_keys_in_the_same_order(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        factories.SubscriptionFactory(library=library, reader__last_name=f"Nom {number:02}")
    near = names(client, LIST + "?page=2&tri=-last_name")
    monkeypatch.setattr(tables, "NEAR", 0)
    assert names(client, LIST + "?page=2&tri=-last_name") == near == [f"Nom {n:02}" for n in range(34, 9, -1)]
