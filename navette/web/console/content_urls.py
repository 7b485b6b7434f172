"""The console's addresses about what the portal offers and says."""

from django.urls import path

from navette.web.console import look, mails, messages, offers, resources, settings, terms, texts

urlpatterns = [
    path("messages", messages.messages, name="messages"),
    path("messages/<int:pk>", messages.message, name="message"),
    path("ressources", resources.resources, name="resources"),
    path("ressources/nouvelle", resources.resource_new, name="resource_new"),
    path("ressources/<int:pk>", resources.resource, name="resource"),
    path("ressources/<int:pk>/ouverture", resources.resource_open, name="resource_open"),
    path("offres", offers.offers, name="offers"),
    path("conditions", terms.terms, name="terms"),
    path("conditions/site", terms.site_terms, name="site_terms"),
    path("conditions/<int:pk>", terms.resource_terms, name="resource_terms"),
    path("reglages", settings.settings, name="settings"),
    path("apparence", look.look, name="look"),
    path("apparence/apercu", look.look_preview, name="look_preview"),
    path("textes", texts.texts, name="texts"),
    path("textes/<slug:kind>", texts.text, name="text"),
    path("textes/<slug:kind>/lettre", texts.text_letter, name="text_letter"),
    path("mails/<int:pk>/detail", mails.mail, name="mail"),
]
