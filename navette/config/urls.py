"""The root of all addresses."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("navette.web.site.urls")),
    path("", include("navette.web.sso.oidc_urls")),
    path("pro/", include("navette.web.pro.urls")),
    path("cas/", include("navette.web.sso.cas_urls")),
    path("console/", include("navette.web.console.urls")),
    path("liens/", include("navette.web.sso.links_urls")),
    path("saml/", include("navette.web.sso.saml_urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("navette.demo.urls")))

handler400 = "navette.web.site.errors.bad_request"
handler403 = "navette.web.site.errors.forbidden"
handler404 = "navette.web.site.errors.not_found"
handler500 = "navette.web.site.errors.server_error"
