"""Texts and their variables."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.lifecycle import nightly as _all_kinds  # noqa: F401 - registers the kinds of every domain
from navette.mail.kinds import KINDS, MailKind, fill, register, unknown_variables

NAMES = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)


@given(st.dictionaries(NAMES, st.text(max_size=30)), st.text(max_size=60))
def test_a_value_is_never_read_as_a_variable(values: dict[str, str], tail: str) -> None:
    """Somebody who calls themselves {nom} does not pull in another's data."""
    text = "".join(f"<{{{name}}}>" for name in values)
    assert fill(text, values) == "".join(f"<{value}>" for value in values.values())


@given(st.text(max_size=200))
def test_a_text_without_values_stays_as_it_stands(text: str) -> None:
    assert fill(text, {}) == text


@pytest.mark.parametrize(
    ("text", "library", "filled"),
    [
        ("La bibliothèque de {bibliotheque} répond.", "Orléans", "La bibliothèque d’Orléans répond."),
        ("La bibliothèque de {bibliotheque} répond.", "Médiathèque de Blaye", "La médiathèque de Blaye répond."),
        ("Bibliothèque de {ancienne}", "Le Pian-Médoc", "Bibliothèque du Pian-Médoc"),
        ("de {bibliotheque} à {ancienne}", "Les Lilas", "des Lilas aux Lilas"),
        ("{bibliotheque}, cade {bibliotheque}", "Orléans", "Orléans, cade Orléans"),
        ("De {prenom} à {prenom}, de {nom}", "Orléans", "D’Inès à Inès, de Le Goff"),
        ("la bibliothèque de {prenom}", "Orléans", "la bibliothèque d’Inès"),
        ("moins de {age} ans, de {autre}", "Orléans", "moins de 15 ans, de {autre}"),
    ],
)
def test_the_words_before_a_name_follow_it(text: str, library: str, filled: str) -> None:
    values = {"bibliotheque": library, "ancienne": library, "prenom": "Inès", "nom": "Le Goff", "age": 15}
    assert fill(text, values) == filled


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_is_filled_completely_by_its_own_variables(name: str) -> None:
    kind = KINDS[name]
    values = dict.fromkeys(kind.variables, "x")
    assert not unknown_variables(fill(f"{kind.subject} {kind.body}", values), ())
    assert len(str(kind.subject)) < 120


def test_a_kind_with_an_unknown_variable_or_a_name_taken_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        register(MailKind("new", "t", "s", "{nobody}", ("nom",)))
    with pytest.raises(ValueError, match="twice"):
        register(KINDS["expired"])
