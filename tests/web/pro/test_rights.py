"""« Mes abonnements » (L9): what a library may do, who works for it, and what it offers its readers."""

from django.test import Client

from navette.libraries.models import Library, Profile
from navette.resources.models import DigitalResource
from tests import factories
from tests.web.browsing import client_of

PAGE = "/pro/mes-abonnements"


def counts(client: Client) -> dict[DigitalResource, int | None]:
    return {row: row.subscribers for row in client.get(PAGE).context["resources"]}


def test_nobody_without_a_library_gets_in(library: Library) -> None:
    assert Client().get(PAGE).status_code == 302
    for user in (factories.UserFactory(), factories.staff()):
        assert client_of(user).get(PAGE).status_code == 403


def test_sub_08_subscribers_and_colleagues_of_others_are_not_counted(client: Client, library: Library) -> None:
    elsewhere = factories.library_account(factories.LibraryFactory(), Profile.VIEWER)
    grant = factories.GrantFactory(subscription__active=True, state="granted")
    assert counts(client)[grant.resource] in (None, 0)
    assert client.get(PAGE).context["active"] == 0
    assert elsewhere.name not in client.get(PAGE).content.decode()


def test_l9_subscribers_in_force_are_counted_by_resource(client: Client, library: Library) -> None:
    active = factories.SubscriptionFactory(library=library, active=True)
    waiting = factories.SubscriptionFactory(library=library)
    grant = factories.GrantFactory(subscription=active, state="granted")
    factories.GrantFactory(subscription=waiting, resource=grant.resource, state="granted")
    closed = factories.ResourceFactory(is_open=False)
    found = counts(client)
    assert found[grant.resource] == 1
    assert closed not in found
    assert client.get(PAGE).context["active"] == 1


def test_l9_a_viewer_is_told_what_they_may_not_do(client: Client, library: Library) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    assert {held for _label, held in client.get(PAGE).context["rights"]} == {True}
    assert {held for _label, held in viewer.get(PAGE).context["rights"]} == {False}
