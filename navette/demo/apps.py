from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "navette.demo"
    verbose_name = "demo"
