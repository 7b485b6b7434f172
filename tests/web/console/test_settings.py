"""« Réglages »: a preview in figures before anything is saved; a portal that changes its profile loses nothing (D1)."""

import datetime as dt
from itertools import permutations
from typing import Any

import pytest
from django.apps import apps

from navette.core import clock
from navette.mail.models import MailState
from navette.portal.models import Portal
from navette.portal.profiles import PROFILES
from navette.portal.queries import current_portal
from navette.subscriptions.models import GrantState
from tests import factories
from tests.architecture.areas.content import settings_of
from tests.architecture.world import World, build, routes, undone
from tests.web.browsing import client_of

PAGE = "/console/reglages"
WALKERS = ("anonymous", "pending", "active", "refused", "expired", "viewer", "manager", "administrator", "territory")


def sent(**changed: Any) -> dict[str, Any]:
    return settings_of(current_portal()) | changed


def test_the_preview_saves_nothing_and_tells_before_and_after(portal: Portal) -> None:
    client = client_of(factories.staff())
    for _n in range(3):
        factories.SubscriptionFactory()
    page = client.post(PAGE, sent(decision_days=9, suite="preview")).content.decode()
    assert "Délai de décision" in page
    assert "3 demandes en attente garderont leur délai." in page
    assert Portal.objects.get().decision_days == 4
    client.post(PAGE, sent(decision_days=9, suite="apply"))
    assert Portal.objects.get().decision_days == 9


def test_the_figures_are_those_of_today(portal: Portal) -> None:
    for _n in range(2):
        factories.MembershipFactory()
    factories.SubscriptionFactory(active=True)
    old = clock.now() - dt.timedelta(days=40)
    factories.MailFactory(state=MailState.SENT, sent_at=old, created_at=old)
    staff = client_of(factories.staff())
    changed = {
        "pro_identifier": "individual",
        "password_min_length": 8,
        "tells_unknown_mail": "",
        "duration": "days_365",
    }
    page = staff.post(PAGE, sent(**changed, keep_mails_months=1)).content.decode()
    for words in (
        "2 comptes partagés ne pourront plus se connecter",
        "moins que ce que recommande la CNIL",
        "Les mots de passe existants restent valables",
        "1 abonnement validé garde ses dates",
        "Cette nuit, 1 mail perdrait son texte.",
    ):
        assert words in page
    assert Portal.objects.get().keep_mails_months == 3
    Portal.objects.update(tells_unknown_mail=False)
    told = staff.post(PAGE, sent(tells_unknown_mail="on")).content.decode()
    assert "N’importe qui pourra savoir si une adresse mail est inscrite" in told


def test_two_at_once_the_second_is_told(portal: Portal) -> None:
    first, second = factories.staff(), factories.staff()
    stale = sent(decision_days=5, suite="apply")
    client_of(first).post(PAGE, sent(decision_days=9, suite="apply"))
    told = client_of(second).post(PAGE, stale, follow=True).content.decode()
    assert f"{first.label} a changé les réglages entre-temps" in told
    assert Portal.objects.get().decision_days == 9


def test_nobody_can_close_both_doors_of_registration(portal: Portal) -> None:
    values = sent(suite="apply")
    del values["readers_register_themselves"]
    answer = client_of(factories.staff()).post(PAGE, values)
    assert answer.status_code == 400
    assert "Personne ne pourrait plus s’inscrire" in answer.content.decode()


def test_a_profile_is_a_proposal_that_keeps_the_site_s_own_name(portal: Portal) -> None:
    page = client_of(factories.staff()).get(f"{PAGE}?profil=oise").content.decode()
    assert 'value="biblio.gironde"' in page
    assert "profil « oise »" in page
    assert Portal.objects.get().profile == "gironde"
    assert client_of(factories.staff()).get(f"{PAGE}?profil=%00").status_code == 200


# ---- from each profile to each other
def rows_of_everything() -> dict[str, list[Any]]:
    """Return every row of our own tables, but the portal's, the log's and what a visit leaves."""
    left = {"portal.Portal", "core.AuditRow", "accounts.FailedLogins"}
    models = [row for row in apps.get_models() if row.__module__.startswith("navette.") and row._meta.label not in left]
    return {row._meta.label: list(row._default_manager.order_by("pk").values_list(*_columns(row))) for row in models}


def _columns(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname != "last_login"]


def load(world: World, name: str) -> None:
    """Load the profile `name` as the console does."""
    client = world.client("administrator")
    page = client.get(f"{PAGE}?profil={name}")
    form = page.context["form"]
    values = {field: form[field].value() for field in form.fields}
    values = {field: value for field, value in values.items() if value not in (None, False)}
    answer = client.post(PAGE, values | {"suite": "apply"})
    assert answer.status_code == 302, answer.content.decode()


@pytest.fixture
def world(db: None) -> World:
    """Return a world with subscriptions in every state, a renewal asked and a resource still to decide among them."""
    world = build()
    renewal = factories.SubscriptionFactory(renewal_asked=True, library=world.library)
    factories.GrantFactory(subscription=renewal, resource=world.resource, state=GrantState.REQUESTED)
    factories.SubscriptionFactory(library=world.library, status="unconfirmed", deadline=None)
    world.client("administrator").get("/console/")  # enrols whoever comes in, before the rows are noted
    return world


def test_every_switch_of_profile_changes_the_portal_s_record_alone(world: World) -> None:
    before = rows_of_everything()
    for source, target in permutations(PROFILES, 2):
        load(world, source)
        load(world, target)
        portal = Portal.objects.get()
        expected = {
            key: value for key, value in PROFILES[target].items() if key not in {"name", "owner", "department_code"}
        }
        assert {key: getattr(portal, key) for key in expected} == expected
        assert (portal.profile, portal.name) == (target, "biblio.gironde")
    assert rows_of_everything() == before


@pytest.mark.parametrize("name", [name for name in PROFILES if name != "gironde"])
def test_after_a_switch_every_page_of_every_role_still_answers(world: World, name: str) -> None:
    load(world, name)
    for role in WALKERS:
        client = world.client(role)
        for route in routes():
            with undone():
                answer = client.get(world.address(route))
                b"".join(answer)
            assert answer.status_code < 500, f"{role} {route}"
