"""Resources, offers and vendors' terms: who changes them, what their addresses are, what closing leaves."""

from typing import Any

import pytest

from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.core.pictures import Picture
from navette.resources.actions import (
    Details,
    create_resource,
    edit_resource,
    publish_terms,
    resource_fingerprint,
    save_category,
    save_offer,
    set_open,
)
from navette.resources.errors import AlreadySo, ResourceOvertaken, TermsOvertaken
from navette.resources.models import DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant
from tests import factories

pytestmark = pytest.mark.django_db


def details(**fields: Any) -> Details:
    known = {"name": "Presse du fleuve", "summary": "S.", "description": "D.", "tint": "blue", "vendor": "Fleuve"}
    return Details(**known | {"category": factories.CategoryFactory(), "audience": "all"} | fields)


def test_others_change_nothing_of_the_offer() -> None:
    resource = factories.ResourceFactory()
    for user in (
        factories.staff("territory"),
        factories.UserFactory(),
        factories.library_account(factories.LibraryFactory()),
    ):
        for attempt in (
            lambda user=user: create_resource(details(), acting_user=user, offers=[]),
            lambda user=user: edit_resource(
                resource, details(), seen=resource_fingerprint(resource), acting_user=user, offers=[]
            ),
            lambda user=user: set_open(resource, acting_user=user, is_open=False),
            lambda user=user: save_offer(acting_user=user, name="Offre"),
            lambda user=user: save_category(acting_user=user, name="Jeux", position=1),
            lambda user=user: publish_terms(resource, acting_user=user, text="T.", after=1),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert not AuditRow.objects.exists()


def test_a_new_resource_is_closed_and_its_address_stays() -> None:
    staff = factories.staff("digital")
    made = create_resource(details(name="Ciné.Rivage"), acting_user=staff, offers=[factories.OfferFactory()])
    assert (made.slug, made.is_open) == ("cine-rivage", False)
    assert create_resource(details(name="Ciné Rivage !"), acting_user=staff, offers=[]).slug == "cine-rivage-2"
    renamed = edit_resource(
        made, details(name="Autre nom"), seen=resource_fingerprint(made), acting_user=staff, offers=[]
    )
    assert (renamed.slug, renamed.name) == ("cine-rivage", "Autre nom")
    assert AuditRow.objects.get(action="resources.edit").detail["changed"]["name"] == ["Ciné.Rivage", "Autre nom"]


def test_a_name_is_taken_once_whatever_the_case() -> None:
    staff, resource = factories.staff(), factories.ResourceFactory(name="Presse")
    with pytest.raises(Invalid) as refusal:
        create_resource(details(name="presse"), acting_user=staff, offers=[])
    assert refusal.value.field == "name"
    edit_resource(resource, details(name="PRESSE"), seen=resource_fingerprint(resource), acting_user=staff, offers=[])


def test_closing_takes_no_right_away_and_a_second_click_is_told() -> None:
    staff, grant = factories.staff(), factories.GrantFactory()
    closed = set_open(grant.resource, acting_user=staff, is_open=False)
    assert not closed.is_open
    assert ResourceGrant.objects.get().state == GrantState.GRANTED
    with pytest.raises(AlreadySo):
        set_open(closed, acting_user=staff, is_open=False)
    assert set_open(closed, acting_user=staff, is_open=True).is_open


def test_terms_are_published_over_the_version_read() -> None:
    staff, resource = factories.staff("digital"), factories.ResourceFactory()
    with pytest.raises(TermsOvertaken):
        publish_terms(resource, acting_user=staff, text="Deux.", after=0)
    with pytest.raises(Invalid):
        publish_terms(resource, acting_user=staff, text="\n", after=1)
    assert publish_terms(resource, acting_user=staff, text="Deux.", after=1).version == 2
    assert [row.text for row in resource.terms.order_by("version")] == ["Conditions du fournisseur.", "Deux."]


def test_offers_and_categories_keep_their_address() -> None:
    staff = factories.staff()
    offer = save_offer(acting_user=staff, name="Offre jeunesse")
    assert save_offer(acting_user=staff, name="Offre enfants", offer=offer).slug == "offre-jeunesse"
    category = save_category(acting_user=staff, name="Jeux", position=3)
    moved = save_category(acting_user=staff, name="Jeux", position=1, category=category)
    assert (moved.slug, moved.position) == ("jeux", 1)
    with pytest.raises(Invalid):
        save_category(acting_user=staff, name=" jeux ", position=2)


def test_a_logo_no_longer_shown_is_deleted(django_capture_on_commit_callbacks: Any) -> None:
    staff, resource = factories.staff(), factories.ResourceFactory()
    with django_capture_on_commit_callbacks(execute=True):
        first = edit_resource(
            resource, details(), seen=resource_fingerprint(resource), acting_user=staff, offers=[], logo=_picture(b"1")
        )
        name, storage = first.logo.name, first.logo.storage
        edit_resource(
            first, details(), seen=resource_fingerprint(first), acting_user=staff, offers=[], logo=_picture(b"2")
        )
    assert not storage.exists(str(name))
    assert DigitalResource.objects.get().logo.name != name


def _picture(data: bytes) -> Picture:
    return Picture(data, name=f"{data.decode()}.png")


def test_one_saves_over_the_words_that_one_has_read() -> None:
    resource, first, second = factories.ResourceFactory(), factories.staff("digital"), factories.staff("digital")
    seen = resource_fingerprint(resource)
    edit_resource(resource, details(name="Le premier"), seen=seen, acting_user=first, offers=[])
    with pytest.raises(ResourceOvertaken, match=first.label) as refusal:
        edit_resource(resource, details(name="Le second"), seen=seen, acting_user=second, offers=[])
    assert DigitalResource.objects.get().name == "Le premier"
    edit_resource(resource, details(name="Le second"), seen=refusal.value.now, acting_user=second, offers=[])
    assert DigitalResource.objects.get().name == "Le second"
