"""Controls drawn in Python are those that Django's templates draw."""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.test.html import Element, parse_html
from django.utils.safestring import mark_safe

from navette.web.components.forms import Renderer
from navette.web.components.widgets import DRAWN

CHOICES = [("", "- Sélectionner -"), ("a", "L’un & l'autre"), ("<b>", '"B"'), (3, "Trois"), (None, "Rien")]
GROUPED = [("", "-"), ("Rives <gauche>", [("g", "Graves"), ("h", "Haut & bas")]), ("Rive droite", [("d", "Droite")])]
HOSTILE = "\"><script>alert('é & à')</script>\n"
ATTRS = {"class": "control", "required": True, "disabled": False, "data-rules": '{"min":12}', "maxlength": 80}
SINGLE: list[tuple[type[forms.Widget], Any]] = [
    (forms.TextInput, HOSTILE),
    (forms.TextInput, None),
    (forms.TextInput, ""),
    (forms.TextInput, mark_safe("d&eacute;j&agrave;")),
    (forms.NumberInput, 1_234_567),
    (forms.EmailInput, "a@example.org"),
    (forms.URLInput, "https://example.org/?a=1&b=2"),
    (forms.PasswordInput, "kept out"),
    (forms.HiddenInput, 0),
    (forms.DateInput, dt.date(2026, 3, 1)),
    (forms.DateTimeInput, dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)),
    (forms.TimeInput, dt.time(9, 30)),
    (forms.CheckboxInput, True),
    (forms.CheckboxInput, "yes"),
    (forms.CheckboxInput, None),
    (forms.Textarea, HOSTILE),
    (forms.Textarea, None),
]
MANY: list[tuple[type[ChoiceWidget], Any]] = [
    (forms.Select, "a"),
    (forms.Select, None),
    (forms.SelectMultiple, ["a", "<b>"]),
    (forms.RadioSelect, "3"),
    (forms.CheckboxSelectMultiple, ["a", "3"]),
]


def both(widget: forms.Widget, value: Any, attrs: dict[str, Any]) -> tuple[Element, Element]:
    """Return what our renderer and Django's own draw."""
    ours, theirs = (widget.render("champ", value, attrs, renderer) for renderer in (Renderer(), TemplatesSetting()))
    return parse_html(ours), parse_html(theirs)


@pytest.mark.parametrize("attrs", [{}, {"id": "id_champ"}, ATTRS, ATTRS | {"id": "id_champ"}])
@pytest.mark.parametrize(("kind", "value"), SINGLE)
def test_a_control_is_that_of_djangos_template(kind: type[forms.Widget], value: Any, attrs: dict[str, Any]) -> None:
    ours, theirs = both(kind(), value, attrs)
    assert ours == theirs


@pytest.mark.ignore_template_errors  # Django's template asks for an id that there may not be
@pytest.mark.parametrize("attrs", [{}, {"id": "id_champ"}, ATTRS | {"id": "id_champ"}])
@pytest.mark.parametrize("choices", [CHOICES, GROUPED, []])
@pytest.mark.parametrize(("kind", "value"), MANY)
def test_a_choice_is_that_of_djangos_template(
    kind: type[ChoiceWidget], value: Any, choices: Any, attrs: dict[str, Any]
) -> None:
    ours, theirs = both(kind(choices=choices), value, attrs)
    assert ours == theirs


@pytest.mark.parametrize("kind", [forms.CheckboxSelectMultiple, forms.RadioSelect])
def test_each_box_of_a_choice_is_that_of_djangos_template(kind: type[ChoiceWidget]) -> None:
    class Ours(forms.Form):
        default_renderer = Renderer
        champ = forms.ChoiceField(choices=CHOICES, widget=kind)

    class Theirs(Ours):
        default_renderer = TemplatesSetting

    drawn = [[(parse_html(box.tag()), parse_html(str(box))) for box in form()["champ"]] for form in (Ours, Theirs)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == len(CHOICES)


def test_what_is_typed_can_not_leave_its_attribute() -> None:
    for kind in (forms.TextInput, forms.Textarea):
        assert "<script>" not in kind().render("champ", HOSTILE, {"title": HOSTILE}, Renderer())


def test_other_controls_are_left_to_django() -> None:
    drawn = forms.ClearableFileInput().render("logo", None, {}, Renderer())
    assert 'type="file"' in drawn
    assert forms.ClearableFileInput.template_name not in DRAWN
