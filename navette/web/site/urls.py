from django.urls import URLPattern, path

from navette.web.site import account, opening, registration

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("inscription", registration.register_page, name="register"),
    path("inscription/conditions", registration.terms_step, name="register_terms"),
    path("inscription/recue", registration.registered, name="registered"),
    path("ressources-numeriques/<slug:slug>/ouvrir", opening.open_vendor, name="open_resource"),
    path("mon-compte", account.account, name="account"),
    path("mon-compte/modifier", account.account_edit, name="account_edit"),
    path("mon-compte/renouvellement", account.renewal, name="ask_renewal"),
    path("mon-compte/nouvelle-demande", account.again, name="ask_again"),
]
