from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "navette.mail"
    verbose_name = "mail"
