"""The addresses of OpenID Connect."""

from django.urls import path

from navette.web.sso import oidc, oidc_calls, oidc_logout

app_name = "oidc"
urlpatterns = [
    path(".well-known/openid-configuration", oidc_calls.discovery, name="discovery"),
    path("oidc/authorize", oidc.door, name="authorize"),
    path("oidc/token", oidc_calls.token, name="token"),
    path("oidc/userinfo", oidc_calls.userinfo, name="userinfo"),
    path("oidc/jwks", oidc_calls.keys, name="jwks"),
    path("oidc/revoke", oidc_calls.revoke, name="revoke"),
    path("oidc/logout", oidc_logout.way_out, name="logout"),
    path("oidc/logout/oui", oidc_logout.confirmed, name="logout_confirmed"),
]
