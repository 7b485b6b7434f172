"""SSO-03: each vendor knows the same reader by another opaque identifier, which stays."""

import re

import pytest
from pytest_django.fixtures import Settings

from navette.readers.models import Reader
from navette.signon.identifiers import pairwise_id
from navette.subscriptions import actions
from tests.factories import MembershipFactory, ReaderFactory, ResourceFactory, SubscriptionFactory, portal


@pytest.mark.django_db
def test_sso_03_two_resources_know_a_reader_by_identifiers_that_differ() -> None:
    reader = ReaderFactory()
    assert pairwise_id(reader, ResourceFactory()) != pairwise_id(reader, ResourceFactory())


@pytest.mark.django_db
def test_sso_03_two_readers_differ_at_one_resource() -> None:
    resource = ResourceFactory()
    assert pairwise_id(ReaderFactory(), resource) != pairwise_id(ReaderFactory(), resource)


@pytest.mark.django_db
def test_sso_03_it_says_nothing_of_the_reader() -> None:
    reader = ReaderFactory()
    identifier = pairwise_id(reader, ResourceFactory())
    assert re.fullmatch(r"[0-9a-f]{32}", identifier)
    assert reader.uid.hex not in identifier
    assert identifier != reader.uid.hex


@pytest.mark.django_db
def test_sso_03_it_is_stable_over_renewals_and_changes_of_name_and_mail() -> None:
    portal()
    subscription, resource = SubscriptionFactory(expired=True), ResourceFactory()
    before = pairwise_id(subscription.reader, resource)
    actions.renew(subscription, acting_user=MembershipFactory(library=subscription.library).user)
    reader = Reader.objects.get(pk=subscription.reader_id)
    reader.last_name, reader.user.email = "Autre", "autre@example.org"
    assert pairwise_id(reader, resource) == before


@pytest.mark.django_db
def test_sso_03_another_portals_key_gives_other_identifiers(settings: Settings) -> None:
    reader, resource = ReaderFactory(), ResourceFactory()
    here = pairwise_id(reader, resource)
    settings.SECRETS_KEY = "the key of another portal, long enough to be one"
    assert pairwise_id(reader, resource) != here
