from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "navette.core"
    verbose_name = "core"
