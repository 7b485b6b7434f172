from django.urls import URLPattern, path

from navette.demo import mailbox, vendor

app_name = "demo"
urlpatterns: list[URLPattern] = [
    path("mails/", mailbox.mails, name="mails"),
    path("mails/<str:name>", mailbox.mail, name="mail"),
    path("mails/<str:name>/html", mailbox.mail_html, name="mail_html"),
    path("fournisseur/<slug:slug>", vendor.vendor, name="vendor"),
    path("fournisseur/<slug:slug>/connexion", vendor.start, name="vendor_start"),
]
