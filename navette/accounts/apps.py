from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "navette.accounts"
    verbose_name = "accounts"
