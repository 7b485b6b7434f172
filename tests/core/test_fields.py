import pytest
from cryptography.fernet import InvalidToken
from django.test.utils import override_settings

from navette.core.fields import EncryptedTextField


def test_a_secret_is_encrypted_at_rest_and_read_with_its_key_only() -> None:
    field = EncryptedTextField()
    stored = field.get_prep_value("clé partagée")
    assert "partag" not in stored
    assert field.from_db_value(stored, None, None) == "clé partagée"
    with override_settings(SECRETS_KEY="another key"), pytest.raises(InvalidToken):
        field.from_db_value(stored, None, None)


def test_an_empty_secret_stays_empty() -> None:
    assert EncryptedTextField().get_prep_value("") == ""
    assert EncryptedTextField().from_db_value("", None, None) == ""
