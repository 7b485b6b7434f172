"""Django's own form controls, drawn without templates.

Django draws each control, each option of a choice and each list of attributes from a template of its own: choosing
one of 150 libraries takes 300 of them, several times what the rest of the page takes. What is drawn here is the
same but for spaces (the tests compare).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]  # what a widget's get_context() holds under "widget"
_PATH = "django/forms/widgets/"
_PLAIN = ("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "checkbox")


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - of parts that are safe


def _attributes(widget: Widget) -> SafeString:
    """Return the attributes, each after a space: True stands alone, False is left out."""
    given = ((name, value) for name, value in widget["attrs"].items() if value is not False)
    return _joined(
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value) for name, value in given
    )


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    shown = "" if value is None else format_html(' value="{}"', value)
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], shown, _attributes(widget))


def _textarea(widget: Widget) -> SafeString:
    # The line end after the tag is not of the text: browsers drop the first one.
    value = widget["value"] or ""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget), value)


def _select(widget: Widget) -> SafeString:
    groups = _joined(_option_group(name, options) for name, options, _index in widget["optgroups"])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], _attributes(widget), groups)


def _option_group(name: str | None, options: Iterable[Widget]) -> SafeString:
    drawn = _joined(_option(option) for option in options)
    return format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn


def _option(option: Widget) -> SafeString:
    return format_html('<option value="{}"{}>{}</option>', option["value"], _attributes(option), option["label"])


def _boxes(widget: Widget) -> SafeString:
    """Draw boxes to tick or to choose one of, each in its label."""
    groups = _joined(_box_group(name, boxes) for name, boxes, _index in widget["optgroups"])
    given = {name: widget["attrs"][name] for name in ("id", "class") if widget["attrs"].get(name)}
    return format_html("<div{}>{}</div>", _attributes({"attrs": given}), groups)


def _box_group(name: str | None, boxes: Iterable[Widget]) -> SafeString:
    drawn = _joined(format_html("<div>{}</div>", _box(box)) for box in boxes)
    return format_html("<div><label>{}</label>{}</div>", name, drawn) if name else drawn


def _box(box: Widget) -> SafeString:
    if not box.get("wrap_label"):
        return _input(box)
    key = box["attrs"].get("id")
    return format_html(
        "<label{}>{} {}</label>", format_html(' for="{}"', key) if key else "", _input(box), box["label"]
    )


DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    **{f"{_PATH}{name}.html": _input for name in _PLAIN},
    f"{_PATH}textarea.html": _textarea,
    f"{_PATH}select.html": _select,
    f"{_PATH}checkbox_select.html": _boxes,
    f"{_PATH}radio.html": _boxes,
    f"{_PATH}checkbox_option.html": _box,
    f"{_PATH}radio_option.html": _box,
}
