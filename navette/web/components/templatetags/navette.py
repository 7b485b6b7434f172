"""Navette's template tags and filters, known to every template."""

import datetime as dt
import re
from functools import cache
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from navette.core.french import library_called, of_name
from navette.core.markup import to_html
from navette.core.text import ordinal
from navette.portal.colour import is_readable
from navette.portal.models import StatusColours
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.queries import places_of
from navette.subscriptions.states import Status
from navette.web.components.theme import theme_name

register = template.Library()

STATUS_ICONS = {
    Status.UNCONFIRMED: "users",
    Status.PENDING: "clock",
    Status.ACTIVE: "check",
    Status.REFUSED: "cross",
    Status.EXPIRED: "hourglass",
}
NOTICE_ICONS = {"success": "check", "warning": "alert", "error": "alert"}
FRENCH_DIGITS = 10
CONTROL_CLASSES = (
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "tick"),
    (forms.Select, "control control-select"),
    (forms.Textarea, "control control-text"),
    (forms.Widget, "control"),
)


# ---- drawing
@register.simple_tag
def icon(name: str, **attrs: str) -> SafeString:
    """Draw the icon `name` of the sprite; what it means is said by words beside it, so it is hidden from readers."""
    return _drawn(name, attrs.get("class", ""))


@cache
def _drawn(name: str, css_class: str) -> SafeString:
    """Draw an icon once: a page shows tens of them, and the sprite's address does not change while a server runs."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        static("navette/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def status_badge(context: Context, subscription: Subscription) -> SafeString:
    """Draw where a subscription stands today: colour (as the portal's setting has it), icon and word together."""
    scheme = getattr(context.get("portal"), "status_colours", StatusColours.NEUTRAL)
    return badge(subscription.current_status, str(scheme))


def badge(status: Status, scheme: str) -> SafeString:
    """Draw the badge of `status` in the portal's colours."""
    return _badge(status, scheme, str(status.label))


@cache
def _badge(status: Status, scheme: str, label: str) -> SafeString:
    words = '<span class="badge-status badge-{} scheme-{}">{} {}</span>'
    return format_html(words, status.value, scheme, icon(STATUS_ICONS[status]), label)


@register.filter
def notice_icon(level: str) -> str:
    """Return the icon of a message of that level."""
    return NOTICE_ICONS.get(level, "info")


@register.simple_tag
def seats_awaited(subscription: Subscription) -> list[str]:
    """Return the resources that the subscription waits for a seat of, each with its place in the queue (SUB-11)."""
    waiting = subscription.grants.filter(state=GrantState.WAITING).order_by("resource__name")
    rows = list(waiting.values_list("resource_id", "resource__name"))
    places = places_of(subscription) if rows and subscription.current_status == Status.ACTIVE else {}
    return [
        _("%(name)s (%(place)s place)") % {"name": name, "place": ordinal(places[pk])} if pk in places else name
        for pk, name in rows
    ]


# ---- menus
@register.simple_tag(takes_context=True)
def menu_item(context: Context, view_name: str, label: str, *below: str, count: int | None = None) -> SafeString:
    """Draw a menu entry, marked as current on its page and on the pages `below` it (view names).

    One with a `count` keeps a place for it, also at zero: a window over the page may change it.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    current = match.view_name if match else None
    place = "page" if current == view_name else "true" if current in below else ""
    return format_html(
        '<li><a class="stop-link" href="{}" {}><span>{}</span>{}</a></li>',
        reverse(view_name),
        format_html('aria-current="{}"', place) if place else "",
        label,
        "" if count is None else to_do(count),
    )


@register.simple_tag
def to_do(count: int, *, swapped: bool = False) -> SafeString:
    """Draw how many wait, beside the menu's entry; `swapped`, it takes the place of the number that the page has."""
    swap = SafeString(' hx-swap-oob="true"' if swapped else "")
    if not count:
        return format_html('<span id="nombre-a-traiter"{}></span>', swap)
    words = '<span class="count" id="nombre-a-traiter"{}><span class="visually-hidden">{} </span>{}</span>'
    return format_html(words, swap, _("à traiter :"), count)


# ---- forms
@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the field's control with the class of its kind added to its own."""
    widget = field.field.widget
    ours = next(name for kind, name in CONTROL_CLASSES if isinstance(widget, kind))
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {ours}".strip()})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Say whether the field is one box to tick, whose label stands beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_password(field: BoundField) -> bool:
    """Say whether the field hides what is typed, and so wants an eye."""
    return isinstance(field.field.widget, forms.PasswordInput)


@register.filter
def wrong_fields(form: BaseForm) -> list[dict[str, Any]]:
    """Return the label and the anchor of each field that has an error, in the form's order.

    A form field may carry an `error_label`: what the list calls it, where that is not its label.
    """
    return [
        {"label": getattr(field.field, "error_label", None) or field.label, "anchor": _anchor(field)}
        for field in form
        if field.errors
    ]


def _anchor(field: BoundField) -> str:
    # A group of boxes has no control of the field's own id: lead to its first box.
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


# ---- the look of this portal
@register.filter
def theme(accent: str) -> str:
    """Return the name of the style sheet of the portal's accent colour; empty where it has none of its own."""
    return theme_name(accent) if accent and is_readable(accent) else ""


# ---- words
register.filter(of_name)
register.filter(library_called)


@register.filter
def markup(text: str) -> SafeString:
    """Return a text that staff or a library wrote (CommonMark, no HTML) as HTML."""
    return to_html(text)


@register.filter
def hour(moment: dt.time) -> str:
    """Return a time of day as it is written in French: « 14 h », « 9 h 30 »."""
    return f"{moment.hour} h {moment.minute:02}" if moment.minute else f"{moment.hour} h"


@register.filter
def breakable(address: str) -> SafeString:
    """Return a mail address that a narrow page breaks after its « @ » and its dots, before anywhere else."""
    pieces = re.findall(r"[^@.]*[@.]?", address)
    return format_html_join(SafeString("<wbr>"), "{}", ((piece,) for piece in pieces if piece))


@register.filter
def phone_link(number: str) -> str:
    """Return a French telephone number as a `tel:` address holds it: « 05 56 00 00 00 » gives +33556000000."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return f"+33{digits[1:]}" if digits.startswith("0") and len(digits) == FRENCH_DIGITS else digits
