"""The window « Abonné » and its page (L7): refusals first, then one save of three tabs."""

import re
from typing import Any

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import accept, refuse
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import RefusalReason, Status
from tests import factories
from tests.web.browsing import client_of, queries_of

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _loiret(library: Library) -> None:
    factories.portal("loiret")


@pytest.fixture
def waiting(library: Library) -> Subscription:
    """A request for three resources."""
    return asking(library)


def asking(library: Library, state: str = GrantState.REQUESTED, **fields: Any) -> Subscription:
    sub = factories.SubscriptionFactory(library=library, reader__first_name="Nicolas", **fields)
    for name in ("Cafeyn", "CVS", "Gerip"):
        known = DigitalResource.objects.filter(name=name).first()
        factories.GrantFactory(subscription=sub, resource=known or factories.ResourceFactory(name=name), state=state)
    return sub


def address(sub: Subscription) -> str:
    return f"/pro/abonnes/{sub.pk}/onglets"


def field(sub: Subscription, name: str) -> str:
    return f"ressource-{sub.grants.get(resource__name=name).resource_id}"


def typed(sub: Subscription, **changed: Any) -> dict[str, Any]:
    """Return what the browser sends of the three tabs as they are, with what a person changes."""
    reader = sub.reader
    values = {
        "version": sub.version,
        "first_name": reader.first_name,
        "last_name": reader.last_name,
        "birth_date": f"{reader.birth_date:%d/%m/%Y}",
        "status": sub.current_status.value,
        "reason": "",
        "message": "",
        "onglet": "informations",
    }
    return values | {f"ressource-{row.resource_id}": row.state for row in sub.grants.all()} | changed


def states(sub: Subscription) -> dict[str, str]:
    return dict(sub.grants.order_by("resource__name").values_list("resource__name", "state"))


def test_sub_08_another_librarys_subscriber_is_not_there(waiting: Subscription) -> None:
    stranger = client_of(factories.library_account(factories.LibraryFactory()))
    assert stranger.get(address(waiting)).status_code == 404
    assert stranger.post(address(waiting), typed(waiting, status="active")).status_code == 404


def test_a_viewer_reads_and_changes_nothing(waiting: Subscription, library: Library) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    page = viewer.get(address(waiting)).content.decode()
    assert "Enregistrer" not in page
    assert "<select" not in page
    assert "Cafeyn : Demandé" in page
    assert viewer.post(address(waiting), typed(waiting, status="active")).status_code == 403
    assert "consulter cet abonné" in viewer.get("/pro/abonnes").content.decode()


@pytest.mark.parametrize(
    ("changed", "tab", "field_name"),
    [
        ({"first_name": ""}, "informations", "first_name"),
        ({"birth_date": "31/02/1990"}, "informations", "birth_date"),
        ({"birth_date": "01/01/2999"}, "informations", "birth_date"),
        ({"status": "refused"}, "statut", "reason"),
        ({"status": "refused", "reason": "left"}, "statut", "reason"),
        ({"status": "expired"}, "statut", "status"),
        ({"status": "active", "message": "x" * 5_001}, "statut", "message"),
    ],
)
def test_an_error_opens_its_tab_and_nothing_typed_is_lost(
    client: Client, waiting: Subscription, changed: dict[str, str], tab: str, field_name: str
) -> None:
    answer = client.post(address(waiting), typed(waiting, last_name="Tapé", **changed), headers=HTMX)
    assert answer.status_code == 400
    assert answer.context["open_tab"] == tab
    assert field_name in answer.context["form"].errors
    assert 'value="Tapé"' in answer.content.decode()
    fresh = Subscription.objects.get(pk=waiting.pk)
    assert (fresh.version, fresh.status) == (1, Status.PENDING)


@pytest.mark.parametrize("value", ["waiting", "", "x", "\x00"])
def test_a_resource_takes_no_state_but_those_offered(client: Client, waiting: Subscription, value: str) -> None:
    answer = client.post(address(waiting), typed(waiting, **{field(waiting, "CVS"): value}), headers=HTMX)
    assert answer.status_code == 400
    assert answer.context["open_tab"] == "ressources"
    assert states(waiting)["CVS"] == GrantState.REQUESTED


def test_sub_02_overtaken_in_the_window_keeps_what_was_typed(
    client: Client, waiting: Subscription, account: User
) -> None:
    seen = typed(waiting, status="active", first_name="Nico", message="Bienvenue.", onglet="statut")
    refuse(waiting, acting_user=account, reason=RefusalReason.NOT_MEMBER)
    answer = client.post(address(waiting), seen, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Demande refusée" in page
    for kept in ('value="Nico"', "Bienvenue."):
        assert kept in page
    assert OutgoingMail.objects.filter(kind="accepted").count() == 0
    again = typed(Subscription.objects.get(), status="active", first_name="Nico", message="Bienvenue.")
    assert client.post(address(waiting), again, headers=HTMX).status_code == 200
    assert Subscription.objects.get().status == Status.ACTIVE


def test_sub_02_a_status_that_can_no_longer_be_chosen_falls_back_to_the_present(
    client: Client, waiting: Subscription, account: User
) -> None:
    seen = typed(waiting, status="active")
    accept(waiting, acting_user=account)
    answer = client.post(address(waiting), seen, headers=HTMX)
    assert answer.status_code == 409
    assert answer.context["form"]["status"].value() == Status.ACTIVE
    assert OutgoingMail.objects.filter(kind="accepted").count() == 1


def test_l7_the_tabs_have_every_label_of_the_guide(client: Client, waiting: Subscription) -> None:
    page = client.get(address(waiting)).content.decode().replace("&#x27;", "'")
    for label in (
        "Abonné",
        "Informations",
        "Statut",
        "Ressources",
        "Statut de l'abonné",
        "En attente",
        "Validé",
        "Refusé",
        "Raison du refus",
        "Message à envoyer",
        "Ressources numériques en attente, validées ou refusées",
        "Supprimer",
        "Enregistrer",
    ):
        assert label in page, label


def test_l7_the_list_has_a_pencil_that_opens_the_window(client: Client, waiting: Subscription) -> None:
    page = client.get("/pro/abonnes?statut=pending").content.decode()
    assert f'href="{address(waiting)}?retour=statut%3Dpending"' in page
    assert f'hx-get="{address(waiting)}?retour=statut%3Dpending"' in page
    assert 'aria-label="éditer cet abonné"' in page
    for label in ("Mes abonnés ressources numériques", "Rechercher", "- Sélectionner un statut -"):
        assert label in page
    assert "row-pending scheme-orange_green" in page


def test_the_staffs_pencil_opens_the_page(waiting: Subscription) -> None:
    page = client_of(factories.staff()).get("/pro/abonnes").content.decode()
    assert f'href="{address(waiting)}"' in page
    assert f'hx-get="{address(waiting)}' not in page


def test_the_words_of_a_portal_where_libraries_register(client: Client, waiting: Subscription) -> None:
    factories.portal("oise")
    page = client.get("/pro/abonnes").content.decode()
    for label in ("Mes abonnés numériques", "usagers en attente", "- Sélectionner un statut -"):
        assert label in page
    assert "row-pending scheme-yellow_green" in page
    assert client.get("/pro/abonnes?statut=pending").context["total"] == 1


@pytest.mark.parametrize("profile", ["oise", "loiret"])
def test_no_page_names_the_other_portals_screen(client: Client, waiting: Subscription, profile: str) -> None:
    factories.portal(profile)
    for path in ("/pro/", f"/pro/abonnes/{waiting.pk}", "/pro/aide"):
        page = client.get(path).content.decode()
        assert "Valider / Refuser" not in page
        assert "Filtrer" not in page
    assert "Éditer cet abonné" in client.get("/pro/").content.decode()
    guide = client.get("/pro/aide").content.decode()
    assert "ses onglets « Informations », « Statut » et « Ressources »" in guide
    assert "- Sélectionner un statut -" in guide


@pytest.mark.parametrize("profile", ["gironde", "valdoise"])
def test_other_portals_keep_their_list(client: Client, waiting: Subscription, profile: str) -> None:
    factories.portal(profile)
    page = client.get("/pro/abonnes").content.decode()
    assert "Valider / Refuser" in page
    assert "éditer cet abonné" not in page
    assert client.get(f"/pro/abonnes/{waiting.pk}/decision").status_code == 200


def test_the_address_of_the_mails_leads_to_the_tabs(client: Client, waiting: Subscription) -> None:
    answer = client.get(f"/pro/abonnes/{waiting.pk}/decision?retour=page%3D2")
    assert answer["Location"] == f"{address(waiting)}?retour=page%3D2"


def test_l7_one_save_changes_the_three_tabs_and_brings_the_new_row(client: Client, waiting: Subscription) -> None:
    values = typed(waiting, first_name="Nico", status="active", onglet="statut", retour="statut=pending")
    answer = client.post(address(waiting), values | {field(waiting, "CVS"): "refused"}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Enregistré. Nico" in page
    assert answer.context["open_tab"] == "statut"
    row = re.search(r"<template>(.*)</template>", page, re.DOTALL)
    assert row
    for piece in (f'id="ligne-{waiting.pk}"', 'hx-swap-oob="true"', "row-active scheme-orange_green", "Validé", "Nico"):
        assert piece in row[1]
    assert f"{address(waiting)}?retour=statut%3Dpending" in row[1]
    assert '<span id="nombre-a-traiter" hx-swap-oob="true"></span>' in page  # the menu's number: nobody waits any more
    assert states(waiting) == {"CVS": "refused", "Cafeyn": "granted", "Gerip": "granted"}
    assert Subscription.objects.get().status == Status.ACTIVE
    assert OutgoingMail.objects.count() == 1


def test_l7_without_javascript_the_page_saves_and_goes_back(client: Client, waiting: Subscription) -> None:
    values = typed(waiting, status="refused", reason="not_member", retour="statut=pending&page=2")
    answer = client.post(address(waiting), values)
    assert answer["Location"] == "/pro/abonnes?statut=pending&page=2"
    assert OutgoingMail.objects.get().kind == "refused_not_member"
    assert "Enregistré. Nicolas" in client.get("/pro/abonnes").content.decode()


def test_l7_resources_of_a_valid_reader(client: Client, library: Library) -> None:
    sub = asking(library, state=GrantState.GRANTED, active=True)
    client.post(address(sub), typed(sub, **{field(sub, "CVS"): "refused", field(sub, "Gerip"): "removed"}))
    assert states(sub) == {"CVS": "refused", "Cafeyn": "granted", "Gerip": "removed"}
    page = client.get(address(sub)).content.decode()
    assert "Gerip" not in page
    assert OutgoingMail.objects.get().kind == "resources_decided"


def test_where_all_is_decided_at_once_the_third_tab_only_tells(client: Client, waiting: Subscription) -> None:
    factories.portal("loiret", decides_each_resource=False)
    page = client.get(address(waiting)).content.decode()
    assert "Cafeyn : Demandé" in page
    assert "Supprimer" not in page
    client.post(address(waiting), typed(waiting, status="active"))
    assert set(states(waiting).values()) == {"granted"}


@pytest.mark.parametrize(
    ("trait", "changed", "status"),
    [
        ("expired", {"status": "active"}, Status.ACTIVE),
        ("renewal_asked", {"status": "active"}, Status.ACTIVE),
        ("renewal_asked", {"status": "refused", "reason": "membership_over"}, Status.REFUSED),
        ("refused", {"status": "active"}, Status.ACTIVE),
        ("active", {"status": "refused", "reason": "left"}, Status.REFUSED),
    ],
)
def test_every_decision_goes_by_the_tab_status(
    client: Client, library: Library, trait: str, changed: dict[str, str], status: str
) -> None:
    sub = asking(library, state=GrantState.GRANTED, **{trait: True})
    assert client.post(address(sub), typed(sub) | changed).status_code == 302
    fresh = Subscription.objects.get()
    assert (fresh.status, fresh.deadline) == (status, None)
    assert OutgoingMail.objects.count() == 1


def test_the_page_makes_as_many_queries_for_many_resources(client: Client, waiting: Subscription) -> None:
    counts = []
    for _size in range(2):
        counts.append(queries_of(client.get, address(waiting)))
        for _ in range(12):
            factories.GrantFactory(subscription=waiting, state=GrantState.REQUESTED)
    assert counts[0] == counts[1]


def test_sub_11_a_full_resource_is_told_before_the_decision(
    client: Client, library: Library, waiting: Subscription
) -> None:
    resource = factories.ResourceFactory(name="Presse locale", seats=1)
    factories.GrantFactory(subscription=waiting, resource=resource)
    told = "La personne y sera en liste d’attente"
    assert told not in client.get(address(waiting)).content.decode()
    holder = factories.SubscriptionFactory(library=library, active=True)
    factories.GrantFactory(subscription=holder, resource=resource, state=GrantState.GRANTED)
    page = client.get(address(waiting)).content.decode()
    assert told in page
    assert "Presse locale" in page.split(told)[0]


# ---- the number over the list
@pytest.mark.parametrize(
    ("state", "told"), [("statut=pending", "1 abonné trouvé"), ("statut=refused", "1 abonné trouvé"), ("", "2 abonnés")]
)
def test_a_decision_in_the_window_brings_the_number_over_the_list_up_to_date(
    client: Client, waiting: Subscription, library: Library, state: str, told: str
) -> None:
    asking(library)
    listed = client.get(f"/pro/abonnes?{state}").content.decode()
    assert 'id="trouves" data-announce' in listed
    decided = typed(waiting, status="refused", reason=RefusalReason.NOT_MEMBER, message="Non.", retour=state)
    page = client.post(address(waiting), decided, headers=HTMX).content.decode()
    number = re.search(r'<p class="results" id="trouves" hx-swap-oob="true">(.*?)</p>', page, re.DOTALL)
    assert number
    assert number[1].split() == told.split()


def test_without_a_script_the_list_is_counted_anew(client: Client, waiting: Subscription, library: Library) -> None:
    asking(library)
    decided = typed(waiting, status="refused", reason=RefusalReason.NOT_MEMBER, message="Non.", retour="statut=pending")
    page = client.post(address(waiting), decided, follow=True).content.decode()
    assert "1 abonné trouvé" in " ".join(page.split())


def test_what_was_not_saved_counts_nothing_anew(client: Client, waiting: Subscription) -> None:
    page = client.post(address(waiting), typed(waiting, last_name=""), headers=HTMX).content.decode()
    assert 'id="trouves"' not in page
