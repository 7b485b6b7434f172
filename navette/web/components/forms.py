"""How forms are drawn: labels above, help before the field, errors beside it."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms with our own templates, which override Django's by their path."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
