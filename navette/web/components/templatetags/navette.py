"""Navette's template tags and filters, known to every template."""

import datetime as dt
from functools import cache
from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from navette.portal.models import StatusColours
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status

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


# ---- menus
@register.simple_tag(takes_context=True)
def menu_item(context: Context, view_name: str, label: str, *below: str, count: int = 0) -> SafeString:
    """Draw a menu entry, marked as current on its page and on the pages `below` it (view names)."""
    match = getattr(context.get("request"), "resolver_match", None)
    current = match.view_name if match else None
    place = "page" if current == view_name else "true" if current in below else ""
    return format_html(
        '<li><a class="stop-link" href="{}" {}><span>{}</span>{}</a></li>',
        reverse(view_name),
        format_html('aria-current="{}"', place) if place else "",
        label,
        _to_do(count) if count else "",
    )


def _to_do(count: int) -> SafeString:
    words = '<span class="count"><span class="visually-hidden">{} </span>{}</span>'
    return format_html(words, _("à traiter :"), count)


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


# ---- words
@register.filter
def hour(moment: dt.time) -> str:
    """Return a time of day as it is written in French: « 14 h », « 9 h 30 »."""
    return f"{moment.hour} h {moment.minute:02}" if moment.minute else f"{moment.hour} h"


@register.filter
def phone_link(number: str) -> str:
    """Return a French telephone number as a `tel:` address holds it: « 05 56 00 00 00 » gives +33556000000."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return f"+33{digits[1:]}" if digits.startswith("0") and len(digits) == FRENCH_DIGITS else digits
