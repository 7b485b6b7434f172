"""Every action that the code writes into the audit log has a French name there, and so has every kind of object."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps

from navette.subscriptions.states import Move
from navette.web.console.audit_details import detail_words
from navette.web.console.audit_words import ACTIONS, OBJECTS, action_label
from tests.architecture.test_code import name_of, sources

WRITERS = {"audit", "audit_row"}
ACTION = re.compile(r"^[a-z_]+\.[a-z_]+$")


def called(node: ast.Call) -> str:
    """Return the name of what is called, without its module."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def constants(node: ast.AST) -> set[str]:
    """Return the actions that stand in an expression: `"a.b" if … else "a.c"` holds two."""
    texts = {row.value for row in ast.walk(node) if isinstance(row, ast.Constant) and isinstance(row.value, str)}
    return {text for text in texts if ACTION.match(text)}


def actions_of(tree: ast.Module) -> Iterator[tuple[int, set[str]]]:
    """Yield the line and the actions of every call that writes to the log; those that a function passes on are its own.

    `f"subscriptions.{what}"` stands for every move.
    """
    functions = [row for row in ast.walk(tree) if isinstance(row, ast.FunctionDef)]
    calls = [row for row in ast.walk(tree) if isinstance(row, ast.Call)]
    for call in calls:
        if called(call) not in WRITERS or len(call.args) < 2:
            continue
        action = call.args[1]
        if isinstance(action, ast.JoinedStr):
            yield call.lineno, {f"subscriptions.{move.value}" for move in Move}
        elif isinstance(action, ast.Name):
            around = {row.name for row in functions if row.lineno <= call.lineno <= (row.end_lineno or 0)}
            passed = [constants(row) for row in calls if called(row) in around]
            yield call.lineno, set().union(*passed)
        else:
            yield call.lineno, constants(action)


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_every_action_has_a_name_in_french(path: object) -> None:
    tree = ast.parse(path.read_text())  # type: ignore[attr-defined]
    if path.parts[-2:] == ("core", "models.py"):  # type: ignore[attr-defined]
        return  # where the two writers themselves stand
    for line, actions in actions_of(tree):
        assert actions, f"line {line}: which action is this?"
        unknown = actions - set(ACTIONS)
        assert not unknown, f"line {line}: name {unknown} in navette/web/console/audit_words.py"


def test_the_scan_sees_what_it_should() -> None:
    code = """
def f(x):
    audit(x, "a.one", y)
    audit(x, "a.two" if z else "a.three", y)
    g(x, "a.four")
def g(x, action):
    audit(x, action, y)
"""
    found = set().union(*(actions for _line, actions in actions_of(ast.parse(code))))
    assert found == {"a.one", "a.two", "a.three", "a.four"}


def test_objects_that_the_log_names_exist() -> None:
    known = {model._meta.label for model in apps.get_models()}
    assert set(OBJECTS) <= known


def test_words_that_nobody_has_named_are_shown_as_they_are() -> None:
    assert action_label("kits.lend") == "kits.lend"
    words = detail_words({"source": "active", "to": "expired", "roles": ["digital"], "odd": None, "ok": True})
    assert words == "de : Validé · à : Expiré · rôles : Ressources numériques · odd : – · ok : oui"


def test_a_pick_and_a_suggestion_turned_down_have_words_of_their_own() -> None:
    detail = {"state": "declined"}
    assert detail_words(detail, "editorial.Pick") == "état : À reprendre"
    assert detail_words(detail, "editorial.PurchaseSuggestion") == "état : Non retenue"


def test_changed_settings_are_told_by_their_labels_and_words() -> None:
    settings = {"extranet": [True, False], "decision_screen": ["tabs", "accept_refuse"], "decision_days": [7, 4]}
    words = detail_words({"changed": settings})
    assert words == (
        "Extranet ouvert : oui → non · Écran de décision : Onglets Informations, Statut et Ressources → "
        "Accepter ou refuser, avec un message modifiable · Délai de décision : 7 → 4"
    )
    columns = detail_words({"changed": {"subscriber_columns": [["status", "ends_on"], []]}})
    assert columns == "Colonnes de la liste des abonnés : Statut, Fin de validité → –"


def test_changed_resources_and_libraries_are_told_in_french() -> None:
    words = detail_words({"changed": {"audience": ["all", "teens"], "seats": [None, 20], "logo": [False, "a.png"]}})
    assert words == "public : Tout public → Adolescents · nombre de places : – → 20 · logo : non → a.png"
    assert detail_words({"changed": ["hours", "street"]}) == "champs : horaires, adresse"
    assert detail_words({"fields": ["email", "name"]}) == "champs : adresse mail, nom"


def test_a_long_text_is_cut() -> None:
    assert len(detail_words({"changed": {"owner": ["", "a" * 120]}})) < 110
