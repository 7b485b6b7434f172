from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "navette.resources"
    verbose_name = "resources"
