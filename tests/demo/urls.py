"""All addresses of the site with the demo's own, which exist only where the demo runs."""

from django.urls import URLPattern, URLResolver, include, path

from navette.config.urls import handler400, handler403, handler404, handler500
from navette.config.urls import urlpatterns as site_patterns

urlpatterns: list[URLPattern | URLResolver] = [*site_patterns, path("demo/", include("navette.demo.urls"))]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
