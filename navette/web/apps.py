from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "navette.web"
    verbose_name = "web"
