from django.urls import include, path

from navette.web.console import (
    dashboard,
    late,
    mails,
    moving_urls,
    network_urls,
    pages,
    picks,
    signon_urls,
    suggestions,
)

app_name = "console"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("retards", late.late, name="late"),
    path("retards/<int:pk>/relance", late.remind, name="remind"),
    path("", include("navette.web.console.content_urls")),
    path("mails", mails.mails, name="mails"),
    path("mails/<int:pk>", mails.settle_mail, name="settle"),
    *network_urls.urlpatterns,
    *moving_urls.urlpatterns,
    *signon_urls.urlpatterns,
    path("suggestions", suggestions.suggestions, name="suggestions"),
    path("suggestions/<int:pk>", suggestions.suggestion, name="suggestion"),
    path("coups-de-coeur", picks.picks, name="picks"),
    path("coups-de-coeur/<int:pk>", picks.pick, name="pick"),
    path("pages", pages.pages, name="pages"),
    path("pages/nouvelle", pages.page_new, name="page_new"),
    path("pages/<int:pk>", pages.page, name="page"),
]
