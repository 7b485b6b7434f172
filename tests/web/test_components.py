"""The pieces of pages: icons, statuses, menus, forms and their errors, pages of a list."""

import datetime as dt
import html
import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from navette.portal.models import Portal, StatusColours
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from navette.web.components.templatetags import navette as tags

STATIC = Path(tags.__file__).parents[2] / "static" / "navette"
TEMPLATES = Path(tags.__file__).parents[2] / "templates"


def draw(source: str, **context: object) -> str:
    """Return what the template `source` draws, on one line, entities resolved."""
    return " ".join(html.unescape(Template(source).render(Context(context))).split())


class PersonForm(forms.Form):
    """A field of each kind that is drawn its own way."""

    name = forms.CharField(label="Nom", help_text="Celui de la carte.")
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    agreed = forms.BooleanField(label="J’accepte")
    colours = forms.MultipleChoiceField(
        label="Couleurs", choices=[("r", "Rouge"), ("b", "Bleu")], widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label="Lieu", choices=[("", "-"), ("a", "Ici")], required=False)


# ---- errors
def test_one_error_is_listed_on_top_as_a_link_to_its_field() -> None:
    form = PersonForm({"password": "x", "agreed": "on", "colours": ["r"]})
    drawn = draw('{% include "components/errors.html" %}', form=form)
    assert '1 erreur a été trouvée : <a href="#id_name">Nom</a>' in drawn
    assert 'role="alert"' in drawn
    assert "data-focus" in drawn


def test_several_errors_are_counted_and_each_leads_to_a_control() -> None:
    form = PersonForm({})
    drawn = draw('{% include "components/errors.html" %}', form=form)
    assert "4 erreurs ont été trouvées :" in drawn
    page = draw("{{ form }}", form=form)
    for anchor in re.findall(r'href="#([^"]+)"', drawn):
        assert f'id="{anchor}"' in page


def test_a_form_without_errors_has_no_list() -> None:
    assert draw('{% include "components/errors.html" %}', form=PersonForm()) == ""


def test_an_error_of_the_whole_form_is_told_too() -> None:
    form = PersonForm({"name": "A", "password": "x", "agreed": "on", "colours": ["r"]})
    form.add_error(None, "Les deux ne vont pas ensemble.")
    drawn = draw('{% include "components/errors.html" %}', form=form)
    assert "Les deux ne vont pas ensemble." in drawn
    assert "erreur a été trouvée" not in drawn


def test_a_field_may_be_called_otherwise_in_the_list() -> None:
    form = PersonForm({})
    form.fields["name"].error_label = "Nom d'utilisateur"  # type: ignore[attr-defined]
    assert tags.wrong_fields(form)[0] == {"label": "Nom d'utilisateur", "anchor": "id_name"}


# ---- fields
def test_help_stands_before_the_control_and_errors_beside_it() -> None:
    drawn = draw("{{ form.name.as_field_group }}", form=PersonForm({}))
    assert drawn.index('id="id_name_helptext"') < drawn.index('id="id_name_error"') < drawn.index("<input")
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert '<label class="field-label is-required" for="id_name">Nom</label>' in drawn


def test_a_password_has_an_eye_that_shows_it() -> None:
    drawn = draw("{{ form.password.as_field_group }}", form=PersonForm())
    assert 'aria-label="Afficher le mot de passe"' in drawn
    assert 'aria-pressed="false"' in drawn
    assert 'data-eye="id_password"' in drawn


def test_a_password_typed_is_not_sent_back() -> None:
    assert "hier-soir" not in draw("{{ form }}", form=PersonForm({"password": "hier-soir"}))


def test_boxes_are_grouped_under_a_legend() -> None:
    drawn = draw("{{ form.colours.as_field_group }}", form=PersonForm())
    assert "<fieldset" in drawn
    assert "Couleurs</legend>" in drawn
    assert drawn.count('type="checkbox"') == 2


def test_one_box_has_its_label_after_it() -> None:
    drawn = draw("{{ form.agreed.as_field_group }}", form=PersonForm())
    assert drawn.index("<input") < drawn.index("<label")


def test_a_control_keeps_its_own_class() -> None:
    form = PersonForm()
    form.fields["place"].widget.attrs["class"] = "control-short"
    assert 'class="control-short control control-select"' in draw("{{ form.place|control }}", form=form)


def test_no_id_stands_twice_in_a_form() -> None:
    ids = re.findall(r'\bid="([^"]+)"', draw("{{ form }}", form=PersonForm({})))
    assert len(ids) == len(set(ids))


# ---- icons and statuses
def test_every_icon_named_in_a_page_or_a_tag_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "sprite.svg").read_text()))
    named = set(tags.STATUS_ICONS.values()) | set(tags.NOTICE_ICONS.values()) | {"info"}
    for page in TEMPLATES.rglob("*.html"):
        source = page.read_text()
        named |= set(re.findall(r'{% icon ["\']([^"\']+)["\']', source))
        named |= set(re.findall(r'icon_name=["\']([^"\']+)["\']', source))
    assert named <= sprite


def test_an_icon_is_hidden_from_screen_readers() -> None:
    drawn = draw('{% icon "clock" class="big" %}')
    assert 'aria-hidden="true"' in drawn
    assert "sprite.svg#clock" in drawn
    assert 'class="icon big"' in drawn


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("colours", StatusColours.values)
def test_a_status_has_colour_icon_and_word(status: Status, colours: str) -> None:
    subscription = Subscription(status=status, ends_on=dt.date(2999, 1, 1))
    drawn = draw("{% status_badge subscription %}", subscription=subscription, portal=Portal(status_colours=colours))
    assert f"badge-{status.value} scheme-{colours}" in drawn
    assert f"#{tags.STATUS_ICONS[status]}" in drawn
    assert str(status.label) in drawn


def test_sub_03_a_status_is_judged_by_its_dates() -> None:
    over = Subscription(status=Status.ACTIVE, ends_on=dt.date(2020, 1, 1))
    assert "Expiré" in draw("{% status_badge subscription %}", subscription=over, portal=Portal())


# ---- menus, stops, pages, words
@pytest.mark.parametrize(("path", "mark"), [("/aide", 'aria-current="page"'), ("/contact", "")])
def test_a_menu_entry_knows_its_page(rf: RequestFactory, path: str, mark: str) -> None:
    request = rf.get(path)
    request.resolver_match = resolve(path)
    drawn = draw('{% menu_item "site:help" "Aide" count=3 %}', request=request)
    assert (mark in drawn) if mark else ("aria-current" not in drawn)
    assert "3</span>" in drawn


def test_the_line_says_in_words_where_things_stand() -> None:
    stops = [
        {"label": "Demande", "state": "done", "note": "le 3 mars"},
        {"label": "Réponse", "state": "now", "note": ""},
        {"label": "Accès", "state": "todo", "note": ""},
    ]
    drawn = draw('{% include "components/stops.html" %}', stops=stops)
    assert drawn.count("(fait)") == 1
    assert drawn.count('aria-current="step"') == 1
    assert "le 3 mars" in drawn


def test_pages_of_a_list_keep_the_rest_of_the_address(rf: RequestFactory) -> None:
    page = Paginator(range(100), 10).page(4)
    drawn = html.unescape(
        render_to_string("components/pagination.html", {"page": page}, rf.get("/?statut=active&page=4"))
    )
    assert 'href="?statut=active&page=3"' in drawn
    assert 'href="?statut=active&page=5"' in drawn
    assert "Page 4 sur 10" in drawn


def test_a_list_of_one_page_has_no_pager(rf: RequestFactory) -> None:
    page = Paginator(range(5), 10).page(1)
    assert render_to_string("components/pagination.html", {"page": page}, rf.get("/")).strip() == ""


@pytest.mark.parametrize(
    ("time", "text"), [(dt.time(9), "9 h"), (dt.time(16, 30), "16 h 30"), (dt.time(8, 5), "8 h 05")]
)
def test_hours_are_written_in_french(time: dt.time, text: str) -> None:
    assert tags.hour(time) == text


@pytest.mark.parametrize(
    ("number", "link"), [("05 56 00 00 00", "+33556000000"), ("+33 5 56 00 00 00", "+33556000000"), ("3949", "3949")]
)
def test_telephone_numbers_become_links(number: str, link: str) -> None:
    assert tags.phone_link(number) == link


# ---- conventions
def test_no_page_has_an_inline_style_script_or_handler() -> None:
    """A strict content security policy would block them, without a word to the person."""
    for page in TEMPLATES.rglob("*.html"):
        source = page.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source), page
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", source), page


def test_a_page_loads_three_style_sheets_and_three_scripts_at_most() -> None:
    base = (TEMPLATES / "base.html").read_text()
    assert base.count('rel="stylesheet"') <= 3
    for page in TEMPLATES.rglob("*/*.html"):
        source = page.read_text()
        without_list = "{% block list_script %}{% endblock %}" in source
        one_way = re.sub(
            r"{% if [^%]*%}\s*(<script[^\n]*\n)\s*{% elif [^%]*%}\s*<script[^\n]*\n\s*{% endif %}", r"\1", source
        )
        assert base.count("<script src") + one_way.count("<script src") - without_list <= 3, page


def _luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def _tokens(source: str) -> dict[str, str]:
    """Return the colours that `source` sets, each with six digits."""
    found = re.findall(r"--([a-z-]+): #([0-9a-f]{6}|[0-9a-f]{3});", source)
    return {name: "#" + (value if len(value) == 6 else "".join(c * 2 for c in value)) for name, value in found}


READ_ON = [
    *[(text, ground) for text in ("ink", "muted", "reader", "pro") for ground in ("paper", "surface", "sunk", "hover")],
    *[(tone, f"{tone}-soft") for tone in ("reader", "pro", "ok", "wait", "late", "no", "off")],
    *[("ink", f"{tone}-soft") for tone in ("reader", "pro", "ok", "wait", "no", "off")],
    ("on-reader", "reader"),
    ("on-pro", "pro"),
    ("on-reader", "reader-strong"),
    ("on-pro", "pro-strong"),
    ("on-band", "band"),
    ("band-muted", "band"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_colours_are_read_on_each_other(scheme: str, text: str, ground: str) -> None:
    """At least 4.5 to 1, in both schemes (AA)."""
    light, dark = re.findall(r":root \{(.*?)\n *\}", (STATIC / "navette.css").read_text(), re.DOTALL)[:2]
    tokens = _tokens(light) | (_tokens(dark) if scheme == "dark" else {})
    assert _contrast(tokens[text], tokens[ground]) >= 4.5


def test_a_mail_address_breaks_after_its_at_sign_and_dots_and_is_escaped() -> None:
    drawn = tags.breakable("bibliotheque.municipale@saint-medard-de-guizieres.example")
    assert drawn == "bibliotheque.<wbr>municipale@<wbr>saint-medard-de-guizieres.<wbr>example"
    assert tags.breakable("<b>@a.b") == "&lt;b&gt;@<wbr>a.<wbr>b"
    assert tags.breakable("") == ""
