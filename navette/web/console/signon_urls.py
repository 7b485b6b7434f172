"""The console's addresses of signing on at vendors."""

from django.urls import path

from navette.web.console import signon_access, signon_keys

urlpatterns = [
    path("ressources/<int:pk>/connexion", signon_access.resource_access, name="resource_access"),
    path("cles", signon_keys.signon_keys, name="signon_keys"),
    path("cles/<slug:kid>.pem", signon_keys.signon_certificate, name="signon_certificate"),
]
