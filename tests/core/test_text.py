import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.core.text import fold, fold_identifier


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Sauveterre-de-Guyenne", "sauveterre de guyenne"),
        ("SAUVETERRE DE GUYENNE ", "sauveterre de guyenne"),
        ("Crèvecœur-le-Grand", "crevecoeur le grand"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Jean-Paul@Example.ORG", "jean-paul@example.org"),
        (" 45004000017 ", "45004000017"),
    ],
)
def test_identifiers_are_compared_folded_but_a_mail_keeps_its_letters(typed: str, stored: str) -> None:
    assert fold_identifier(typed) == stored


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_identifier(fold_identifier(text)) == fold_identifier(text)
