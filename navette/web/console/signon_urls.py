"""The console's addresses of signing on at vendors."""

from django.urls import path

from navette.web.console import signon_access, signon_keys, signon_trial, signon_why

urlpatterns = [
    path("ressources/<int:pk>/connexion", signon_access.resource_access, name="resource_access"),
    path("ressources/<int:pk>/essai", signon_trial.signon_trial, name="signon_trial"),
    path("ressources/pourquoi", signon_why.signon_why, name="signon_why"),
    path("cles", signon_keys.signon_keys, name="signon_keys"),
    path("cles/<slug:use>/<slug:step>", signon_keys.signon_key_step, name="signon_key_step"),
    path("cles/<slug:kid>.pem", signon_keys.signon_certificate, name="signon_certificate"),
]
