"""The portal's signing keys: one in service, the next shown ahead, the previous still shown."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.db import connection

from navette.core.errors import NotAllowed
from navette.core.models import AuditRow
from navette.signon import keys
from navette.signon.errors import NoNextKey
from navette.signon.models import KeyState, KeyUse, SigningKey
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def test_who_may_not_change_resources_changes_no_key() -> None:
    nobody = factories.UserFactory()
    for act in (keys.prepare_next, keys.switch, keys.withdraw_previous):
        with pytest.raises(NotAllowed):
            act(KeyUse.SAML, acting_user=nobody)
    assert not SigningKey.objects.exists()


def test_without_a_next_key_nothing_changes() -> None:
    staff, key = factories.staff("administrator"), keys.current(KeyUse.SAML)
    with pytest.raises(NoNextKey):
        keys.switch(KeyUse.SAML, acting_user=staff)
    assert keys.current(KeyUse.SAML) == key


def test_the_first_key_is_made_when_it_is_asked_for_and_stays() -> None:
    key = keys.current(KeyUse.OIDC)
    assert keys.current(KeyUse.OIDC) == key
    certificate = x509.load_pem_x509_certificate(key.certificate.encode())
    private = load_pem_private_key(key.private_key.encode(), None)
    assert certificate.public_key() == private.public_key()


def test_a_private_key_is_encrypted_at_rest_and_stands_in_no_audit_row() -> None:
    key = keys.current(KeyUse.SAML)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key FROM signon_signingkey")
        stored = cursor.fetchone()[0]
    assert "PRIVATE KEY" in key.private_key
    assert "PRIVATE KEY" not in stored
    assert "PRIVATE KEY" not in str(list(AuditRow.objects.values()))


def test_a_change_of_keys_shows_two_all_along() -> None:
    staff, first = factories.staff("administrator"), keys.current(KeyUse.SAML)
    coming = keys.prepare_next(KeyUse.SAML, acting_user=staff)
    assert keys.prepare_next(KeyUse.SAML, acting_user=staff) == coming
    assert keys.published(KeyUse.SAML) == [first, coming]
    assert keys.current(KeyUse.SAML) == first
    assert keys.switch(KeyUse.SAML, acting_user=staff) == coming
    assert keys.published(KeyUse.SAML) == [coming, first]
    assert keys.withdraw_previous(KeyUse.SAML, acting_user=staff) == 1
    assert keys.withdraw_previous(KeyUse.SAML, acting_user=staff) == 0
    assert keys.published(KeyUse.SAML) == [coming]
    assert SigningKey.objects.get(state=KeyState.WITHDRAWN).private_key == ""
    assert keys.published(KeyUse.OIDC) != [coming]


@pytest.mark.django_db(transaction=True)
def test_processes_that_start_together_make_one_first_key() -> None:
    made = at_once(lambda _number: keys.current(KeyUse.OIDC).kid, 4)
    assert len(set(made)) == 1
    assert SigningKey.objects.count() == 1


def test_what_signs_changes_at_the_switch_and_a_withdrawn_key_signs_no_more() -> None:
    staff, first = factories.staff("administrator"), keys.current(KeyUse.OIDC)
    keys.prepare_next(KeyUse.OIDC, acting_user=staff)
    keys.signer(first)
    second = keys.switch(KeyUse.OIDC, acting_user=staff)
    for key in (first, second):
        certificate = x509.load_pem_x509_certificate(key.certificate.encode())
        assert keys.signer(key).public_key() == certificate.public_key()
    assert keys.signer(keys.current(KeyUse.OIDC)) is keys.signer(second), "it is read once"
    keys.withdraw_previous(KeyUse.OIDC, acting_user=staff)
    with pytest.raises(ValueError, match="PEM"):
        keys.signer(SigningKey.objects.get(pk=first.pk))
