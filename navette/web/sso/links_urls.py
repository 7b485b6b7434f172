"""The address at which vendors ask about a token."""

from django.urls import URLPattern, path

from navette.web.sso import callback

app_name = "links"
urlpatterns: list[URLPattern] = [path("<slug:slug>/verification", callback.ask, name="callback")]
