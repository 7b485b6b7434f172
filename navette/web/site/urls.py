from django.urls import URLPattern, path

from navette.web.site import account, login, opening, pages, passwords, registration, resources

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("ressources-numeriques", resources.resources, name="resources"),
    path("ressources-numeriques/<slug:slug>", resources.resource, name="resource"),
    path("ressources-numeriques/<slug:slug>/conditions", resources.resource_terms, name="resource_terms"),
    path("aide", pages.help_page, name="help"),
    path("bibliotheques", pages.libraries, name="libraries"),
    path("contact", pages.contact, name="contact"),
    path("mentions-legales", pages.legal, name="legal"),
    path("healthz", pages.health, name="health"),
    path("media/<path:path>", pages.media, name="media"),
    path("connexion", login.login_page, name="login"),
    path("deconnexion", login.logout_page, name="logout"),
    path("mot-de-passe-oublie", passwords.password_forgotten, name="password_forgotten"),
    path("mot-de-passe/<str:uidb64>/<str:token>", passwords.password_choose, name="password_choose"),
    path("confirmation/<str:token>", passwords.confirm_email_page, name="confirm_email"),
    path("inscription", registration.register_page, name="register"),
    path("inscription/conditions", registration.terms_step, name="register_terms"),
    path("inscription/recue", registration.registered, name="registered"),
    path("ressources-numeriques/<slug:slug>/ouvrir", opening.open_vendor, name="open_resource"),
    path("mon-compte", account.account, name="account"),
    path("mon-compte/modifier", account.account_edit, name="account_edit"),
    path("mon-compte/confirmation", account.resend_confirmation, name="resend_confirmation"),
    path("mon-compte/renouvellement", account.renewal, name="ask_renewal"),
    path("mon-compte/nouvelle-demande", account.again, name="ask_again"),
]
