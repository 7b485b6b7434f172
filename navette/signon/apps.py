from django.apps import AppConfig


class SignonConfig(AppConfig):
    name = "navette.signon"
    verbose_name = "signon"
