"""How forms are drawn: labels above, help before the field, errors beside it."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

from navette.web.components.widgets import DRAWN


class Renderer(TemplatesSetting):
    """Draws forms with our own templates, which override Django's by their path, and Django's controls without any."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Draw a form, a field or a control."""
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)
