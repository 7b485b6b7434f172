"""French around names and signs: every form that the names of communes and people ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.core.french import NO_BREAK_SPACE, french_spaces, library_called, of_name, of_place, to_place

NAMES = st.text(st.characters(categories=["L", "Pd", "Zs"], include_characters="’'"), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("name", "of", "to"),
    [
        ("Blasimon", "de Blasimon", "à Blasimon"),
        ("Aillant-sur-Milleron", "d’Aillant-sur-Milleron", "à Aillant-sur-Milleron"),
        ("Orléans", "d’Orléans", "à Orléans"),
        ("Issoudun", "d’Issoudun", "à Issoudun"),
        ("Élancourt", "d’Élancourt", "à Élancourt"),
        ("E\u0301lancourt", "d’E\u0301lancourt", "à E\u0301lancourt"),  # accent apart, as some systems write it
        ("Œuilly", "d’Œuilly", "à Œuilly"),
        ("Yvrac", "d’Yvrac", "à Yvrac"),
        ("Yèvre-la-Ville", "d’Yèvre-la-Ville", "à Yèvre-la-Ville"),
        ("Hourtin", "de Hourtin", "à Hourtin"),
        ("Le Pian-Médoc", "du Pian-Médoc", "au Pian-Médoc"),
        ("Le Haillan", "du Haillan", "au Haillan"),
        ("LE BARP", "du BARP", "au BARP"),
        ("Les Lilas", "des Lilas", "aux Lilas"),
        ("La Réole", "de La Réole", "à La Réole"),
        ("L’Isle-Adam", "de L’Isle-Adam", "à L’Isle-Adam"),
        ("Léognan", "de Léognan", "à Léognan"),
        ("Lesparre-Médoc", "de Lesparre-Médoc", "à Lesparre-Médoc"),
        ("Le", "de Le", "à Le"),
        ("", "de ", "à "),
    ],
)
def test_a_place(name: str, of: str, to: str) -> None:
    assert of_place(name) == of
    assert to_place(name) == to


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Malo", "de Malo"),
        ("Inès", "d’Inès"),
        ("Émile", "d’Émile"),
        ("Yves", "d’Yves"),
        ("Yasmine", "de Yasmine"),
        ("Yolande", "de Yolande"),
        ("Hugo", "de Hugo"),
        ("Le Goff", "de Le Goff"),
        ("11 ans", "de 11 ans"),
    ],
)
def test_a_person_or_a_thing(name: str, of: str) -> None:
    assert of_name(name) == of


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Blasimon", "bibliothèque de Blasimon"),
        ("Aillant-sur-Milleron", "bibliothèque d’Aillant-sur-Milleron"),
        ("Le Pian-Médoc", "bibliothèque du Pian-Médoc"),
        ("Langon – Les Tilleuls", "bibliothèque de Langon – Les Tilleuls"),
        ("Médiathèque de Cadillac", "médiathèque de Cadillac"),
        ("Bibliothèque d’Yvrac", "bibliothèque d’Yvrac"),
        ("LUDOTHÈQUE du Port", "ludothèque du Port"),
        ("Espace Jean-Vautrin", "bibliothèque Espace Jean-Vautrin"),
        ("Point lecture des Coteaux", "bibliothèque Point lecture des Coteaux"),
        ("Maisons-Alfort", "bibliothèque de Maisons-Alfort"),
    ],
)
def test_a_library(name: str, called: str) -> None:
    assert library_called(name) == called


@given(NAMES)
def test_a_name_is_kept_whole_but_for_its_article(name: str) -> None:
    kept = name.partition(" ")[2] if name.partition(" ")[0].casefold() in {"le", "les"} and " " in name else name
    assert of_place(name).endswith(kept)
    assert to_place(name).endswith(kept)
    assert of_name(name) in {f"de {name}", f"d’{name}"}
    assert of_place(name)[: -len(kept) or None] in {"de ", "d’", "du ", "des "}
    assert to_place(name)[: -len(kept) or None] in {"à ", "au ", "aux "}


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("Une question ? Écrivez !", "Une question\u00a0? Écrivez\u00a0!"),
        ("Ouvrez « Mon compte » : voilà ; fini.", "Ouvrez «\u00a0Mon compte\u00a0»\u00a0: voilà\u00a0; fini."),
        ("à 9:30, sur https://example.org/?a=1", "à 9:30, sur https://example.org/?a=1"),
        ("Bonjour,\n\n« Ici »", "Bonjour,\n\n«\u00a0Ici\u00a0»"),
    ],
)
def test_no_line_breaks_at_a_french_sign(text: str, spaced: str) -> None:
    assert french_spaces(text) == spaced


@given(st.text(st.sampled_from(" \n«»:;?!a") | st.characters(), max_size=30))
def test_only_spaces_change(text: str) -> None:
    spaced = french_spaces(text)
    assert spaced.replace(NO_BREAK_SPACE, " ").replace("\t", " ") == text.replace(NO_BREAK_SPACE, " ").replace(
        "\t", " "
    )
    assert french_spaces(spaced) == spaced
