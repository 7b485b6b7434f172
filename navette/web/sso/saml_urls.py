"""The addresses of SAML."""

from django.urls import path

from navette.web.sso import saml

app_name = "saml"
urlpatterns = [
    path("metadata", saml.metadata, name="metadata"),
    path("sso", saml.sso, name="sso"),
    path("reponse", saml.answer, name="answer"),
]
