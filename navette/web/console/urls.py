from django.urls import path

from navette.web.console import dashboard, late, mails

app_name = "console"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("retards", late.late, name="late"),
    path("retards/<int:pk>/relance", late.remind, name="remind"),
    path("mails", mails.mails, name="mails"),
    path("mails/<int:pk>", mails.settle_mail, name="settle"),
]
