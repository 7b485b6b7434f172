"""SUB-10 and SUB-13: a reader accepts the terms in force, once a version, and nobody does it for them."""

import pytest

from navette.core.errors import NotAllowed
from navette.core.models import AuditRow
from navette.portal.models import Portal
from navette.resources.models import ResourceTerms
from navette.subscriptions.actions import Changes, accept_terms, edit_own
from navette.subscriptions.models import GrantState, Subscription, TermsAcceptance
from navette.subscriptions.queries import resource_terms_due, site_terms_due
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def behind(portal: Portal) -> Subscription:
    """Return a subscription whose reader has accepted nothing yet, as one that their library registered."""
    grant = factories.GrantFactory()
    factories.SiteTermsFactory(version=1)
    made: Subscription = grant.subscription
    return made


def test_sub_13_nobody_accepts_for_another(behind: Subscription) -> None:
    for actor in (factories.library_account(behind.library), factories.staff(), factories.UserFactory()):
        with pytest.raises(NotAllowed):
            accept_terms(behind, acting_user=actor)
    assert not TermsAcceptance.objects.exists()


def test_sub_10_accepting_covers_the_site_and_each_resource_once(behind: Subscription) -> None:
    resource = behind.grants.get().resource
    assert resource_terms_due(behind) == {resource.pk}
    for _ in range(2):
        accept_terms(behind, acting_user=behind.reader.user)
    assert site_terms_due(behind.reader) is None
    assert resource_terms_due(behind) == set()
    assert TermsAcceptance.objects.count() == 2
    assert AuditRow.objects.filter(action="subscriptions.accept_terms").count() == 1


def test_sub_10_a_new_version_is_due_again_and_the_old_acceptance_stays(behind: Subscription) -> None:
    accept_terms(behind, acting_user=behind.reader.user)
    newer = factories.SiteTermsFactory(version=2)
    assert site_terms_due(behind.reader) == newer
    accept_terms(behind, acting_user=behind.reader.user)
    versions = TermsAcceptance.objects.filter(site_terms__isnull=False).order_by("site_terms__version")
    assert list(versions.values_list("site_terms__version", flat=True)) == [1, 2]


def test_sub_10_new_terms_of_a_resource_are_due_until_the_next_save(behind: Subscription) -> None:
    accept_terms(behind, acting_user=behind.reader.user)
    resource = behind.grants.get().resource
    ResourceTerms.objects.create(resource=resource, version=2, text="Autres conditions.")
    assert resource_terms_due(behind) == {resource.pk}
    reader = behind.reader
    unchanged = Changes(reader.first_name, reader.last_name, reader.birth_date, [resource])
    edit_own(behind, acting_user=reader.user, changes=unchanged)
    assert resource_terms_due(behind) == set()


def test_sub_10_terms_of_a_resource_that_was_dropped_are_not_due(behind: Subscription) -> None:
    behind.grants.update(state=GrantState.REMOVED)
    assert resource_terms_due(behind) == set()
    factories.ResourceFactory()
    assert resource_terms_due(behind) == set()
